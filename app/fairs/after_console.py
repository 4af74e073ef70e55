"""What came of a fair, and what the next one should show first."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)
