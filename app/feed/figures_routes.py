"""The province's door to the figures."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1", tags=["统计"], route_class=Called)
