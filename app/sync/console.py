"""The stations' door to the province's clients."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/sync/clients", tags=["省平台对接"], route_class=Transacted)
