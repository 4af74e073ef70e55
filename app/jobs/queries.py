"""Which postings there are, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.problems import NotFound
from app.employers.models import Employer, EmployerState, Member
from app.identity.models import Account
from app.jobs.models import Job, JobState, Shift
from app.trades.models import Trade


@dataclass(frozen=True)
class Posting:
    """A job with what is shown around it."""

    job: Job
    employer: Employer
    trade: Trade | None
    shifts: Sequence[Shift]
    own: bool


def of_employer(employer_id: UUID, states: Sequence[JobState]) -> Select[Job]:
    """Return an employer's postings (index employer_id, id)."""
    return select(Job).where(Job.employer_id == employer_id, Job.state.in_(states))


def in_reach_of(officer: Officer, state: JobState | None, *, unreviewed: bool) -> Select[Job]:
    """Return the postings within reach (index state, division, id); drafts are the employer's own."""
    statement = select(Job).where(officer.reaches(Job.division), Job.state != JobState.DRAFT)
    if state:
        statement = statement.where(Job.state == state)
    if unreviewed:
        statement = statement.where(
            Job.reviewed.is_(False), Job.state.in_([JobState.IN_REVIEW, JobState.OPEN])
        )
    return statement


async def one_in_reach(session: AsyncSession, officer: Officer, job_id: UUID) -> Job:
    """Return a posting within reach, or 404."""
    job = await session.scalar(in_reach_of(officer, None, unreviewed=False).where(Job.id == job_id))
    if job is None:
        raise NotFound
    return job


async def own(session: AsyncSession, account: Account, job_id: UUID) -> Job:
    """Return a posting of an employer that the account acts for, or 404."""
    job = await session.scalar(
        select(Job)
        .join(Member, Member.employer_id == Job.employer_id)
        .where(Job.id == job_id, Member.account_id == account.id)
    )
    if job is None:
        raise NotFound
    return job


async def visible(session: AsyncSession, account: Account | None, job_id: UUID) -> Job:
    """Return a posting that the asker may see: published by a verified employer, or the asker's own."""
    may = Job.published_at.is_not(None) & (Employer.state == EmployerState.VERIFIED)
    may &= or_(Job.state == JobState.OPEN, Job.state == JobState.CLOSED)
    if account:
        mine = select(Member.employer_id).where(Member.account_id == account.id)
        may |= Job.employer_id.in_(mine)
    job = await session.scalar(select(Job).join(Employer).where(Job.id == job_id, may))
    if job is None:
        raise NotFound
    return job


async def around(
    session: AsyncSession, jobs: Sequence[Job], account: Account | None = None, *, staff: bool = False
) -> list[Posting]:
    """Return the postings with employers, trades and shifts, in four statements however many they are."""
    ids = [job.id for job in jobs]
    employer_ids = {job.employer_id for job in jobs}
    employers = {
        e.id: e for e in await session.scalars(select(Employer).where(Employer.id.in_(employer_ids)))
    }
    codes = {job.trade for job in jobs if job.trade}
    trades = {t.code: t for t in await session.scalars(select(Trade).where(Trade.code.in_(codes)))}
    shifts: dict[UUID, list[Shift]] = {job_id: [] for job_id in ids}
    for shift in await session.scalars(
        select(Shift).where(Shift.job_id.in_(ids)).order_by(Shift.starts_at, Shift.id)
    ):
        shifts[shift.job_id].append(shift)
    mine: set[UUID] = set()
    if account:
        member = select(Member.employer_id).where(
            Member.account_id == account.id, Member.employer_id.in_(employer_ids)
        )
        mine = set(await session.scalars(member))
    return [
        Posting(
            job,
            employers[job.employer_id],
            trades.get(job.trade or ""),
            shifts[job.id],
            staff or job.employer_id in mine,
        )
        for job in jobs
    ]


def seen_by_all(statement: Select[Job]) -> Select[Job]:
    """Keep what anyone may see: postings of verified employers (rule 3)."""
    verified = select(Employer.id).where(Employer.state == EmployerState.VERIFIED)
    return statement.where(Job.employer_id.in_(verified))
