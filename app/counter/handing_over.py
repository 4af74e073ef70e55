"""What a station that closes leaves to the one that follows it: the people whom it calls."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.counter.models import Assistance, Errand, Reached
from app.stations.events import StationClosed


@at_once(StationClosed)
async def hand_over(session: AsyncSession, event: StationClosed) -> None:
    """Let the successor call on the people, and tell what is not told yet; whoever is helped now is done."""
    to = {"station_id": event.successor_id}
    await session.execute(update(Reached).where(Reached.station_id == event.station_id).values(to))
    await session.execute(
        update(Errand).where(Errand.station_id == event.station_id, Errand.done_at.is_(None)).values(to)
    )
    await session.execute(
        update(Assistance)
        .where(Assistance.station_id == event.station_id, Assistance.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
