"""Ratings, standing and appeals: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/engagements", tags=["评价"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me/worker", tags=["评价"], route_class=Transacted)
of_employers = APIRouter(prefix="/v1/employers", tags=["评价"], route_class=Transacted)
