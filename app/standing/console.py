"""Appeals: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/appeals", tags=["评价"], route_class=Transacted)
