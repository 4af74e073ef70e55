"""Search: the mobile app's door, open to all."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app.core.contract import answers
from app.core.cursors import CursorRefused
from app.core.db import Session, Transacted
from app.core.lean import Lean, cacheable
from app.core.problems import Invalid, NotFound
from app.jobs import facets, json_ld, map, search  # noqa: A004 - the module of /v1/jobs/map
from app.jobs.map_schemas import MapQuery, MapView
from app.jobs.search_schemas import Facets, Filters, SearchPage, SearchQuery

JobId = Annotated[UUID, Path(description="岗位编号", examples=["0193a1b2-7c4d-7e8f-9a0b-1c2d3e4f5a6b"])]

router = APIRouter(prefix="/v1/jobs", tags=["找活"], route_class=Lean)
documents = APIRouter(tags=["找活"], route_class=Transacted)

UNCHANGED = {"304": {"description": "与 If-None-Match 所示相同,无内容"}}
LD_JSON: dict[str, Any] = {
    "200": {"description": "JobPosting", "content": {json_ld.MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@router.get(
    "", summary="搜索岗位", response_model=SearchPage, responses=answers(Invalid, CursorRefused, **UNCHANGED)
)
async def search_jobs(request: Request, asked: Annotated[SearchQuery, Query()]) -> Response:
    """无需登录。各条件可同时使用;翻页不漏不重(其间未变动的岗位)。

    距离为椭球面上的直线距离。只列出用工主体已核验、仍有班次空缺的岗位。
    """
    return cacheable(request, await search.answer(request.app.state.database, asked), max_age_s=10)


@router.get("/facets", summary="分类计数", response_model=Facets, responses=answers(Invalid, **UNCHANGED))
async def count_jobs(request: Request, asked: Annotated[Filters, Query()]) -> Response:
    """按与搜索相同的条件,分工种、县(市、区)、开工日期计数;数目准确。"""
    return cacheable(request, await facets.answer(request.app.state.database, asked), max_age_s=60)


@router.get("/map", summary="地图聚合", response_model=MapView, responses=answers(Invalid, **UNCHANGED))
async def map_jobs(request: Request, asked: Annotated[MapQuery, Query()]) -> Response:
    """范围内的岗位按网格聚合,至多约六百个;条件与搜索相同。"""
    return cacheable(request, await map.answer(request.app.state.database, asked), max_age_s=30)


@documents.get(
    "/{job_id}.jsonld",
    summary="岗位(JSON-LD)",
    response_class=Response,
    responses=answers(NotFound, **UNCHANGED, **LD_JSON),
)
async def describe_job(request: Request, session: Session, job_id: JobId) -> Response:
    """schema.org 的 JobPosting,供搜索引擎收录;只限展示中的岗位。"""
    body = await json_ld.posting(session, job_id)
    return cacheable(request, body, max_age_s=300, media_type=json_ld.MEDIA_TYPE)


router.include_router(documents)
