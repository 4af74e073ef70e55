"""Staff review postings: approve, return with reasons, remove; and postings expire by themselves."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import SYSTEM, Actor, record
from app.core import clock, work
from app.core.db import Database
from app.core.events import at_once, emit
from app.employers.events import EmployerDescribed, EmployerStopped, EmployerVerified
from app.employers.models import Employer
from app.jobs import listings, postings
from app.jobs.events import JobClosed, JobReturned
from app.jobs.models import ClosedBecause, Job, JobState, Listing, Shift
from app.jobs.problems import JobStateConflict

BATCH = 500


async def approve(session: AsyncSession, actor: Actor, job: Job) -> Job:
    """Publish a posting in review, or note that an open one has been looked at.

    Refuses an employer that is not verified (any more), and a posting whose shifts have all begun.
    """
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.IN_REVIEW, JobState.OPEN)
    employer = await session.get_one(Employer, job.employer_id)
    employer.must_be_verified()
    before = job.state
    if job.state is JobState.IN_REVIEW:
        await postings.check(session, job, await postings.shifts_of(session, job.id))
    elif job.reviewed:
        raise JobStateConflict(state=job.state.value)
    job.reviewed = True
    if before is JobState.IN_REVIEW:
        await postings.publish(session, job)
    await _decided(session, actor, job, "approve", before, None)
    return job


async def send_back(session: AsyncSession, actor: Actor, job: Job, reasons: list[str]) -> Job:
    """Return a posting to its employer as a draft, with the reasons."""
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.IN_REVIEW)
    job.state, job.reasons = JobState.DRAFT, reasons
    job.version += 1
    await _decided(session, actor, job, "return", JobState.IN_REVIEW, ";".join(reasons))
    await emit(session, JobReturned(job.id))
    return job


async def remove(session: AsyncSession, actor: Actor, job: Job, reason: str) -> Job:
    """Take a posting down for good."""
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.IN_REVIEW, JobState.OPEN)
    before = job.state
    job.state, job.closed_because, job.reasons = JobState.CLOSED, ClosedBecause.REMOVED, [reason]
    job.version += 1
    await listings.refresh(session, [job.id])
    await _decided(session, actor, job, "remove", before, reason)
    await emit(session, JobClosed(job.id, ClosedBecause.REMOVED.value))
    return job


@at_once(EmployerVerified, EmployerStopped)
async def follow_the_employer(session: AsyncSession, event: EmployerVerified | EmployerStopped) -> None:
    """Show or hide an employer's open postings with its verification, in the same transaction."""
    await listings.refresh(session, await _open_jobs(session, event.employer_id))


@at_once(EmployerDescribed)
async def follow_the_name(session: AsyncSession, event: EmployerDescribed) -> None:
    """Let search find postings by the employer's new name."""
    jobs = await _open_jobs(session, event.employer_id)
    for job_id in jobs:
        await postings.note_words(session, await session.get_one(Job, job_id))
    await listings.refresh(session, jobs)


@work.at_times("* * * * *")
async def keep_time(database: Database) -> None:
    """Close what has run out and show the next shift where the first has begun, every minute.

    Search itself never shows what has run out; this keeps states and cards up with the clock.
    """
    while await _close_expired(database):
        pass
    while await _turn_pages(database):
        pass


async def _close_expired(database: Database) -> bool:
    """Close a batch of open postings past their validity or their last start; tell if there was one."""
    async with database.transaction() as session:
        to_come = exists().where(Shift.job_id == Job.id, Shift.starts_at > clock.now())
        over = await session.scalars(
            select(Job)
            .where(Job.state == JobState.OPEN, (Job.valid_until <= clock.now()) | ~to_come)
            .order_by(Job.id)
            .limit(BATCH)
            .with_for_update(key_share=True, skip_locked=True)
        )
        jobs = over.all()
        for job in jobs:
            places = exists().where(Shift.job_id == job.id, Shift.hired < Shift.headcount)
            filled = not await session.scalar(select(places))
            job.state = JobState.CLOSED
            job.closed_because = ClosedBecause.FILLED if filled else ClosedBecause.EXPIRED
            job.version += 1
            await record(
                session,
                SYSTEM,
                "job.expire",
                object_kind="job",
                object_id=job.id,
                division=job.division or "1410",
                after={"closed_because": job.closed_because.value},
            )
            await emit(session, JobClosed(job.id, job.closed_because.value))
        await listings.refresh(session, [job.id for job in jobs])
        return len(jobs) == BATCH


async def _turn_pages(database: Database) -> bool:
    """Refresh a batch of listings whose next shift has begun (index next_starts_at)."""
    async with database.transaction() as session:
        begun = await session.scalars(
            select(Job.id)
            .join(Listing, Listing.job_id == Job.id)
            .where(Listing.next_starts_at <= clock.now())
            .order_by(Job.id)
            .limit(BATCH)
            .with_for_update(of=Job, key_share=True, skip_locked=True)
        )
        ids = list(begun)
        await listings.refresh(session, ids)
        return len(ids) == BATCH


async def _open_jobs(session: AsyncSession, employer_id: UUID) -> list[UUID]:
    """Return an employer's open postings, locked: who writes a listing has seen the last change."""
    found = await session.scalars(
        select(Job.id)
        .where(Job.employer_id == employer_id, Job.state == JobState.OPEN)
        .order_by(Job.id)
        .with_for_update(key_share=True)
    )
    return list(found)


async def _decided(
    session: AsyncSession, actor: Actor, job: Job, verb: str, before: JobState, reason: str | None
) -> None:
    await session.flush()
    await record(
        session,
        actor,
        f"job.{verb}",
        object_kind="job",
        object_id=job.id,
        division=job.division or "1410",
        before={"state": before.value},
        after={"state": job.state.value},
        reason=reason,
    )
