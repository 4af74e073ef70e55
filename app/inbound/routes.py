"""The province's door for its vacancies."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1/inbound", tags=["省级岗位"], route_class=Called)
