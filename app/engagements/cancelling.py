"""Cancelling an engagement: by whom, with how much notice, and what becomes of the place."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.engagements.ending import let_go, proposed_for
from app.engagements.events import PlaceFreed
from app.engagements.locking import locked
from app.engagements.models import Engagement, EngagementState, Side
from app.engagements.notice import Costs, costs
from app.engagements.problems import ShiftOver, ShiftStarted
from app.engagements.waiting import promote
from app.jobs import listings
from app.jobs.models import Shift

__all__ = ["call_off", "cancel", "cost_of", "locked", "refill_place"]


async def call_off(
    session: AsyncSession, engagement_id: UUID, by: Side, reason: str | None, *, refill: bool = False
) -> tuple[Engagement, Costs]:
    """Cancel what one side will not keep, and say what it cost.

    Refuses what is not `agreed`, a worker's once it has begun, an employer's once it is over.
    """
    engagement = await locked(session, engagement_id)
    cost = await cost_of(session, engagement, by)
    return await cancel(session, engagement_id, by, reason, refill=refill), cost


async def cost_of(session: AsyncSession, engagement: Engagement, by: Side) -> Costs:
    """Say what cancelling now would cost one side; refuses what it can't cancel any more."""
    now = clock.now()
    engagement.must_be(EngagementState.AGREED)
    if by is Side.WORKER and engagement.starts_at <= now:
        raise ShiftStarted(
            "班次已经开始,不能再取消。来不了请联系用工主体;"
            "被报爽约时,24 小时内可答复,七日内可提交说明和凭证。",
            "The shift has begun. When a no-show is claimed you can answer for 24 hours, and give an"
            " excuse with evidence for seven days.",
        )
    if engagement.ends_at <= now:
        raise ShiftOver
    waits = await proposed_for(session, engagement)
    return costs(engagement.starts_at, now, by, change_unanswered=waits is not None and waits.binding)


async def cancel(
    session: AsyncSession, engagement_id: UUID, by: Side, reason: str | None, *, refill: bool = False
) -> Engagement:
    """Cancel for one side, whatever the hour; the notice that it gave is kept.

    A worker's place goes to who waits for it. An employer's is taken away, unless it is to be filled
    again; what has begun keeps its head count. Refuses what is not `agreed`, `no_show` (which an
    employer's turning away was taken for) or `disputed`.
    """
    engagement = await locked(session, engagement_id)
    engagement.must_be(EngagementState.AGREED, EngagementState.NO_SHOW, EngagementState.DISPUTED)
    shift = await session.get_one(Shift, engagement.shift_id)
    await let_go(session, engagement, shift, by, reason)
    if by is Side.WORKER or refill:
        await refill_place(session, shift)
    elif shift.starts_at > clock.now():
        shift.headcount -= 1
        await session.flush()
    await listings.refresh(session, [shift.job_id])
    return engagement


async def refill_place(session: AsyncSession, shift: Shift) -> None:
    """Give a locked shift's free place to who waits; who is busy now is asked for by promised work."""
    await promote(session, shift)
    await emit(session, PlaceFreed(shift.id))
