"""What follows by itself for vacancies that came down: settling them, and what befalls their postings."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import at_once
from app.employers.events import EmployerStopped, EmployerVerified
from app.employers.models import Employer
from app.engagements.events import PlaceFreed
from app.inbound.codes import LOCK
from app.inbound.models import Vacancy, VacancyState
from app.inbound.settling import settle
from app.jobs.events import JobClosed
from app.jobs.models import PROVINCE, Job, Shift

_POSTING, _EMPLOYER = "inbound.posting_changed", "inbound.employer_changed"
_OF_EMPLOYER = text(
    """UPDATE province_vacancies SET state = 'received'
       WHERE state IN ('shown', 'held')
         AND (job_id IN (SELECT id FROM jobs WHERE employer_id = :employer_id)
              OR faults @> '[{"code": "employer_not_verified"}]')"""
)
_MAPPED = text(
    """UPDATE province_vacancies v SET state = 'received'
       WHERE state = 'waiting'
         AND EXISTS (SELECT 1 FROM province_codes c WHERE c.ours IS NOT NULL AND c.mapped_at > v.settled_at
           AND (c.kind, c.theirs) IN (('trade', v.trade_code), ('division', v.division_code)))"""
)
_RUN_OUT = text(
    """UPDATE province_vacancies SET state = 'received'
       WHERE state IN ('waiting', 'held', 'own') AND over_at <= CAST(:now AS timestamptz)"""
)


@work.steadily(1.0)
async def settle_received(database: Database) -> bool:
    """Settle what came in batches, each in a transaction of its own (index state, source_id)."""
    due = select(Vacancy.source_id).where(Vacancy.state == VacancyState.RECEIVED)
    await rounds.each(database, due, _settle_one)
    return False


async def _settle_one(session: AsyncSession, source_id: str) -> None:
    vacancy = await session.scalar(
        select(Vacancy)
        .where(Vacancy.source_id == source_id, Vacancy.state == VacancyState.RECEIVED)
        .with_for_update(skip_locked=True)
    )
    if vacancy is not None:
        await settle(session, vacancy)


@work.at_times("* * * * *")
async def look_again_at_what_waits(database: Database) -> None:
    """Take up what was found waiting in the very moment in which its code was mapped, and what is over.

    What is shown runs out with its posting; the rest here, and with it whom to call (index over_at).
    """
    async with database.transaction() as session:
        await session.execute(LOCK)
        await session.execute(_MAPPED)
        await session.execute(_RUN_OUT, {"now": clock.now()})


# Both happen while a posting is locked, and a vacancy is locked before its posting: so it is promised.
@at_once(JobClosed)
async def follow_the_posting(session: AsyncSession, event: JobClosed) -> None:
    """Promise to look again at the vacancy that a closed posting showed."""
    job = await session.get_one(Job, event.job_id)
    if job.source == PROVINCE:
        await work.promise(session, _POSTING, {"job_id": str(job.id)})


@at_once(PlaceFreed)
async def follow_the_places(session: AsyncSession, event: PlaceFreed) -> None:
    """Promise to look again at the vacancy: it may have asked for no more than who still had a place."""
    of_it = select(Job.id).join(Shift, Shift.job_id == Job.id).where(Shift.id == event.shift_id)
    if job_id := await session.scalar(of_it.where(Job.source == PROVINCE)):
        await work.promise(session, _POSTING, {"job_id": str(job_id)})


@at_once(EmployerStopped, EmployerVerified)
async def follow_the_employer(session: AsyncSession, event: EmployerStopped | EmployerVerified) -> None:
    """Promise to look again at the vacancies of an employer that staff stopped, or verified again."""
    theirs = select(Employer.id).where(Employer.id == event.employer_id, Employer.source == PROVINCE)
    if employer_id := await session.scalar(theirs):
        await work.promise(session, _EMPLOYER, {"employer_id": str(employer_id)})


@work.task(_POSTING)
async def settle_what_it_shows(database: Database, *, job_id: str) -> None:
    """Settle the vacancy of a posting that ran out, was taken down or lost somebody, if it is shown by it."""
    async with database.transaction() as session:
        vacancy = await session.scalar(
            select(Vacancy)
            .where(Vacancy.job_id == UUID(job_id), Vacancy.state == VacancyState.SHOWN)
            .with_for_update()
        )
        if vacancy is not None:
            await settle(session, vacancy)


@work.task(_EMPLOYER)
async def settle_those_of(database: Database, *, employer_id: str) -> None:
    """Have an employer's vacancies settled again."""
    async with database.transaction() as session:
        await session.execute(LOCK)
        await session.execute(_OF_EMPLOYER, {"employer_id": UUID(employer_id)})
