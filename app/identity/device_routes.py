"""Devices: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/me/devices", tags=["设备"], route_class=Transacted)
