"""The hall's screen and poster."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/board", tags=["大厅"], route_class=Transacted)
