"""The province's door for its vacancies."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/sync/v1/inbound", tags=["省级岗位"], route_class=Transacted)
