"""The public dashboard."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/statistics", tags=["统计"], route_class=Transacted)
