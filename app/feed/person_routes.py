"""The province's door to a person who consented."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1", tags=["人员"], route_class=Called)
