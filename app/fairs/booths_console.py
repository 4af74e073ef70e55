"""Who comes to a fair and what they show: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.access.asking import AsManager, AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid, Malformed, Stale
from app.employers.problems import NotVerified
from app.fairs import booth_steps, booths, planning_queries, showing
from app.fairs.booth_schemas import (
    BoothCase,
    BoothCasePage,
    BoothChanges,
    BoothInvitation,
    BoothRefusal,
    JobsShown,
    Timetable,
)
from app.fairs.models import Booth, BoothState, Fair
from app.fairs.planning_schemas import FairCase
from app.fairs.planning_views import fair_case
from app.fairs.problems import (
    BoothsFull,
    BoothStateConflict,
    BoothTaken,
    BoothTimesInvalid,
    EmployerBusy,
    FairBegun,
    FairStateConflict,
)

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)


@router.get("/{fair_id}/booths", summary="展位", responses=answers(Invalid))
async def list_fair_booths(
    session: Session,
    officer: AsReader,
    fair_id: UUID,
    state: Annotated[BoothState | None, Query(description="只列此状态;applied 为待审的申请")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> BoothCasePage:
    """按出场顺序,含未通过和已撤回的。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id)
    found, following = await planning_queries.page_of_booths(session, fair.id, state, limit, cursor)
    return BoothCasePage(items=found, next_cursor=following)


@router.post(
    "/{fair_id}/booths",
    summary="邀请用工主体",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, FairBegun, NotVerified, BoothTaken, BoothsFull, BoothTimesInvalid),
)
async def invite_to_fair(
    session: Session, officer: AsManager, response: Response, fair_id: UUID, given: BoothInvitation
) -> BoothCase:
    """只邀请经核验的用工主体;对方接受后才有展位。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    return await _shown(session, response, await booths.invite(session, officer, fair, given))


@router.patch(
    "/{fair_id}/booths/{booth_id}",
    summary="调整展位",
    responses=answers(
        FairStateConflict, BoothStateConflict, BoothTimesInvalid, EmployerBusy, Stale, Malformed
    ),
)
async def change_booth(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    booth_id: UUID,
    changes: BoothChanges,
    if_match: IfMatch = None,
) -> BoothCase:
    """时段、展位号、出场顺序;岗位的计划时刻须仍在时段内。"""
    fair, booth = await _locked(session, officer, fair_id, booth_id)
    booth = await booths.change(session, officer, fair, booth, changes, version_in(if_match))
    return await _shown(session, response, booth)


@router.post(
    "/{fair_id}/booths/{booth_id}/accept",
    summary="通过展位申请",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, FairBegun, BoothStateConflict, NotVerified, EmployerBusy),
)
async def accept_booth(
    session: Session, officer: AsManager, response: Response, fair_id: UUID, booth_id: UUID
) -> BoothCase:
    """该用工主体同一时段已在另一场设展的不能通过,clashes 中说明是哪一场。"""
    fair, booth = await _locked(session, officer, fair_id, booth_id)
    return await _shown(session, response, await booths.accept(session, officer, fair, booth))


@router.post(
    "/{fair_id}/booths/{booth_id}/reject",
    summary="不通过展位申请",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, BoothStateConflict),
)
async def reject_booth(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    booth_id: UUID,
    given: BoothRefusal,
) -> BoothCase:
    """理由告知对方;对方可再次申请。"""
    fair, booth = await _locked(session, officer, fair_id, booth_id)
    return await _shown(session, response, await booths.reject(session, officer, fair, booth, given.reason))


@router.post(
    "/{fair_id}/booths/{booth_id}/withdraw",
    summary="撤回邀请或展位",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, BoothStateConflict),
)
async def withdraw_booth(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    booth_id: UUID,
    given: BoothRefusal,
) -> BoothCase:
    """理由告知对方。"""
    fair, booth = await _locked(session, officer, fair_id, booth_id)
    booth = await booths.withdraw(session, officer, fair, booth, given.reason)
    return await _shown(session, response, booth)


@router.put(
    "/{fair_id}/booths/{booth_id}/jobs",
    summary="展位的岗位",
    responses=answers(FairStateConflict, BoothStateConflict, Invalid),
)
async def put_booth_jobs(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    booth_id: UUID,
    given: JobsShown,
) -> BoothCase:
    """整体替换:该用工主体自己的、展示中的岗位,按讲解顺序;进行中已讲过的不能移除。"""
    fair, booth = await _locked(session, officer, fair_id, booth_id)
    booth = await showing.set_jobs(session, officer, fair, booth, given.jobs)
    return await _shown(session, response, booth)


@router.put(
    "/{fair_id}/timetable",
    summary="排定全场",
    responses=answers(FairStateConflict, EmployerBusy, Invalid, Stale, Malformed),
)
async def put_fair_timetable(
    session: Session,
    officer: AsManager,
    response: Response,
    fair_id: UUID,
    given: Timetable,
    if_match: IfMatch = None,
) -> FairCase:
    """一次排定展位顺序、时段、岗位及其计划时刻;有一处不对则全部不改,逐处指明。"""
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    fair = await showing.set_timetable(session, officer, fair, given, version_in(if_match))
    tag(response, fair.version)
    return await fair_case(session, officer, fair)


async def _locked(session: Session, officer: AsManager, fair_id: UUID, booth_id: UUID) -> tuple[Fair, Booth]:
    fair = await planning_queries.one_in_reach(session, officer, fair_id, locked=True)
    return fair, await booth_steps.lock_booth(session, fair, booth_id)


async def _shown(session: Session, response: Response, booth: Booth) -> BoothCase:
    tag(response, booth.version)
    return (await planning_queries.cases(session, [booth]))[0]
