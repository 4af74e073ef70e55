"""Appointing staff: the managers' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/staff", tags=["工作人员"], route_class=Transacted)
