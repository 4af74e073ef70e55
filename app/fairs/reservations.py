"""Reserving a fair: whoever reserved is reminded of it, and told when it moves or does not take place."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import NotFound
from app.fairs.audience import Reservation
from app.fairs.models import Fair, FairState
from app.fairs.queries import seen_by_all

REMINDED = (timedelta(days=1), timedelta(minutes=15))


async def reserve(session: AsyncSession, account_id: UUID, fair_id: UUID) -> tuple[Fair, datetime]:
    """Note that somebody comes; once more changes nothing. Refuses what has begun or is over.

    The fair is held shared, so that its cancellation waits, and finds everybody whom it is told to.
    """
    fair = await session.scalar(
        select(Fair).where(Fair.id == fair_id, seen_by_all()).with_for_update(read=True)
    )
    if fair is None:
        raise NotFound
    kept = await session.get(Reservation, (fair.id, account_id))
    if kept:
        return fair, kept.created_at
    fair.must_be(FairState.BOOKABLE)
    now = clock.now()
    await session.execute(
        insert(Reservation)
        .values(fair_id=fair.id, account_id=account_id, created_at=now)
        .on_conflict_do_nothing()
    )
    return fair, now


async def give_back(session: AsyncSession, account_id: UUID, fair_id: UUID) -> None:
    """Forget a reservation; one that is not there is well, a fair that is not is not found."""
    if await session.scalar(select(Fair.id).where(Fair.id == fair_id, seen_by_all())) is None:
        raise NotFound
    await session.execute(
        delete(Reservation).where(Reservation.fair_id == fair_id, Reservation.account_id == account_id)
    )


def reminders(fair: Fair, reserved_at: datetime) -> list[datetime]:
    """Return when who reserved then will be reminded: not of a day that had begun already."""
    if fair.state not in (FairState.BOOKABLE, FairState.LIVE):
        return []
    times = [fair.starts_at - before for before in REMINDED]
    return [at for at in times if reserved_at <= at and at > clock.now()]
