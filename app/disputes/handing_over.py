"""A station that closes hands its disputes over to its successor."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.disputes.models import LIVE, Dispute
from app.stations.events import StationClosed
from app.stations.models import Station
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_disputes_over(session: AsyncSession, closed: StationClosed) -> None:
    """Deadlines and who accepted it stay. Decided ones go too, for a bad mark is still to be answered.

    What was offered to the closed station is offered to the successor, unless that one has it already.
    """
    successor = await session.get_one(Station, closed.successor_id)
    moved = update(Dispute).execution_options(synchronize_session=False)
    await session.execute(
        moved.where(Dispute.station_id == closed.station_id).values(
            station_id=successor.id, station_division=successor.division, version=Dispute.version + 1
        )
    )
    await session.execute(
        moved.where(Dispute.handed_to == closed.station_id).values(
            handed_to=successor.id, handed_to_division=successor.division
        )
    )
    await session.execute(
        moved.where(Dispute.handed_to == successor.id, Dispute.station_id == successor.id).values(
            handed_to=None, handed_to_division=None
        )
    )


@open_work("disputes_open")
def disputes_open(station_id: UUID) -> Select[int]:
    """Count by the index on state and division."""
    return (
        select(func.count())
        .select_from(Dispute)
        .where(Dispute.state.in_(LIVE), Dispute.station_id == station_id)
    )
