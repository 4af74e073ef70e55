"""Letting one worker's place go: the same accounting for every way out of an engagement."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.engagements.events import ChangeAnswered, EngagementCancelled
from app.engagements.models import (
    Change,
    ChangeState,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Side,
)
from app.engagements.notice import minutes_of
from app.jobs.models import COUNTED, Shift

REFUSED_A_CHANGE = "不同意变更后的条件"


async def let_go(
    session: AsyncSession, engagement: Engagement, shift: Shift, by: Side, reason: str | None
) -> None:
    """Cancel for one side what the caller has locked, with its shift; the notice that it gave is kept.

    A worker who leaves while a change of the posting waits for an answer has refused it: that is the
    employer's cancellation (rule 6). A proposal that is open ends with the engagement.
    """
    now = clock.now()
    waits = await proposed_for(session, engagement)
    if waits and waits.binding and by is Side.WORKER:
        waits.state, waits.answered_at = ChangeState.REFUSED, now
        by, reason = Side.EMPLOYER, REFUSED_A_CHANGE
    elif waits:
        waits.state, waits.answered_at = ChangeState.SUPERSEDED, now
    engagement.state, engagement.cancelled_by, engagement.cancelled_at = EngagementState.CANCELLED, by, now
    engagement.before_dispute = None
    engagement.cancel_reason = reason
    engagement.notice_minutes = minutes_of(engagement.starts_at, now)
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
    await session.refresh(shift, COUNTED)
    if waits and waits.state is ChangeState.REFUSED:
        await emit(session, ChangeAnswered(waits.id))
    await emit(session, EngagementCancelled(engagement.id, by.value))


async def proposed_for(session: AsyncSession, engagement: Engagement) -> Change | None:
    """Return the proposal that waits for an answer (index uq_engagement_changes_proposed)."""
    return await session.scalar(
        select(Change).where(Change.engagement_id == engagement.id, Change.state == ChangeState.PROPOSED)
    )
