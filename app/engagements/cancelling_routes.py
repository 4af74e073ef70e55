"""Cancelling, excuses and changes: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/engagements", tags=["用工"], route_class=Transacted)
