"""The province's door to its subscriptions."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/sync/v1/subscriptions", tags=["推送"], route_class=Transacted)
