"""Helping people at the counter: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/assistances", tags=["代办"], route_class=Transacted)
