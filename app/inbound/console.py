"""The stations' door to the province's vacancies and codes."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/sync", tags=["省平台对接"], route_class=Transacted)
