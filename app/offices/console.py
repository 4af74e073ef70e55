"""Running stations: the tree, areas, closing."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.access.asking import AsManager, AsStaff, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid, Stale
from app.geo.places import ShownInWgs84
from app.geo.points import Datum
from app.offices import areas, closing, placing, queries, running
from app.offices.problems import (
    BeyondOwnAuthority,
    BoundaryUnfit,
    DivisionUnfit,
    NameTaken,
    NoArea,
    OutsideItsDivision,
    ParentUnfit,
    StationClosedAlready,
    StationNotClosable,
    SuccessorUnfit,
    TownshipServed,
)
from app.offices.schemas import (
    BoundaryGiven,
    OfficeChanges,
    OfficeClosing,
    OfficeDetail,
    OfficeDraft,
    OfficeMove,
    OfficePage,
    OfficeView,
    PositionGiven,
    Townships,
)
from app.offices.views import detail_of, view_of
from app.stations.models import StationKind

router = APIRouter(prefix="/admin/v1/stations", tags=["机构"], route_class=Transacted)


@router.get("", summary="机构树", responses=answers(Invalid))
async def list_offices(
    session: Session,
    officer: AsStaff,
    parent_id: Annotated[UUID | None, Query(description="只列此机构的直接下级")] = None,
    kind: Annotated[StationKind | None, Query(description="只列此类机构")] = None,
    division: Annotated[
        str | None, Query(pattern=r"^[0-9]{4,9}$", description="只列此区划及以下的机构")
    ] = None,
    closed: Annotated[bool, Query(description="改列已关闭的机构")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownInWgs84 = Datum.wgs84,
) -> OfficePage:
    """所及区划内的机构,按区划代码排列;以 parent_id 成树。"""
    found, following = await queries.page_of_stations(
        session,
        officer,
        parent_id=parent_id,
        kind=kind,
        division=division,
        closed=closed,
        limit=limit,
        cursor=cursor,
    )
    return OfficePage(items=[view_of(station, datum) for station in found], next_cursor=following)


@router.get("/{station_id}", summary="机构")
async def read_office(
    response: Response,
    session: Session,
    officer: AsStaff,
    station_id: UUID,
    datum: ShownInWgs84 = Datum.wgs84,
) -> OfficeDetail:
    """所及区划内的一个机构:人员数、责任区与未办结事项。"""
    station = await queries.one_in_reach(session, officer, station_id)
    tag(response, station.version)
    return await detail_of(session, station, datum)


@router.post(
    "",
    summary="设立服务站或零工市场",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(NameTaken, TownshipServed, DivisionUnfit, ParentUnfit, OutsideItsDivision),
)
async def open_office(
    response: Response, session: Session, officer: AsManager, given: OfficeDraft
) -> OfficeView:
    """管理员在本级及以下设立;一个乡镇、街道只有一个服务站,零工市场不限。"""
    station = await running.open_station(session, officer, given)
    tag(response, station.version)
    return view_of(station, Datum.wgs84)


@router.patch(
    "/{station_id}",
    summary="修改机构资料",
    responses=answers(Stale, StationClosedAlready, NameTaken),
)
async def change_office(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: OfficeChanges,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """名称、电话、地址、开放时间、近期说明与服务项目,只改所给的。"""
    station = await running.change(session, officer, station_id, given, version_in(if_match))
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)


@router.put(
    "/{station_id}/position",
    summary="核实机构位置",
    responses=answers(Stale, StationClosedAlready, OutsideItsDivision),
)
async def place_office(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: PositionGiven,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """在地图上标出实际位置,不再是近似值;所在乡镇的位置原为近似值的,一并更正。"""
    station = await placing.correct_position(session, officer, station_id, given.place, version_in(if_match))
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)


@router.put(
    "/{station_id}/boundary",
    summary="划定开发区边界",
    responses=answers(Stale, StationClosedAlready, NoArea, BoundaryUnfit),
)
async def draw_office_boundary(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: BoundaryGiven,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """界内此后的登记与岗位归开发区;已有的不变,办结为止。"""
    station = await areas.draw_boundary(session, officer, station_id, given, version_in(if_match))
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)


@router.put(
    "/{station_id}/townships",
    summary="指派责任乡镇",
    responses=answers(Stale, StationClosedAlready, NoArea, DivisionUnfit),
)
async def assign_office_townships(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: Townships,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """整体替换;未指派的乡镇由自己的服务站负责,没有服务站的由县内最近的站负责。"""
    station = await areas.assign_townships(
        session, officer, station_id, given.townships, version_in(if_match)
    )
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)


@router.post(
    "/{station_id}/move",
    summary="机构搬迁",
    dependencies=[OnceForStaff],
    responses=answers(Stale, StationClosedAlready, ParentUnfit, OutsideItsDivision),
)
async def move_office(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: OfficeMove,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """新地址、新位置,需要时改换上级机构;区划不变。"""
    station = await placing.move(session, officer, station_id, given, version_in(if_match))
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)


@router.post(
    "/{station_id}/close",
    summary="关闭机构",
    dependencies=[OnceForStaff],
    responses=answers(Stale, StationClosedAlready, StationNotClosable, SuccessorUnfit, BeyondOwnAuthority),
)
async def close_office(
    response: Response,
    session: Session,
    officer: AsManager,
    station_id: UUID,
    given: OfficeClosing,
    if_match: IfMatch = None,
) -> OfficeDetail:
    """由上级管理员关闭;岗位、用工、工资、维权、提醒、责任区、下级机构与人员一并移交接收机构。"""
    station = await closing.close(session, officer, station_id, given, version_in(if_match))
    tag(response, station.version)
    return await detail_of(session, station, Datum.wgs84)
