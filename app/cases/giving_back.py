"""What an officer held who was moved or given another role: free for the others at once."""

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases.models import Hold
from app.core.events import at_once
from app.stations.events import StaffMoved


@at_once(StaffMoved)
async def give_back(session: AsyncSession, event: StaffMoved) -> None:
    """Delete the holds (index ix_case_holds_staff_id) but those of what is being decided just now.

    What somebody held who was dismissed is free anyway (`holds.live`).
    """
    held = select(Hold.kind, Hold.case_id).where(Hold.staff_id == event.staff_id)
    free = held.with_for_update(skip_locked=True).subquery()
    await session.execute(delete(Hold).where(tuple_(Hold.kind, Hold.case_id).in_(select(free))))
