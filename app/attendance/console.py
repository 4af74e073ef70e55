"""Attendance: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/engagements", tags=["考勤"], route_class=Transacted)
