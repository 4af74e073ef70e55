"""Employers at fairs: invitations, applications for a booth, the jobs they show."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import tag
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, NotFound, TooMany
from app.employers.problems import NotVerified
from app.employers.queries import acting_for
from app.fairs import booth_steps, booths, planning_queries
from app.fairs.booth_schemas import BoothApplication, JobsShown, OwnBooth, OwnBoothPage
from app.fairs.models import Booth, Fair
from app.fairs.problems import (
    BoothsFull,
    BoothStateConflict,
    BoothTaken,
    EmployerBusy,
    FairBegun,
    FairStateConflict,
)
from app.identity.asking import AsAccount, Once
from app.identity.models import Account

router = APIRouter(prefix="/v1/employers", tags=["直播带岗"], route_class=Transacted)


@router.get("/{employer_id}/booths", summary="我的展位", responses=answers(Invalid))
async def list_own_booths(
    session: Session, account: AsAccount, employer_id: UUID, limit: Limit = 20, cursor: Cursor = None
) -> OwnBoothPage:
    """邀请、申请和已接受的展位;仅成员可见。"""
    await acting_for(session, account, employer_id)
    statement, scope = planning_queries.of_employer(employer_id), f"own-booths/{employer_id}"
    found, following = await newest(session, statement, Booth.id, limit, cursor, scope)
    return OwnBoothPage(items=await planning_queries.own_booths(session, found), next_cursor=following)


@router.post(
    "/{employer_id}/booths",
    summary="申请展位",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(
        NotFound, NotVerified, FairStateConflict, FairBegun, BoothTaken, BoothsFull, Invalid, TooMany
    ),
)
async def apply_for_booth(
    session: Session, account: AsAccount, response: Response, employer_id: UUID, given: BoothApplication
) -> OwnBooth:
    """向可预约的招聘会申请,由举办机构审核;可附要展示的岗位。"""
    employer = await acting_for(session, account, employer_id)
    return await _shown(session, response, await booths.apply(session, employer, given))


@router.get("/{employer_id}/booths/{booth_id}", summary="一个展位")
async def read_own_booth(
    session: Session, account: AsAccount, response: Response, employer_id: UUID, booth_id: UUID
) -> OwnBooth:
    """仅成员可见。"""
    booth = await planning_queries.own_booth(session, account, employer_id, booth_id)
    return await _shown(session, response, booth)


@router.post(
    "/{employer_id}/booths/{booth_id}/accept",
    summary="接受邀请",
    dependencies=[Once],
    responses=answers(FairStateConflict, FairBegun, BoothStateConflict, NotVerified, EmployerBusy),
)
async def accept_invitation(
    session: Session, account: AsAccount, response: Response, employer_id: UUID, booth_id: UUID
) -> OwnBooth:
    """同一时段已在另一场设展的不能接受,clashes 中说明是哪一场。"""
    fair, booth = await _locked(session, account, employer_id, booth_id)
    return await _shown(session, response, await booths.accept(session, None, fair, booth))


@router.post(
    "/{employer_id}/booths/{booth_id}/decline",
    summary="谢绝邀请",
    dependencies=[Once],
    responses=answers(BoothStateConflict),
)
async def decline_invitation(
    session: Session, account: AsAccount, response: Response, employer_id: UUID, booth_id: UUID
) -> OwnBooth:
    """机构可再次邀请。"""
    fair, booth = await _locked(session, account, employer_id, booth_id)
    return await _shown(session, response, await booths.decline(session, fair, booth))


@router.post(
    "/{employer_id}/booths/{booth_id}/withdraw",
    summary="撤回申请或退出",
    dependencies=[Once],
    responses=answers(FairStateConflict, FairBegun, BoothStateConflict),
)
async def leave_fair(
    session: Session, account: AsAccount, response: Response, employer_id: UUID, booth_id: UUID
) -> OwnBooth:
    """招聘会开始前可退出,举办机构随即得知。"""
    fair, booth = await _locked(session, account, employer_id, booth_id)
    return await _shown(session, response, await booths.leave(session, fair, booth))


@router.put(
    "/{employer_id}/booths/{booth_id}/jobs",
    summary="我的展位的岗位",
    responses=answers(FairStateConflict, FairBegun, BoothStateConflict, Invalid),
)
async def put_own_booth_jobs(
    session: Session,
    account: AsAccount,
    response: Response,
    employer_id: UUID,
    booth_id: UUID,
    given: JobsShown,
) -> OwnBooth:
    """招聘会开始前可改,整体替换:本主体展示中的岗位,按讲解顺序。"""
    fair, booth = await _locked(session, account, employer_id, booth_id)
    return await _shown(session, response, await booths.put_own_jobs(session, fair, booth, given.jobs))


async def _locked(
    session: Session, account: Account, employer_id: UUID, booth_id: UUID
) -> tuple[Fair, Booth]:
    known = await planning_queries.own_booth(session, account, employer_id, booth_id)
    fair = await booth_steps.lock_fair(session, known.fair_id)
    return fair, await booth_steps.lock_booth(session, fair, booth_id)


async def _shown(session: Session, response: Response, booth: Booth) -> OwnBooth:
    tag(response, booth.version)
    return (await planning_queries.own_booths(session, [booth]))[0]
