"""Attendance: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/engagements", tags=["考勤"], route_class=Transacted)
of_jobs = APIRouter(prefix="/v1/jobs", tags=["考勤"], route_class=Transacted)
