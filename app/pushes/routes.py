"""The province's door to its subscriptions."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1/subscriptions", tags=["推送"], route_class=Called)
