"""Announcing: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/notices", tags=["公告"], route_class=Transacted)
