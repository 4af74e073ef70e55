"""A fair moves, and its booths with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.events import emit
from app.core.problems import Fault
from app.employers.models import Employer
from app.fairs.clashes import booths_must_not_clash
from app.fairs.events import BoothChanged
from app.fairs.models import HELD, Booth, BoothState, Fair, FairJob
from app.fairs.problems import BoothTimesInvalid


class Times(NamedTuple):
    """From when until when."""

    starts_at: datetime
    ends_at: datetime


async def move_booths(session: AsyncSession, officer: Officer, fair: Fair, before: Times) -> None:
    """Give the booths their times in the moved fair.

    One that had the whole fair still has; where only the day or the hour is another, all move along, and
    the planned minutes with them; else a booth stays, and refuses what leaves it outside.
    """
    booths = await lock_booths(session, fair)
    if not booths:
        return
    shift = fair.starts_at - before.starts_at
    along = fair.ends_at - before.ends_at == shift
    # Judged before anything is written, the constraints included.
    with session.no_autoflush:
        _give_times(booths, fair, before, shift if along else None)
        faults = _outside(booths, fair) or await _move_jobs(session, booths, shift if along else None)
        if faults:
            raise BoothTimesInvalid(faults=faults)
        await booths_must_not_clash(session, officer, accepted(booths))
    for booth in booths:
        await emit(session, BoothChanged(booth.id))


def _give_times(booths: Sequence[Booth], fair: Fair, before: Times, shift: timedelta | None) -> None:
    for booth in booths:
        if shift is not None:
            booth.starts_at, booth.ends_at = booth.starts_at + shift, booth.ends_at + shift
        elif (booth.starts_at, booth.ends_at) == before:
            booth.starts_at, booth.ends_at = fair.starts_at, fair.ends_at
        booth.version += 1


def _outside(booths: Sequence[Booth], fair: Fair) -> list[Fault]:
    return [
        Fault(
            "/starts_at",
            "booth_outside",
            f"第 {booth.order} 个展位不在新的时间之内",
            f"Booth {booth.order} is not within the new times",
        )
        for booth in booths
        if not fair.starts_at <= booth.starts_at < booth.ends_at <= fair.ends_at
    ]


async def lock_booths(session: AsyncSession, fair: Fair) -> list[Booth]:
    """Lock the employers who hold a booth or ask for one, by id, then the booths: the fair is locked."""
    held = select(Booth.employer_id).where(Booth.fair_id == fair.id, Booth.state.in_(HELD))
    await lock_employers(session, (await session.scalars(held)).all())
    booths = select(Booth).where(Booth.fair_id == fair.id, Booth.state.in_(HELD)).order_by(Booth.id)
    fresh = booths.with_for_update().execution_options(populate_existing=True)
    return list((await session.scalars(fresh)).all())


async def lock_employers(session: AsyncSession, ids: Sequence[UUID]) -> list[Employer]:
    """Lock employers by id: of two fairs that want one at the same time, the second sees the first."""
    found = await session.scalars(
        select(Employer)
        .where(Employer.id.in_(ids))
        .order_by(Employer.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(found.all())


def accepted(booths: Sequence[Booth]) -> list[Booth]:
    """Return those that are held for sure: the others may still be turned down."""
    return [booth for booth in booths if booth.state is BoothState.ACCEPTED]


async def _move_jobs(session: AsyncSession, booths: Sequence[Booth], shift: timedelta | None) -> list[Fault]:
    """Move the planned minutes, or return a fault for each that is outside its booth's time."""
    known = {booth.id: booth for booth in booths}
    planned = select(FairJob).where(FairJob.booth_id.in_(known), FairJob.planned_at.is_not(None))
    faults = []
    for job in await session.scalars(planned):
        booth = known[job.booth_id]
        if job.planned_at and shift is not None:
            job.planned_at += shift
        elif job.planned_at and not booth.starts_at <= job.planned_at < booth.ends_at:
            zh = f"第 {booth.order} 个展位有岗位的计划时刻不在新的时间之内"
            en = f"A job of booth {booth.order} is planned outside the new times"
            faults.append(Fault("/starts_at", "job_outside", zh, en))
    return faults
