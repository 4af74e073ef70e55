"""A fair put into the shape that its planners see."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.fairs import planning_queries
from app.fairs.clashes import clashes_of, shown
from app.fairs.models import Fair
from app.fairs.planning_schemas import FairCase, FairCaseCard, StreamSummary
from app.streams.models import Stream

_PLAIN = (
    "text", "host_id", "venue", "room", "organiser", "agency_name", "licence_no", "opened_at", "live_at",
    "ended_at", "cancelled_at", "cancelled_because", "sequence",
)  # fmt: skip


async def fair_case(session: AsyncSession, officer: Officer, fair: Fair) -> FairCase:
    """Return a fair with all around it, in a fixed number of statements."""
    stream = await session.get(Stream, fair.stream_id) if fair.stream_id else None
    return FairCase(
        **FairCaseCard.model_validate(fair).model_dump(),
        **{name: getattr(fair, name) for name in _PLAIN},
        cover=f"/admin/v1/fairs/{fair.id}/cover" if fair.cover_key else None,
        reservations=await planning_queries.reservations_count(session, fair.id),
        stream=StreamSummary.model_validate(stream) if stream else None,
        booths=await planning_queries.booths_held(session, fair.id),
        clashes=[shown(clash, officer) for clash in await clashes_of(session, fair)],
    )
