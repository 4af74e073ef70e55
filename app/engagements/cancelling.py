"""Cancelling an engagement: by whom, with how much notice, and what becomes of the place."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound
from app.engagements.applying import lock_shifts, lock_worker, promote
from app.engagements.events import EngagementCancelled, PlaceFreed
from app.engagements.models import Choice, ChoiceState, Engagement, EngagementState, Side
from app.jobs import listings


async def locked(session: AsyncSession, engagement_id: UUID) -> Engagement:
    """Lock the worker, the job, the shift and then the engagement: the order of locks everywhere."""
    known = await session.get(Engagement, engagement_id)
    if known is None:
        raise NotFound
    await lock_worker(session, known.worker_id)
    await lock_shifts(session, [known.shift_id])
    found = await session.scalars(
        select(Engagement)
        .where(Engagement.id == engagement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.one()


async def cancel(
    session: AsyncSession, engagement_id: UUID, by: Side, reason: str | None, *, refill: bool = False
) -> Engagement:
    """Cancel what is agreed, for one side; the notice that it gave is kept.

    A worker's place goes to who waits for it. An employer's is taken away, unless it is to be filled
    again. Refuses what is not `agreed` or `no_show` (which an employer's turning away was taken for).
    """
    engagement = await locked(session, engagement_id)
    engagement.must_be(EngagementState.AGREED, EngagementState.NO_SHOW)
    shift = (await lock_shifts(session, [engagement.shift_id]))[engagement.shift_id]
    now = clock.now()
    engagement.state, engagement.cancelled_by, engagement.cancelled_at = EngagementState.CANCELLED, by, now
    engagement.cancel_reason = reason
    engagement.notice_minutes = int((engagement.starts_at - now).total_seconds() // 60)
    shift.give_back()
    choice = await session.scalar(
        select(Choice).where(
            Choice.application_id == engagement.application_id,
            Choice.shift_id == shift.id,
            Choice.state == ChoiceState.ACCEPTED,
        )
    )
    if choice:
        choice.state, choice.changed_at = ChoiceState.WITHDRAWN, now
    await session.flush()
    await session.refresh(shift, ["hired"])
    await emit(session, EngagementCancelled(engagement.id, by.value))
    if by is Side.WORKER or refill:
        await promote(session, shift)
        await emit(session, PlaceFreed(shift.id))
    else:
        shift.headcount -= 1
        await session.flush()
    await listings.refresh(session, [shift.job_id])
    return engagement
