"""A worker answers a change of conditions: consents to new terms, or leaves at no cost (rule 6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound
from app.engagements.agreement import agree_anew
from app.engagements.events import EngagementCancelled, PlaceFreed
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.models import (
    Change,
    ChangeState,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Side,
)
from app.engagements.problems import EngagementStateConflict
from app.engagements.queries import terms_of
from app.jobs import listings
from app.jobs.models import Shift
from app.workers.models import Worker


async def answer(
    session: AsyncSession, worker: Worker, engagement_id: UUID, change_id: UUID, *, consents: bool
) -> Engagement:
    """Consent to the proposed times, or refuse them and be free.

    Refuses a change that was answered or superseded, and consent to times that overlap with another
    engagement (the exclusion constraint).
    """
    await lock_worker(session, worker.id)
    known = await session.get(Engagement, engagement_id)
    if known:
        await lock_shifts(session, [known.shift_id])
    engagement = await session.get(Engagement, engagement_id, with_for_update={"key_share": True})
    change = await session.get(Change, change_id, with_for_update={"key_share": True})
    if engagement is None or engagement.worker_id != worker.id:
        raise NotFound
    if change is None or change.engagement_id != engagement.id:
        raise NotFound
    if change.state is not ChangeState.PROPOSED or engagement.state is not EngagementState.AGREED:
        raise EngagementStateConflict(change=change.state.value, state=engagement.state.value)
    change.answered_at = clock.now()
    change.state = ChangeState.ACCEPTED if consents else ChangeState.REFUSED
    if consents:
        engagement.starts_at = datetime.fromisoformat(change.after["starts_at"])
        engagement.ends_at = datetime.fromisoformat(change.after["ends_at"])
        await session.flush()
        last = (await session.scalars(terms_of(engagement.id).limit(1))).one()
        await agree_anew(session, engagement, last, change.after)
    else:
        await _leave(session, engagement)
    return engagement


async def _leave(session: AsyncSession, engagement: Engagement) -> None:
    """Cancel on the employer's side: whoever changed the conditions bears it."""
    shift = await session.get_one(Shift, engagement.shift_id)
    engagement.state, engagement.cancelled_by = EngagementState.CANCELLED, Side.EMPLOYER
    engagement.cancelled_at = clock.now()
    shift.give_back()
    choice = await session.scalar(
        select(Choice).where(
            Choice.application_id == engagement.application_id,
            Choice.shift_id == shift.id,
            Choice.state == ChoiceState.ACCEPTED,
        )
    )
    if choice:
        choice.state, choice.changed_at = ChoiceState.WITHDRAWN, clock.now()
    await session.flush()
    await emit(session, EngagementCancelled(engagement.id, Side.EMPLOYER.value))
    await emit(session, PlaceFreed(shift.id))
    await listings.refresh(session, [shift.job_id])
