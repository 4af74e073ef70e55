"""Finding and registering workers: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/workers", tags=["劳动者"], route_class=Transacted)
