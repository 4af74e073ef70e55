"""Reviewing postings: the stations' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.access.asking import AsReader, AsReviewer, Officer, OnceForStaff
from app.cases import holds
from app.cases.models import CaseKind
from app.cases.problems import CaseHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.core.types import Schema, Text
from app.employers.problems import NotVerified
from app.geo.places import ShownInWgs84
from app.geo.points import Datum
from app.jobs import queries, review
from app.jobs.models import Job, JobState
from app.jobs.problems import BelowMinimumWage, JobStateConflict, PostingIncomplete
from app.jobs.schemas import JobPage, JobView
from app.jobs.views import job_view

router = APIRouter(prefix="/admin/v1/jobs", tags=["岗位"], route_class=Transacted)


class Reasons(Schema):
    reasons: list[Text] = Field(
        min_length=1, max_length=20, description="退回理由,逐条", examples=[["请写明具体工作内容"]]
    )


class RemovalReason(Schema):
    reason: Text = Field(description="下架理由,发布者可见", examples=["与另一岗位重复"])


@router.get("", summary="岗位队列", responses=answers(Invalid))
async def list_job_cases(
    session: Session,
    officer: AsReader,
    state: Annotated[JobState | None, Query(description="只列此状态")] = None,
    unreviewed: Annotated[bool, Query(description="只列待审核的,含先发布后审核的")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownInWgs84 = Datum.wgs84,
) -> JobPage:
    """所及区划内已提交的岗位,附疑似违规字句。"""
    scope = f"jobs/{officer.station.division}/{state}/{unreviewed}"
    statement = queries.in_reach_of(officer, state, unreviewed=unreviewed)
    jobs, following = await newest(session, statement, Job.id, limit, cursor, scope)
    found = await queries.around(session, jobs, staff=True)
    return JobPage(items=[job_view(posting, datum) for posting in found], next_cursor=following)


@router.get("/{job_id}", summary="岗位")
async def read_job_case(
    session: Session, officer: AsReader, job_id: UUID, datum: ShownInWgs84 = Datum.wgs84
) -> JobView:
    """所及区划内的一个岗位。"""
    return await _shown(session, await queries.one_in_reach(session, officer, job_id), datum)


@router.post(
    "/{job_id}/approve",
    summary="审核通过",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, JobStateConflict, NotVerified, PostingIncomplete, BelowMinimumWage),
)
async def approve_job(session: Session, officer: AsReviewer, job_id: UUID) -> JobView:
    """待审核的随即发布;先发布后审核的记为已审核。"""
    job = await _in_hand(session, officer, job_id)
    return await _shown(session, await review.approve(session, officer.actor, job), Datum.wgs84)


@router.post(
    "/{job_id}/return",
    summary="退回修改",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, JobStateConflict),
)
async def return_job(session: Session, officer: AsReviewer, job_id: UUID, given: Reasons) -> JobView:
    """退回为草稿,理由通知发布者。"""
    job = await _in_hand(session, officer, job_id)
    return await _shown(
        session, await review.send_back(session, officer.actor, job, given.reasons), Datum.wgs84
    )


@router.post(
    "/{job_id}/remove",
    summary="下架",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, JobStateConflict),
)
async def remove_job(session: Session, officer: AsReviewer, job_id: UUID, given: RemovalReason) -> JobView:
    """下架后不能恢复;已录用的仍然有效。"""
    job = await _in_hand(session, officer, job_id)
    return await _shown(session, await review.remove(session, officer.actor, job, given.reason), Datum.wgs84)


async def _in_hand(session: Session, officer: Officer, job_id: UUID) -> Job:
    job = await queries.one_in_reach(session, officer, job_id)
    await holds.act_on(session, officer, CaseKind.JOBS, job_id)
    return job


async def _shown(session: Session, job: Job, datum: Datum) -> JobView:
    return job_view((await queries.around(session, [job], staff=True))[0], datum)
