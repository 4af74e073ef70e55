"""The figures of all the days that the demo city has lived, counted as the application counts them."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.statistics.counting import count_anew, measure
from app.statistics.models import DirtyDay


async def count(session: AsyncSession) -> None:
    """Count every day that the rows have marked, and measure what stands open now.

    What stood open on the days before can't be found out afterwards, here as little as in earnest.
    """
    # Whatever is marked was committed or written by us: what is counted from here on has it.
    marked = await session.scalars(delete(DirtyDay).returning(DirtyDay.day))
    for day in sorted(set(marked)):
        await count_anew(session, day)
    await measure(session)
