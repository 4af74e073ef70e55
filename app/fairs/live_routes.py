"""A fair while it is on: the live feed, questions, the jobs that are opened."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
feed = APIRouter(prefix="/v1/fairs", tags=["直播带岗"])
