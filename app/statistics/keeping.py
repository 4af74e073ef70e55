"""What happens by the clock: days that changed are counted anew, and what stands open is measured."""

from datetime import date

import structlog
from sqlalchemy import delete, select, text

from app.core import logs, work
from app.core.db import Database
from app.statistics.counting import count_anew, measure
from app.statistics.models import DirtyDay

log = structlog.get_logger()
# One at a time: two that count the same day would put it there twice.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('statistics'))")


@work.at_times("* * * * *")
async def catch_up(database: Database) -> None:
    """Count anew what changed, a day in a transaction (ix_dirty_days_day).

    A mark is written in the transaction that changes something: what is not committed yet is not seen
    here, keeps its mark, and is counted by the next round. A day that fails keeps its marks.
    """
    async with database.transaction(read_only=True) as session:
        days = (await session.scalars(select(DirtyDay.day).distinct().order_by(DirtyDay.day))).all()
    for day in days:
        try:
            await _count(database, day)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other days are not to wait for it
            log.warning("left_for_the_next_round", day=day.isoformat(), **logs.where_it_failed(error))


async def _count(database: Database, day: date) -> None:
    async with database.transaction() as session:
        await session.execute(_ALONE)
        marked = await session.scalars(
            delete(DirtyDay).where(DirtyDay.day == day).returning(DirtyDay.division)
        )
        divisions = sorted(set(marked))
        if divisions:
            await count_anew(session, day, divisions)


async def count_whole_day(database: Database, day: date) -> None:
    """Count every township's figures of a day, whatever is marked."""
    async with database.transaction() as session:
        await session.execute(_ALONE)
        await session.execute(delete(DirtyDay).where(DirtyDay.day == day))
        await count_anew(session, day)


@work.at_times("9-59/10 * * * *")
async def measure_what_stands(database: Database) -> None:
    """Measure every ten minutes, the last time of a day at 23:59 in Shanghai."""
    async with database.transaction() as session:
        await session.execute(_ALONE)
        await measure(session)
