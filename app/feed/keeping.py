"""Changes are kept for thirty days; who comes later takes a snapshot."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.core import clock, work
from app.core.db import Database
from app.feed.models import FeedChange

KEPT = timedelta(days=30)
BATCH = 5_000


@work.at_times("20 18 * * *")
async def prune(database: Database) -> None:
    """Delete what is older, the first numbers first; the last change stays, however old it is.

    Numbers are given in the order of time, so what is too old is a stretch from the first number on
    (index ix_province_changes_published_at). What is kept always reaches up to the newest without a gap.
    """
    async with database.transaction(read_only=True) as session:
        too_old = select(func.max(FeedChange.id)).where(FeedChange.published_at < clock.now() - KEPT)
        until = await session.scalar(too_old)
        last = await session.scalar(select(func.max(FeedChange.id)))
        first = await session.scalar(select(func.min(FeedChange.id)))
    if until is None or last is None or first is None:
        return
    until = min(until, last - 1)
    for up_to in range(first + BATCH - 1, until + BATCH, BATCH):
        async with database.transaction() as session:
            await session.execute(delete(FeedChange).where(FeedChange.id <= min(up_to, until)))
