"""A station that closes hands what it has not looked at yet over to its successor."""

from uuid import UUID

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.events import at_once
from app.notifications.models import Alert
from app.stations.events import StationClosed
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_alerts_over(session: AsyncSession, closed: StationClosed) -> None:
    """All but what the successor was told of itself (uq_alerts_station_id_kind_key)."""
    known = aliased(Alert)
    told = exists().where(
        known.station_id == closed.successor_id, known.kind == Alert.kind, known.key == Alert.key
    )
    await session.execute(
        update(Alert)
        .where(Alert.station_id == closed.station_id, Alert.seen_at.is_(None), ~told)
        .values(station_id=closed.successor_id)
        .execution_options(synchronize_session=False)
    )


@open_work("alerts_unseen")
def alerts_unseen(station_id: UUID) -> Select[int]:
    """Count by ix_alerts_unseen."""
    return (
        select(func.count()).select_from(Alert).where(Alert.seen_at.is_(None), Alert.station_id == station_id)
    )
