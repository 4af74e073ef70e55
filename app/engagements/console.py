"""Excuses that staff check, and engagements as they see them: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/engagements", tags=["用工"], route_class=Transacted)
excuses = APIRouter(prefix="/admin/v1/excuses", tags=["用工"], route_class=Transacted)
