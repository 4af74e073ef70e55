"""Planning fairs: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)
