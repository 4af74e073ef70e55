"""Queues of cases: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/queues", tags=["待办"], route_class=Transacted)
