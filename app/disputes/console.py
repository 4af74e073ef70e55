"""Disputes: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/disputes", tags=["维权"], route_class=Transacted)
