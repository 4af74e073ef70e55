"""What the city sets: the operators' door."""

from fastapi import APIRouter

from app.core.db import Transacted

wages = APIRouter(prefix="/admin/v1/minimum-wages", tags=["最低工资"], route_class=Transacted)
trades = APIRouter(prefix="/admin/v1/trades", tags=["工种"], route_class=Transacted)
outbox = APIRouter(prefix="/admin/v1/outbox", tags=["待办工作"], route_class=Transacted)
