"""A station that closes hands its employers over to its successor."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.employers.models import Employer, EmployerState
from app.stations.events import StationClosed
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_employers_over(session: AsyncSession, closed: StationClosed) -> None:
    await session.execute(
        update(Employer)
        .where(Employer.station_id == closed.station_id)
        .values(station_id=closed.successor_id)
        .execution_options(synchronize_session=False)
    )


@open_work("employers_to_verify")
def employers_waiting(station_id: UUID) -> Select[int]:
    """Count by the index on state and division."""
    return (
        select(func.count())
        .select_from(Employer)
        .where(Employer.state == EmployerState.PENDING, Employer.station_id == station_id)
    )
