"""Statistics, targets and warnings: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/statistics", tags=["统计"], route_class=Transacted)
