"""Fairs for everybody: the list, one fair, calendars, reservations."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
reservations = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
