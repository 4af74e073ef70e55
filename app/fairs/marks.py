"""Marks: from which minute on a job is shown."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.problems import NotFound, refuse_field
from app.core.types import new_id
from app.engagements.models import Application
from app.fairs.audience import Mark, ToldKind
from app.fairs.feed import tell
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairState
from app.fairs.noting import note
from app.fairs.problems import JobNotAtFair, MarkBeforeStream, TimetableOver
from app.streams.queries import seconds_sent


async def show(session: AsyncSession, officer: Officer, fair: Fair, job_id: UUID | None) -> Mark:
    """Mark that a job is shown from now on, None: the next in the timetable; the fair is locked.

    What is shown already is not marked twice: a second press, or a second host, gets the same mark.
    """
    fair.must_be(FairState.LIVE)
    now, last = clock.now(), await _last(session, fair.id)
    if job_id is None:
        job_id = await _next(session, fair.id, last.job_id if last else None)
    elif await session.scalar(_timetable(fair.id).where(FairJob.job_id == job_id)) is None:
        raise JobNotAtFair.at("/job_id")
    if last and last.job_id == job_id:
        return last
    at_s = await seconds_sent(session, fair.stream_id, now) if fair.stream_id else None
    mark = Mark(id=new_id(), fair_id=fair.id, job_id=job_id, at=now, at_s=at_s, staff_id=officer.staff.id)
    session.add(mark)
    await session.flush()
    await tell(session, fair, ToldKind.SHOW, mark.id)
    await note(session, officer.actor, fair, "fair.mark", mark, after=_told(mark))
    return mark


async def move(session: AsyncSession, officer: Officer, fair: Fair, mark_id: UUID, by_s: int) -> Mark:
    """Put a mark some seconds later or earlier: the wall clock's time and the stream's alike.

    Not ahead of now: it would stand as the latest while others are shown.
    """
    mark = await one_of(session, fair, mark_id)
    if mark.at + timedelta(seconds=by_s) > clock.now():
        raise refuse_field("/by_s", "mark_ahead", "时点不能晚于现在", "A mark can't be ahead of now")
    before = _told(mark)
    if mark.at_s is not None:
        if mark.at_s + by_s < 0:
            raise MarkBeforeStream.at("/by_s")
        mark.at_s += by_s
    mark.at += timedelta(seconds=by_s)
    await session.flush()
    await tell(session, fair, ToldKind.SHOW, mark.id)
    await note(session, officer.actor, fair, "fair.move_mark", mark, before=before, after=_told(mark))
    return mark


async def remove(session: AsyncSession, officer: Officer, fair: Fair, mark_id: UUID) -> None:
    """Take a mistaken mark away; who opened the job or applied from it stays, as from the fair.

    The opened jobs lose it by their foreign key.
    """
    mark = await one_of(session, fair, mark_id)
    # Index ix_applications_fair_id.
    from_it = (
        Application.fair_id == fair.id,
        Application.job_id == mark.job_id,
        Application.mark_id == mark.id,
    )
    await session.execute(update(Application).where(*from_it).values(mark_id=None))
    await session.delete(mark)
    await session.flush()
    await tell(session, fair, ToldKind.HIDDEN, mark.id)
    await note(session, officer.actor, fair, "fair.remove_mark", mark, before=_told(mark))


def of(fair_id: UUID) -> Select[Mark]:
    """Return a fair's marks (index fair_id, at; some dozens, whatever their order)."""
    return select(Mark).where(Mark.fair_id == fair_id)


async def one_of(session: AsyncSession, fair: Fair, mark_id: UUID) -> Mark:
    mark = await session.scalar(of(fair.id).where(Mark.id == mark_id))
    if mark is None:
        raise NotFound
    return mark


async def _last(session: AsyncSession, fair_id: UUID) -> Mark | None:
    return await session.scalar(of(fair_id).order_by(Mark.at.desc(), Mark.id.desc()).limit(1))


async def _next(session: AsyncSession, fair_id: UUID, shown: UUID | None) -> UUID:
    """Return what the timetable has after a job, from its beginning where none was shown yet."""
    planned = func.coalesce(FairJob.planned_at, Booth.starts_at)
    order = planned, Booth.order, Booth.id, FairJob.order, FairJob.job_id
    jobs = list(await session.scalars(_timetable(fair_id).order_by(*order)))
    rest = jobs[jobs.index(shown) + 1 :] if shown in jobs else jobs
    if not rest:
        raise TimetableOver
    return rest[0]


def _timetable(fair_id: UUID) -> Select[UUID]:
    return (
        select(FairJob.job_id)
        .join(Booth, Booth.id == FairJob.booth_id)
        .where(FairJob.fair_id == fair_id, Booth.state == BoothState.ACCEPTED)
    )


def _told(mark: Mark) -> dict[str, Any]:
    return {"job_id": str(mark.job_id), "at": mark.at.isoformat(), "at_s": mark.at_s}
