"""Statistics, targets and warnings: the stations' door."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.access.asking import AsManager, AsOperator, AsStaff, Officer
from app.access.lists import note_apart, one_of_few
from app.core import clock
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, NotFound, Stale, refuse_field
from app.core.sheets import XLSX
from app.statistics import queries, report, targets, thresholds, views
from app.statistics.figures import Figure
from app.statistics.models import EarlyWarning
from app.statistics.problems import NoCountysStation
from app.statistics.queries import Asked, By, common_to
from app.statistics.schemas import (
    DivisionCode,
    FigureList,
    Limits,
    StatisticsView,
    TargetsGiven,
    TargetYearView,
    ThresholdList,
    ThresholdView,
    WarningPage,
)

router = APIRouter(prefix="/admin/v1/statistics", tags=["统计"], route_class=Transacted)
yearly = APIRouter(prefix="/admin/v1/targets", tags=["统计"], route_class=Transacted)

MOST_DAYS = 1_100
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
From = Annotated[
    date | None, Query(alias="from", description="起始日,含;不填为本月一日", ge=_EARLIEST, le=_LATEST)
]
Until = Annotated[date | None, Query(description="截止日,含;不填为今天", ge=_EARLIEST, le=_LATEST)]
Below = Annotated[DivisionCode | None, Query(description="只统计此区划及其下级;不填为本机构所辖")]
Year = Annotated[int, Path(ge=2000, le=2199, description="年度", examples=[2026])]


@router.get("", summary="统计", responses=answers(Invalid))
async def read_statistics(
    session: Session,
    officer: AsStaff,
    since: From = None,
    until: Until = None,
    division: Below = None,
    by: Annotated[By | None, Query(description="按日、月、下级区划、工种或重点群体分行")] = None,
    figures: Annotated[list[Figure] | None, Query(description="只要这些指标", max_length=60)] = None,
) -> StatisticsView:
    """所及区划内任一时段、任一级区划的指标,逐分钟更新;重点群体可重叠,不能相加。"""
    first = since or clock.today().replace(day=1)
    last = until or max(first, clock.today())
    if not 0 <= (last - first).days < MOST_DAYS:
        zh = f"截止日不早于起始日,至多 {MOST_DAYS} 天"
        raise refuse_field("/until", "span", zh, f"From first to last day, {MOST_DAYS} days at most")
    asked = Asked(first, last, _below(officer, division), by, tuple(figures or ()))
    return await views.statistics(session, asked.cut_to(officer))


@router.get("/figures", summary="指标口径")
async def list_figures(officer: AsStaff) -> FigureList:  # noqa: ARG001 - the door's guard
    """每项指标的名称、单位、计入哪一天和口径。"""
    return views.definitions()


@router.get(
    "/report.xlsx",
    summary="统计月报",
    response_class=Response,
    responses=answers(Invalid, **{"200": {"description": "月报", "content": {XLSX: {}}}}),
)
async def read_monthly_report(
    session: Session,
    officer: AsStaff,
    request: Request,
    month: Annotated[
        str, Query(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", description="月份", examples=["2026-11"])
    ],
    division: Below = None,
) -> Response:
    """总览(比上月、比上年同月)、按区划、按工种、重点群体、工资与争议、逐日图表、口径;导出记入台账。"""
    first = date.fromisoformat(f"{month}-01")
    asked = Asked(first, first, _below(officer, division)).cut_to(officer)
    with one_of_few():
        content = await report.monthly(session, asked)
    said = {"month": month, "division": asked.division}
    await note_apart(request.app.state.database, officer, "statistics.report", said, kind="statistics")
    headers = {
        "Content-Disposition": f'attachment; filename="statistics-{month}-{asked.division}.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/thresholds", summary="预警阈值")
async def list_thresholds(session: Session, officer: AsStaff) -> ThresholdList:
    """所及各县(市、区)现行的阈值;未自行设定的沿用全市默认。"""
    return ThresholdList(items=await thresholds.thresholds_for(session, officer))


@router.put("/thresholds", summary="设定预警阈值", responses=answers(NoCountysStation, Stale))
async def set_thresholds(
    session: Session, officer: AsManager, given: Limits, response: Response, if_match: IfMatch = None
) -> ThresholdView:
    """县级机构设定本县的,市中心设定全市默认;记入台账。"""
    kept = await thresholds.set_limits(session, officer, given, version_in(if_match))
    tag(response, kept.version)
    return kept


@router.get("/warnings", summary="预警", responses=answers(Invalid))
async def list_warnings(
    session: Session,
    officer: AsStaff,
    county: Annotated[DivisionCode | None, Query(description="只列此县(市、区)")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> WarningPage:
    """所及县(市、区)超过阈值的情况,每县每类每天一条,最新的在前。"""
    statement = queries.warnings_in_reach_of(officer, county)
    scope = f"warnings/{officer.station.division}/{county}"
    found, following = await newest(session, statement, EarlyWarning.id, limit, cursor, scope)
    return WarningPage(items=[views.warning(one) for one in found], next_cursor=following)


@yearly.get("/{year}", summary="年度目标")
async def read_targets(
    session: Session,
    officer: AsStaff,  # noqa: ARG001 - the door's guard; targets are the whole city's
    year: Year,
    response: Response,
) -> TargetYearView:
    """全年目标与本市场的贡献;贡献只是完成数的一部分。"""
    found, version = await targets.year_view(session, year)
    tag(response, version)
    return found


@yearly.put("/{year}", summary="设定年度目标", responses=answers(Invalid, Stale))
async def set_targets(
    session: Session,
    officer: AsOperator,
    year: Year,
    given: TargetsGiven,
    response: Response,
    if_match: IfMatch = None,
) -> TargetYearView:
    """整套替换该年目标,记入台账。"""
    await targets.set_targets(session, officer, year, given, version_in(if_match))
    found, version = await targets.year_view(session, year)
    tag(response, version)
    return found


def _below(officer: Officer, division: str | None) -> str:
    """Return the division asked for; 404 for one that is out of reach."""
    if division is None:
        return common_to(officer.served)
    if not division.startswith(officer.served):
        raise NotFound
    return division
