"""A station that closes hands its postings over to its successor."""

from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.jobs.models import Job, JobState
from app.stations.events import StationClosed
from app.stations.open_work import open_work


@at_once(StationClosed)
async def hand_jobs_over(session: AsyncSession, closed: StationClosed) -> None:
    """All that are not over: whoever is taken on from now is the successor's, as the job says where."""
    await session.execute(
        update(Job)
        .where(Job.station_id == closed.station_id, Job.state != JobState.CLOSED)
        .values(station_id=closed.successor_id)
        .execution_options(synchronize_session=False)
    )


@open_work("jobs_to_review")
def jobs_waiting(station_id: UUID) -> Select[int]:
    """Count by the index on state and division."""
    return (
        select(func.count())
        .select_from(Job)
        .where(Job.state == JobState.IN_REVIEW, Job.station_id == station_id)
    )
