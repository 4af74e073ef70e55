"""Running stations: the tree, areas, closing."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/stations", tags=["机构"], route_class=Transacted)
