"""Pay: the mobile app's door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/v1/engagements", tags=["工资"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me/pay", tags=["工资"], route_class=Transacted)
of_employers = APIRouter(prefix="/v1/employers", tags=["工资"], route_class=Transacted)
