"""Whom a station could send to a job."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, wall
from app.core.keyring import keys, unseal
from app.core.problems import NotFound
from app.engagements.finding import away_from, certificates_for, fitting
from app.engagements.problems import JobNotOpen
from app.identity.names import masked_name
from app.jobs.models import Job, Shift
from app.referrals import queries
from app.referrals.models import LIVE, Referral
from app.referrals.schemas import Candidate, CandidatePage
from app.trades.models import Trade
from app.workers.models import Worker

REACHED = {True: "phone", False: "station"}


async def page(
    session: AsyncSession,
    officer: Officer,
    job_id: UUID,
    shift_id: UUID | None,
    within_m: int,
    limit: int,
    cursor: str | None,
) -> CandidatePage:
    """Return workers within reach who could take a shift, the next one if none is named; nearest first.

    404 for a shift of another job; refuses a job with no shift to come.
    """
    job = await queries.job_for(session, officer, job_id)
    shift = await _shift(session, job, shift_id)
    trade = await session.get_one(Trade, job.trade)
    sent = exists().where(
        Referral.worker_id == Worker.id, Referral.shift_id == shift.id, Referral.state.in_(LIVE)
    )
    statement = fitting(job, shift, trade, within_m).where(queries.workers_in_reach(officer), ~sent)
    scope = f"candidates/{officer.station.division}/{job.id}/{shift.id}/{within_m}"
    if cursor:
        away, last = keys().cursors.read(cursor, scope)
        statement = statement.where(
            tuple_(away_from(job), Worker.id) > tuple_(literal(float(away)), literal(UUID(last)))
        )
    # Consents and engagements elsewhere decide, and are not shown; who is shown lives within reach.
    async with wall.lifted(session):
        found = (await session.execute(statement.limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        following = keys().cursors.sign([rows[-1][1], rows[-1][0].id], scope)
    needed = bool(certificates_for(job, trade))
    items = [
        Candidate(
            worker_id=worker.id,
            name_masked=masked(worker),
            distance_m=round(away),
            trades=worker.trades,
            key_groups=worker.key_groups,
            reached_through=REACHED[phone],
            reasons=_reasons(worker, job, needed=needed, looking=looking),
        )
        for worker, away, phone, looking in rows
    ]
    return CandidatePage(items=items, next_cursor=following)


def masked(worker: Worker) -> str:
    """Return the real name's first character; the name shown where it is not verified."""
    if worker.name_sealed is None:
        return worker.name_shown
    return masked_name(unseal(worker.name_sealed, f"workers/name/{worker.id}"))


async def _shift(session: AsyncSession, job: Job, shift_id: UUID | None) -> Shift:
    to_come = select(Shift).where(Shift.job_id == job.id, Shift.starts_at > clock.now())
    if shift_id:
        named = await session.scalar(to_come.where(Shift.id == shift_id))
        if named is None:
            raise NotFound
        return named
    # Index job_id, starts_at: the next one with a place, else the next one.
    shifts: Sequence[Shift] = (await session.scalars(to_come.order_by(Shift.starts_at, Shift.id))).all()
    if not shifts:
        raise JobNotOpen
    return next((shift for shift in shifts if shift.free), shifts[0])


def _reasons(worker: Worker, job: Job, *, needed: bool, looking: bool) -> list[str]:
    told = {
        "trade": job.trade in worker.trades,
        "certificate": needed,
        "available": bool(worker.availability),
        "near": True,
        "looking": looking,
    }
    return [code for code, holds in told.items() if holds]
