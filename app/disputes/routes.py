"""Disputes: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/disputes", tags=["维权"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me/disputes", tags=["维权"], route_class=Transacted)
