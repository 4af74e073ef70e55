"""The province's door to the whole: snapshot and digest."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1", tags=["全量与核对"], route_class=Called)
