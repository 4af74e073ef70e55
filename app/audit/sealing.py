"""Sealing the ledger's days: who owns the database but not the key can't rebuild a chain unseen."""

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import chain
from app.audit.models import Link, SealedDay
from app.core import clock, work
from app.core.db import Database

log = structlog.get_logger()

# Links are dated by the database's clock, so the same clock says which day is over.
_TODAY = text("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")


@work.at_times("*/10 * * * *")
async def seal_days(database: Database) -> None:
    """Seal the days that are over, the oldest first, each in a transaction of its own."""
    while True:
        async with database.transaction() as session:
            sealed = await seal_next(session)
        if sealed is None:
            return
        # Outside the database: what a copy of the log says can't be unsaid by who owns the tables.
        log.info(
            "ledger_day_sealed",
            day=sealed.day.isoformat(),
            number=sealed.last_number,
            hash=sealed.last_hash.hex(),
        )


async def seal_next(session: AsyncSession) -> SealedDay | None:
    """Seal the first day that is not, if it is over; None if there is none (keys number, and day)."""
    last = await session.scalar(select(SealedDay).order_by(SealedDay.day.desc()).limit(1))
    number = last.last_number + 1 if last else 1
    first = await session.get(Link, number)
    if first is None or first.day >= (await session.scalar(_TODAY)):
        return None
    until = select(func.max(Link.number)).where(Link.day == first.day)
    link = (await session.scalars(select(Link).where(Link.number == until.scalar_subquery()))).one()
    day = SealedDay(
        day=first.day,
        first_number=number,
        last_number=link.number,
        last_hash=link.hash,
        sealed_at=clock.now(),
    )
    day.seal = chain.seal_of(day, last.seal if last else chain.BEGINNING)
    session.add(day)
    await session.flush()
    return day
