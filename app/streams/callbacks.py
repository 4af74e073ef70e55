"""What the media server tells us of: its door, for nobody else."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/live", include_in_schema=False, route_class=Transacted)
