"""A station that closes hands its engagements over to its successor."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.engagements.models import Engagement, Excuse, ExcuseState
from app.stations.events import StationClosed
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_engagements_over(session: AsyncSession, closed: StationClosed) -> None:
    """Those of the past too: an appeal or a dispute about one goes to its station."""
    await session.execute(
        update(Engagement)
        .where(Engagement.station_id == closed.station_id)
        .values(station_id=closed.successor_id)
        .execution_options(synchronize_session=False)
    )


@open_work("excuses_to_decide")
def excuses_waiting(station_id: UUID) -> Select[int]:
    """Count by the excuses' index on state and division."""
    return (
        select(func.count())
        .select_from(Excuse)
        .join(Engagement, Engagement.id == Excuse.engagement_id)
        .where(Excuse.state == ExcuseState.CLAIMED, Engagement.station_id == station_id)
    )
