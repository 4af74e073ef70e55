"""The stations' door to what could not be pushed."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/sync/deliveries", tags=["省平台对接"], route_class=Transacted)
