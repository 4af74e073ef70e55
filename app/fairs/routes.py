"""Fairs for everybody: the list, one fair, its jobs, calendars, reservations."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.lean import cacheable
from app.core.pages import Cursor, Limit
from app.core.papers import Picture
from app.core.problems import Invalid
from app.fairs import calendars, planning_queries, queries, views
from app.fairs import reservations as reserving
from app.fairs.problems import FairStateConflict
from app.fairs.schemas import FairJobPage, FairPage, FairsWanted, FairView, ReservationView, Theme
from app.geo.places import Lat, Lng
from app.geo.points import Datum
from app.identity.asking import AsAccount, AsAnyone
from app.jobs.search_schemas import Filters

router = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
calendar = APIRouter(prefix="/v1", tags=["直播带岗"], route_class=Transacted)
reservations = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me", tags=["直播带岗"], route_class=Transacted)

CALENDAR: dict[str, Any] = {
    "200": {"description": "iCalendar", "content": {calendars.MEDIA_TYPE: {"schema": {"type": "string"}}}},
    "304": {"description": "与 If-None-Match 所示相同,无内容"},
}


@router.get("", summary="直播带岗", responses=answers(Invalid))
async def list_fairs(
    session: Session,
    account: AsAnyone,
    asked: Annotated[FairsWanted, Query()],
) -> FairPage:
    """无需登录。不填状态和起止的,列可预约和进行中的,先开始的在前。"""
    found, following = await queries.page(session, asked, account.id if account else None)
    return views.page(found, following)


@calendar.get(
    "/fairs.ics",
    summary="直播带岗日历(iCalendar)",
    response_class=Response,
    responses=answers(Invalid, **CALENDAR),
)
async def read_fairs_calendar(
    request: Request, session: Session, asked: Annotated[Theme, Query()]
) -> Response:
    """供日历软件订阅:九十天前至一年内的,改期和取消随之更新;至多一千场。"""
    body = await calendars.of_all(session, asked, request.app.state.settings.reached_at)
    return cacheable(request, body, max_age_s=300, media_type=calendars.MEDIA_TYPE)


# Before the one fair's own: a path's first match answers.
@router.get(
    "/{fair_id}.ics",
    summary="一场直播带岗的日历(iCalendar)",
    response_class=Response,
    responses=answers(**CALENDAR),
)
async def read_fair_calendar(request: Request, session: Session, fair_id: UUID) -> Response:
    """供日历软件订阅;改期和取消随之更新。"""
    body = await calendars.of_one(session, fair_id, request.app.state.settings.reached_at)
    return cacheable(request, body, max_age_s=300, media_type=calendars.MEDIA_TYPE)


@router.get("/{fair_id}", summary="一场直播带岗")
async def read_fair(session: Session, account: AsAnyone, fair_id: UUID) -> FairView:
    """时间表、展位和岗位、各岗位讲解的时间、观看地址、回放;无需登录。"""
    return await views.whole(session, fair_id, account.id if account else None)


@router.get("/{fair_id}/jobs", summary="一场直播带岗的岗位,由近及远", responses=answers(Invalid))
async def list_fair_jobs(
    session: Session,
    fair_id: UUID,
    lng: Annotated[Lng | None, Query(description="所在位置经度,度;与 lat、datum 同填")] = None,
    lat: Annotated[Lat | None, Query(description="所在位置纬度,度")] = None,
    datum: Annotated[Datum | None, Query(description="坐标系;应答亦用之,无位置时默认 gcj02")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> FairJobPage:
    """还能报名的在前;报名时填 fair_id 与 mark_id。"""
    here = Filters(lng=lng, lat=lat, datum=datum)
    here.must_fit()
    return await views.jobs_near(session, fair_id, here.point, here.shown_in, limit, cursor)


@reservations.put("/{fair_id}/reservation", summary="预约直播带岗", responses=answers(FairStateConflict))
async def reserve_fair(session: Session, account: AsAccount, fair_id: UUID) -> ReservationView:
    """重复预约结果相同。开始前一天和十五分钟各提醒一次;改期、取消会告知。"""
    fair, reserved_at = await reserving.reserve(session, account.id, fair_id)
    return ReservationView(
        fair_id=fair.id, reserved_at=reserved_at, reminders=reserving.reminders(fair, reserved_at)
    )


@reservations.delete("/{fair_id}/reservation", summary="取消预约", status_code=HTTPStatus.NO_CONTENT)
async def give_back_fair(session: Session, account: AsAccount, fair_id: UUID) -> None:
    """不再提醒;未曾预约的结果相同。"""
    await reserving.give_back(session, account.id, fair_id)


@of_me.get("/fairs", summary="我预约的直播带岗", responses=answers(Invalid))
async def list_my_fairs(
    session: Session, account: AsAccount, limit: Limit = 20, cursor: Cursor = None
) -> FairPage:
    """后开始的在前,含已结束和已取消的。"""
    found, following = await queries.reserved_by(session, account.id, limit, cursor)
    return views.page(found, following)


@router.get(
    "/{fair_id}/cover",
    summary="招聘会封面",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_fair_cover(session: Session, fair_id: UUID) -> Picture:
    """已公开的招聘会的封面,无需登录;没有封面的为 404。"""
    return Picture(
        await planning_queries.public_cover(session, fair_id),
        headers={"Cache-Control": "public, max-age=300"},
    )
