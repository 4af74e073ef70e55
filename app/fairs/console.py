"""Planning fairs: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Response, UploadFile

from app.access.asking import AsManager, AsReader, Officer, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit
from app.core.papers import Picture
from app.core.problems import Invalid, Malformed, Stale
from app.core.types import Moment
from app.core.uploads import PictureInvalid
from app.fairs import planning, planning_queries
from app.fairs.models import Fair, FairState
from app.fairs.planning_schemas import (
    Division,
    FairCancellation,
    FairCase,
    FairCaseCard,
    FairCasePage,
    FairChanges,
    FairDraft,
)
from app.fairs.planning_views import fair_case
from app.fairs.problems import (
    BoothTimesInvalid,
    EmployerBusy,
    FairBegun,
    FairStateConflict,
    FairTimesInvalid,
    HostBusy,
    LicenceMissing,
    OutsideRoomTaken,
    RoomTaken,
)
from app.workers.models import KeyGroup

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)


@router.get("", summary="招聘会", responses=answers(Invalid))
async def list_fair_cases(
    session: Session,
    officer: AsReader,
    state: Annotated[FairState | None, Query(description="只列此状态")] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="此时起开始的")] = None,
    until: Annotated[Moment | None, Query(description="此时前开始的,不含")] = None,
    division: Annotated[Division | None, Query(description="只列此区划及以下")] = None,
    key_group: Annotated[KeyGroup | None, Query(description="只列面向此重点群体的")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> FairCasePage:
    """所及区划内的,含筹备中和已取消的,开始晚的在前。"""
    found, following = await planning_queries.page_in_reach(
        session,
        officer,
        state=state,
        from_=from_,
        until=until,
        division=division,
        key_group=key_group,
        limit=limit,
        cursor=cursor,
    )
    return FairCasePage(items=[FairCaseCard.model_validate(one) for one in found], next_cursor=following)


@router.post(
    "",
    summary="筹备招聘会",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(FairTimesInvalid, LicenceMissing, HostBusy, RoomTaken),
)
async def plan_fair(session: Session, officer: AsManager, response: Response, draft: FairDraft) -> FairCase:
    """开放预约前只有工作人员和受邀的用工主体可见。

    同一主持人或同一场地在该时段已有另一场的,拒绝并在 clashes 中说明是哪一场。
    经营性机构举办的须填写机构名称和人力资源服务许可证号。
    """
    return await _shown(session, officer, response, await planning.plan(session, officer, draft))


@router.get("/{fair_id}", summary="一场招聘会")
async def read_fair_case(session: Session, officer: AsReader, response: Response, fair_id: UUID) -> FairCase:
    """含展位、岗位、直播流、预约人数,以及与另一场的冲突。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id)
    return await _shown(session, officer, response, fair)


@router.patch(
    "/{fair_id}",
    summary="修改招聘会",
    responses=answers(
        FairStateConflict,
        FairTimesInvalid,
        LicenceMissing,
        HostBusy,
        RoomTaken,
        OutsideRoomTaken,
        EmployerBusy,
        BoothTimesInvalid,
        Stale,
        Malformed,
    ),
)
async def change_fair(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    changes: FairChanges,
    if_match: IfMatch = None,
) -> FairCase:
    """未列出的字段不变;开始前可改。

    改期而时长不变的,展位和岗位的时刻一同平移;时长改变的,原占全场的展位仍占全场,其余须仍在新的时间之内。
    """
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    fair = await planning.change(session, officer, fair, changes, version_in(if_match))
    return await _shown(session, officer, response, fair)


@router.put("/{fair_id}/cover", summary="上传封面", responses=answers(FairStateConflict, PictureInvalid))
async def put_fair_cover(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    file: Annotated[UploadFile, File(description="封面图片,JPEG、PNG 或 WebP,8 MB 以内")],
) -> FairCase:
    """替换原有封面;只留画面,不留拍摄信息。"""
    await planning_queries.one_in_reach(session, officer, fair_id)
    key = await planning.store_cover(await file.read())
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    return await _shown(session, officer, response, await planning.put_cover(session, officer, fair, key))


@router.get(
    "/{fair_id}/cover",
    summary="封面图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_fair_case_cover(session: Session, officer: AsReader, fair_id: UUID) -> Picture:
    """没有封面的为 404。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id)
    return Picture(await planning_queries.cover_of(fair))


@router.post(
    "/{fair_id}/open",
    summary="开放预约",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, FairBegun),
)
async def open_fair(session: Session, officer: AsManager, response: Response, fair_id: UUID) -> FairCase:
    """随即公开,人人可看可预约,用工主体可申请展位;开始时间已过的不能开放。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    return await _shown(session, officer, response, await planning.open_(session, officer, fair))


@router.post(
    "/{fair_id}/cancel",
    summary="取消招聘会",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict),
)
async def cancel_fair(
    session: Session, officer: AsManager, response: Response, fair_id: UUID, given: FairCancellation
) -> FairCase:
    """告知所有预约者和展位的用工主体,一次;不能恢复。正在直播的随即停止。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    fair = await planning.cancel(session, officer, fair, given.reason)
    return await _shown(session, officer, response, fair)


async def _shown(session: Session, officer: Officer, response: Response, fair: Fair) -> FairCase:
    tag(response, fair.version)
    return await fair_case(session, officer, fair)
