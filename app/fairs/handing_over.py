"""A station that closes hands the fairs that are not over to its successor."""

from uuid import UUID

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.fairs.models import AHEAD, Fair, FairState
from app.stations.events import StationClosed
from app.stations.models import Station
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_fairs_over(session: AsyncSession, closed: StationClosed) -> None:
    """Hand them over; a room stays where it is, and says whose it was: the successor may have one like it."""
    name = select(Station.name).where(Station.id == closed.station_id).scalar_subquery()
    await session.execute(
        update(Fair)
        .where(Fair.station_id == closed.station_id, Fair.state.in_([*AHEAD, FairState.LIVE]))
        .values(
            station_id=closed.successor_id,
            room=name + " " + Fair.room,
            version=Fair.version + 1,
            sequence=Fair.sequence + case((Fair.room.is_not(None), 1), else_=0),
            changed_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


@open_work("fairs_ahead")
def fairs_ahead(station_id: UUID) -> Select[int]:
    """Count what is not over: the city has a few fairs a week, so the table is read whole."""
    return (
        select(func.count())
        .select_from(Fair)
        .where(Fair.station_id == station_id, Fair.state.in_([*AHEAD, FairState.LIVE]))
    )
