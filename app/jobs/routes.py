"""Postings: the mobile app's door. Search has its own (search_routes.py)."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, NotFound, Stale
from app.employers.problems import NotVerified
from app.employers.queries import acting_for, role_of
from app.geo.places import ShownIn
from app.geo.points import Datum
from app.geo.problems import OutsideTheCity
from app.identity.asking import AsAccount, AsAnyone, Once
from app.identity.models import Account
from app.jobs import booking, postings, queries
from app.jobs.models import ClosedBecause, Job, JobState
from app.jobs.problems import (
    BelowHired,
    BelowMinimumWage,
    JobStateConflict,
    PeopleTakenOn,
    PostingIncomplete,
    ShiftInvalid,
)
from app.jobs.schemas import JobChanges, JobDraft, JobPage, JobView, ShiftChanges, ShiftsAdded
from app.jobs.views import job_view

router = APIRouter(prefix="/v1/jobs", tags=["岗位"], route_class=Transacted)
of_employers = APIRouter(prefix="/v1/employers", tags=["岗位"], route_class=Transacted)


@router.post(
    "",
    summary="起草岗位",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(NotFound, OutsideTheCity, ShiftInvalid),
)
async def draft_job(
    response: Response, session: Session, account: AsAccount, draft: JobDraft, datum: ShownIn = Datum.gcj02
) -> JobView:
    """草稿可以不完整,提交时须填全。工作地点决定所在区划与责任就业服务站。"""
    employer = await acting_for(session, account, draft.employer_id)
    job = await postings.draft(session, employer, draft)
    return await _shown(response, session, account, job, datum)


@router.get("/{job_id}", summary="岗位详情")
async def read_job(
    response: Response, session: Session, account: AsAnyone, job_id: UUID, datum: ShownIn = Datum.gcj02
) -> JobView:
    """已发布的岗位无需登录;未发布的仅本主体成员可见。"""
    job = await queries.visible(session, account, job_id)
    return await _shown(response, session, account, job, datum)


@router.patch(
    "/{job_id}",
    summary="修改岗位",
    responses=answers(
        Stale, OutsideTheCity, JobStateConflict, PeopleTakenOn, PostingIncomplete, BelowMinimumWage
    ),
)
async def change_job(
    response: Response,
    session: Session,
    account: AsAccount,
    job_id: UUID,
    changes: JobChanges,
    if_match: IfMatch = None,
    datum: ShownIn = Datum.gcj02,
) -> JobView:
    """未列出的字段不变;展示中的岗位改后可能重新审核。

    已有人被录用时,改后的条件逐人征求同意:同意前仍按原约定,不同意可退出,不影响信用。工种和须持证书不能改。
    """
    job = await queries.own(session, account, job_id)
    job = await postings.change(session, job, changes, version_in(if_match))
    return await _shown(response, session, account, job, datum)


@router.post(
    "/{job_id}/submit",
    summary="提交岗位",
    dependencies=[Once],
    responses=answers(JobStateConflict, NotVerified, PostingIncomplete, BelowMinimumWage),
)
async def submit_job(
    response: Response, session: Session, account: AsAccount, job_id: UUID, datum: ShownIn = Datum.gcj02
) -> JobView:
    """提交后由工作人员审核;受信任的用工主体且无疑似违规字句的,直接发布、事后审核。"""
    job = await postings.submit(session, await queries.own(session, account, job_id))
    return await _shown(response, session, account, job, datum)


@router.post("/{job_id}/close", summary="关闭岗位", dependencies=[Once], responses=answers(JobStateConflict))
async def close_job(
    response: Response, session: Session, account: AsAccount, job_id: UUID, datum: ShownIn = Datum.gcj02
) -> JobView:
    """不再展示;已录用的仍然有效。"""
    job = await queries.own(session, account, job_id)
    job = await postings.close(session, job, ClosedBecause.WITHDRAWN)
    return await _shown(response, session, account, job, datum)


@router.post("/{job_id}/copy", summary="复制岗位", status_code=HTTPStatus.CREATED, dependencies=[Once])
async def copy_job(
    response: Response, session: Session, account: AsAccount, job_id: UUID, datum: ShownIn = Datum.gcj02
) -> JobView:
    """复制为新草稿,不含班次与有效期:再次用工只需填日期。"""
    job = await postings.copy(session, await queries.own(session, account, job_id))
    return await _shown(response, session, account, job, datum)


@router.post(
    "/{job_id}/shifts",
    summary="增加班次",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(JobStateConflict, ShiftInvalid, BelowMinimumWage),
)
async def add_shifts(
    response: Response,
    session: Session,
    account: AsAccount,
    job_id: UUID,
    added: ShiftsAdded,
    datum: ShownIn = Datum.gcj02,
) -> JobView:
    """展示中的岗位也可增加班次。"""
    job = await queries.own(session, account, job_id)
    job = await booking.add_shifts(session, job, added.shifts)
    return await _shown(response, session, account, job, datum)


@router.patch(
    "/{job_id}/shifts/{shift_id}",
    summary="调整班次",
    responses=answers(JobStateConflict, ShiftInvalid, BelowHired, BelowMinimumWage),
)
async def change_shift(
    response: Response,
    session: Session,
    account: AsAccount,
    job_id: UUID,
    shift_id: UUID,
    changes: ShiftChanges,
    datum: ShownIn = Datum.gcj02,
) -> JobView:
    """改时间时,已录用者会收到通知并须重新同意;不同意可退出,不影响信用。增加人数时候补自动递补。"""
    job = await queries.own(session, account, job_id)
    job = await booking.change_shift(session, job, shift_id, changes)
    return await _shown(response, session, account, job, datum)


@of_employers.get("/{employer_id}/jobs", summary="用工主体的岗位", responses=answers(Invalid))
async def list_employer_jobs(
    session: Session,
    account: AsAnyone,
    employer_id: UUID,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownIn = Datum.gcj02,
) -> JobPage:
    """成员可见全部,他人只见展示中的。"""
    own = await role_of(session, account, employer_id) is not None
    states = list(JobState) if own else [JobState.OPEN]
    statement = queries.of_employer(employer_id, states)
    if not own:
        statement = queries.seen_by_all(statement)
    scope = f"employer-jobs/{employer_id}/{own}"
    jobs, following = await newest(session, statement, Job.id, limit, cursor, scope)
    found = await queries.around(session, jobs, account)
    return JobPage(items=[job_view(posting, datum) for posting in found], next_cursor=following)


async def _shown(
    response: Response, session: Session, account: Account | None, job: Job, datum: Datum
) -> JobView:
    tag(response, job.version)
    return job_view((await queries.around(session, [job], account))[0], datum)
