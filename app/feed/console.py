"""The stations' door to the state of the exchange and its differences."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/sync", tags=["省平台对接"], route_class=Transacted)
