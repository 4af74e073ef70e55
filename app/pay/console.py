"""Pay: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/pay", tags=["工资"], route_class=Transacted)
