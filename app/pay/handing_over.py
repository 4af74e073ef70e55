"""A station that closes hands the wages that it watches over to its successor."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.pay.models import PayRecord, PayState
from app.stations.events import StationClosed
from app.stations.open_work import open_work

OVER = (PayState.SETTLED, PayState.CANCELLED)


@at_once(StationClosed)
async def hand_pay_over(session: AsyncSession, closed: StationClosed) -> None:
    """All that is not settled."""
    await session.execute(
        update(PayRecord)
        .where(PayRecord.station_id == closed.station_id, PayRecord.state.not_in(OVER))
        .values(station_id=closed.successor_id)
        .execution_options(synchronize_session=False)
    )


@open_work("pay_overdue")
def pay_overdue(station_id: UUID) -> Select[int]:
    """Count by ix_pay_records_overdue."""
    return (
        select(func.count())
        .select_from(PayRecord)
        .where(
            PayRecord.overdue_at.is_not(None),
            PayRecord.state.in_([PayState.OVERDUE, PayState.CONTESTED]),
            PayRecord.station_id == station_id,
        )
    )
