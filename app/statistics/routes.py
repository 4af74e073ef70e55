"""The public dashboard."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.core.db import Session, Transacted
from app.core.lean import cacheable
from app.statistics import dashboard
from app.statistics.schemas import PublicStatistics

router = APIRouter(prefix="/v1/statistics", tags=["统计"], route_class=Transacted)
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "与 If-None-Match 所示相同,无内容"}}


@router.get("", summary="公开数据", response_model=PublicStatistics, responses=UNCHANGED)
async def read_public_statistics(request: Request, session: Session) -> Response:
    """全市近三十天与近十二个整月,分县(市、区)按整月;小于五的数值及可据以推算的数值不公布。"""
    found = await dashboard.published(session)
    return cacheable(request, found.model_dump_json().encode(), max_age_s=300)
