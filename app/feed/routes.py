"""The province's door to the changes."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1", tags=["变更"], route_class=Called)
