"""Places kept for somebody for a while: counted in the shift, and given to nobody else.

Who keeps one for whom is the business of the floors above. A worker's kept places change under that
worker's lock, so whoever holds it may go by what was read; closing the posting alone does without it, and
nobody is taken on for a closed one.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.types import new_id
from app.engagements.models import KeptPlace
from app.jobs.models import COUNTED, Shift


async def keep(session: AsyncSession, worker_id: UUID, shift: Shift, until: datetime) -> None:
    """Keep a place until then; the caller has locked the worker and the shift. Refuses a full shift."""
    shift.keep_one()
    session.add(KeptPlace(id=new_id(), worker_id=worker_id, shift_id=shift.id, until=until))
    await session.flush()
    await session.refresh(shift, COUNTED)


async def let_go_of(session: AsyncSession, worker_id: UUID, shift: Shift) -> bool:
    """Keep it no longer, and tell whether it was kept; both are locked. Others may wait for the place."""
    if not await used(session, worker_id, shift.id):
        return False
    shift.unkeep_one()
    await session.flush()
    await session.refresh(shift, COUNTED)
    return True


async def used(session: AsyncSession, worker_id: UUID, shift_id: UUID) -> bool:
    """Strike a kept place out without a count, and tell whether it was there (unique worker_id, shift_id)."""
    struck = delete(KeptPlace).where(KeptPlace.worker_id == worker_id, KeptPlace.shift_id == shift_id)
    return await session.scalar(struck.returning(KeptPlace.id)) is not None


async def kept_for(session: AsyncSession, worker_id: UUID) -> list[UUID]:
    """Return the shifts in which a place is kept for a worker (unique worker_id, shift_id)."""
    found = await session.scalars(select(KeptPlace.shift_id).where(KeptPlace.worker_id == worker_id))
    return list(found)
