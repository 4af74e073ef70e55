"""Search: the mobile app's door, open to all."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core.contract import answers
from app.core.lean import Lean, cacheable
from app.core.problems import Invalid
from app.core.cursors import CursorRefused
from app.jobs import search
from app.jobs.search_schemas import SearchPage, SearchQuery

router = APIRouter(prefix="/v1/jobs", tags=["找活"], route_class=Lean)


@router.get("", summary="搜索岗位", response_model=SearchPage, responses=answers(Invalid, CursorRefused))
async def search_jobs(request: Request, asked: Annotated[SearchQuery, Query()]) -> Response:
    """无需登录。各条件可同时使用;翻页不漏不重(其间未变动的岗位)。

    距离为椭球面上的直线距离。只列出用工主体已核验、仍有班次空缺的岗位。
    """
    return cacheable(request, await search.answer(request.app.state.database, asked), max_age_s=10)
