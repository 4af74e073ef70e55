"""The province's door to the changes."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/sync/v1", tags=["变更"], route_class=Transacted)
