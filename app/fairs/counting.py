"""How many listen to each fair: each process says how many listen to it, and they are added up."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fairs.audience import Listening
from app.fairs.models import Fair, FairState

FORGOTTEN = timedelta(hours=1)  # of a process that died without a word


async def count(session: AsyncSession, process: UUID, here: dict[UUID, int]) -> dict[UUID, int]:
    """Say how many listen to this process, and return how many listen in all to the same fairs.

    Who listens on two devices counts twice: nobody is looked after here. The most that there ever were
    stay with the fair.
    """
    now = clock.now()
    gone = [Listening.at < now - FORGOTTEN]
    gone.append((Listening.process == process) & Listening.fair_id.not_in(here))
    await session.execute(delete(Listening).where(or_(*gone)))
    if not here:
        return {}
    # In the order of the ids, as every process does, so that none waits for another in a ring.
    rows = [
        {"fair_id": fair_id, "process": process, "listeners": listeners, "at": now}
        for fair_id, listeners in sorted(here.items())
    ]
    row = insert(Listening).values(rows)
    changed = {"listeners": row.excluded.listeners, "at": row.excluded.at}
    await session.execute(row.on_conflict_do_update(index_elements=["fair_id", "process"], set_=changed))
    found = await session.execute(
        select(Listening.fair_id, func.sum(Listening.listeners))
        .where(Listening.fair_id.in_(here), Listening.at > now - Listening.FRESH)
        .group_by(Listening.fair_id)
    )
    viewers = {fair_id: int(total) for fair_id, total in found}
    for fair_id, total in sorted(viewers.items()):
        more = (Fair.state == FairState.LIVE) & (Fair.peak_viewers < total)
        await session.execute(update(Fair).where(Fair.id == fair_id, more).values(peak_viewers=total))
    return viewers
