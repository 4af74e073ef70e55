"""What came of a fair, and what the next one should show first."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.access.asking import AsReader, AsStaff
from app.access.lists import note_apart, one_of_few
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid, NotReady
from app.core.sheets import XLSX
from app.fairs.planning_queries import one_in_reach
from app.fairs.problems import FairStateConflict
from app.outcomes import charts, learning, minutes, queries, sheet
from app.outcomes.schemas import DivisionCode, FairFiguresPage, FairStatistics, SuggestionList

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)

_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
From = Annotated[date | None, Query(alias="from", description="起始日,含;不填不限", ge=_EARLIEST, le=_LATEST)]
Until = Annotated[date | None, Query(description="截止日,含;不填不限", ge=_EARLIEST, le=_LATEST)]
SVG = "image/svg+xml"


@router.get("/statistics", summary="各场成效", responses=answers(Invalid))
async def list_fair_figures(
    session: Session,
    officer: AsStaff,
    since: From = None,
    until: Until = None,
    division: Annotated[DivisionCode | None, Query(description="只列此区划及其下级的场次")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> FairFiguresPage:
    """所及区划内已开始的各场的漏斗,便于相互比较;按日、按区划的合计见 /admin/v1/statistics。"""
    asked = (since, until, division)
    items, following = await queries.page_of_figures(session, officer, asked, limit, cursor)
    return FairFiguresPage(items=items, next_cursor=following)


@router.get("/{fair_id}/statistics", summary="一场的成效")
async def read_fair_statistics(session: Session, officer: AsStaff, fair_id: UUID) -> FairStatistics:
    """全场、各展位、各岗位从观看到工资到手的漏斗;口径见各字段说明。"""
    return await queries.statistics_of(session, await one_in_reach(session, officer, fair_id))


@router.get(
    "/{fair_id}/statistics.xlsx",
    summary="一场的成效表",
    response_class=Response,
    responses=answers(NotReady, **{"200": {"description": "成效表", "content": {XLSX: {}}}}),
)
async def export_fair_statistics(
    session: Session, officer: AsStaff, request: Request, fair_id: UUID
) -> Response:
    """全场、展位、岗位、逐分钟各一页,附图表;导出记入台账。"""
    fair = await one_in_reach(session, officer, fair_id)
    with one_of_few():
        told = await queries.statistics_of(session, fair)
        content = await sheet.workbook(told, await minutes.of_fair(session, fair))
    said = {"fair_id": str(fair_id)}
    await note_apart(request.app.state.database, officer, "fair.statistics", said, kind="fair")
    headers = {
        "Content-Disposition": f'attachment; filename="fair-{fair_id}.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=XLSX, headers=headers)


@router.get(
    "/{fair_id}/funnel.svg",
    summary="一场的漏斗图",
    response_class=Response,
    responses={200: {"description": "漏斗图", "content": {SVG: {}}}},
)
async def draw_fair_funnel(session: Session, officer: AsStaff, fair_id: UUID) -> Response:
    """从观看到工资到手的条形图,可直接放入网页或文稿。"""
    told = await queries.statistics_of(session, await one_in_reach(session, officer, fair_id))
    drawn = charts.funnel(f"{told.title}:从观看到工资到手", sheet.steps(told.funnel))
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(drawn, media_type=SVG, headers=headers)


@router.get("/{fair_id}/suggestions", summary="建议先展示的岗位", responses=answers(FairStateConflict))
async def list_fair_suggestions(session: Session, officer: AsReader, fair_id: UUID) -> SuggestionList:
    """对筹备中或可预约的一场:本场岗位与可再邀请的在招岗位,按以往各场的经验排序,附依据。"""
    return await learning.suggestions(session, await one_in_reach(session, officer, fair_id))
