"""The province's door for what became of applications."""

from fastapi import APIRouter

from app.sync.asking import Called

router = APIRouter(prefix="/sync/v1/inbound/applications", tags=["省级岗位"], route_class=Called)
