"""Employers at fairs: invitations, applications for a booth, the jobs they show."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/employers", tags=["直播带岗"], route_class=Transacted)
