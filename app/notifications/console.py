"""What a station must look at: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/alerts", tags=["提醒"], route_class=Transacted)
