"""Applications: the mobile app's door. Engagements have their own (engagement_routes.py)."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.engagements import applying, cases, queries, views
from app.engagements.from_fair import FromFair
from app.engagements.models import Application, ChoiceState
from app.engagements.problems import REASONS, ApplicationStateConflict, ShiftOverlaps
from app.engagements.schemas import (
    ApplicationGiven,
    ApplicationPage,
    ApplicationView,
    Declining,
    EligibilityView,
    ShiftsNamed,
)
from app.identity.asking import AsAccount, Once
from app.jobs import queries as jobs
from app.workers.asking import AsWorker
from app.workers.problems import NoProfile

of_jobs = APIRouter(prefix="/v1/jobs", tags=["报名"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me", tags=["报名"], route_class=Transacted)
router = APIRouter(prefix="/v1/applications", tags=["报名"], route_class=Transacted)
_ALL = ShiftsNamed()


@of_jobs.get("/{job_id}/eligibility", summary="我能否报名", responses=answers(NoProfile))
async def read_eligibility(session: Session, worker: AsWorker, job_id: UUID) -> EligibilityView:
    """逐个班次说明能否报名,不能的给出全部原因。"""
    return views.eligibility(await cases.case_for(session, worker, job_id))


@of_jobs.post(
    "/{job_id}/applications",
    summary="报名",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(NoProfile, *REASONS),
)
async def apply_for_job(
    session: Session, worker: AsWorker, job_id: UUID, given: ApplicationGiven
) -> ApplicationView:
    """即时录用的岗位当场录用;满员则候补,有空位时自动递补。一个班次都不能报名时返回 409 及首要原因。"""
    application, choices = await applying.apply(
        session, worker, job_id, given.shift_ids, FromFair(given.fair_id, given.mark_id)
    )
    return views.application(application, choices)


@of_jobs.get("/{job_id}/applications", summary="岗位收到的报名", responses=answers(Invalid))
async def list_job_applications(
    session: Session,
    account: AsAccount,
    job_id: UUID,
    state: Annotated[ChoiceState | None, Query(description="只列有此状态班次的")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ApplicationPage:
    """仅用工主体成员可见;不含联系方式。"""
    job = await jobs.own(session, account, job_id)
    statement = queries.for_job(job.id, [state] if state else [])
    scope = f"job-applications/{job.id}/{state}"
    found, following = await newest(session, statement, Application.id, limit, cursor, scope)
    return await views.application_page(session, found, following, with_workers=True)


@of_me.get("/applications", summary="我的报名", responses=answers(NoProfile, Invalid))
async def list_my_applications(
    session: Session, worker: AsWorker, limit: Limit = 20, cursor: Cursor = None
) -> ApplicationPage:
    """最新的在前。"""
    scope = f"applications/{worker.id}"
    statement = queries.of_worker(worker.id)
    found, following = await newest(session, statement, Application.id, limit, cursor, scope)
    return await views.application_page(session, found, following)


@router.post(
    "/{application_id}/withdraw",
    summary="退出报名",
    dependencies=[Once],
    responses=answers(NoProfile, ApplicationStateConflict),
)
async def withdraw_application(
    session: Session, worker: AsWorker, application_id: UUID, given: ShiftsNamed = _ALL
) -> ApplicationView:
    """未开始的班次可退出;空出的位置由候补自动递补。"""
    application = await queries.own_application(session, worker, application_id)
    choices = await applying.withdraw(session, application, given.shift_ids)
    return views.application(application, choices)


@router.post(
    "/{application_id}/accept",
    summary="录用",
    dependencies=[Once],
    responses=answers(ApplicationStateConflict, ShiftOverlaps),
)
async def accept_application(
    session: Session, account: AsAccount, application_id: UUID, given: ShiftsNamed = _ALL
) -> ApplicationView:
    """录用待审核的班次;已满员的转为候补。"""
    application = await queries.application_to(session, account, application_id)
    choices = await applying.accept(session, application, given.shift_ids)
    return views.application(application, choices)


@router.post(
    "/{application_id}/decline",
    summary="不录用",
    dependencies=[Once],
    responses=answers(ApplicationStateConflict),
)
async def decline_application(
    session: Session, account: AsAccount, application_id: UUID, given: Declining | None = None
) -> ApplicationView:
    """对待审核与候补的班次答复不录用,劳动者会收到通知。"""
    application = await queries.application_to(session, account, application_id)
    given = given or Declining()
    choices = await applying.decline(session, application, given.shift_ids, given.reason)
    return views.application(application, choices)
