"""Referrals: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/referrals", tags=["推荐"], route_class=Transacted)
