"""Cancelling late: the share of the agreed pay that an employer owes, as the city set it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.core import clock
from app.core.events import afterwards, at_once, emit
from app.engagements.events import EngagementCancelled, ExcuseDecided
from app.engagements.models import Engagement, EngagementState, Excuse, Side
from app.pay.confirming import agreed_minutes, record_for
from app.pay.events import CancellationOwed
from app.pay.models import LateCancellationShare, OwedFor, ReportState
from app.pay.owed import MOST_OWED_FEN, expected_fen, share_due_at, share_for, share_of
from app.pay.problems import SharesInThePast
from app.pay.queries import record_of, shares_on
from app.pay.settling import book_of, judge, pay_of, reports_of


class Cost(NamedTuple):
    """What cancelling costs an employer."""

    notice_minutes: int
    share_percent: int
    owed_fen: int


class Share(NamedTuple):
    """The percentage of the agreed pay that notice below so many minutes costs; 0: after the start."""

    within_minutes: int
    share_percent: int


async def cost_now(session: AsyncSession, engagement_id: UUID) -> Cost:
    """Say what cancelling would cost the employer now; refuses what can't be cancelled."""
    engagement = await session.get_one(Engagement, engagement_id)
    engagement.must_be(EngagementState.AGREED, EngagementState.NO_SHOW)
    return await _cost(session, engagement, _notice(engagement))


@at_once(EngagementCancelled)
async def owe_the_share(session: AsyncSession, event: EngagementCancelled) -> None:
    """Owe the worker the share, when it was the employer who cancelled too late; the caller has the locks."""
    if event.by != Side.EMPLOYER:
        return
    engagement = await session.get_one(Engagement, event.engagement_id)
    notice = engagement.notice_minutes
    cost = await _cost(session, engagement, _notice(engagement) if notice is None else notice)
    if cost.owed_fen == 0 or await record_of(session, engagement.id, OwedFor.LATE_CANCELLATION):
        return
    due = share_due_at(engagement.cancelled_at or clock.now())
    owed = record_for(engagement, OwedFor.LATE_CANCELLATION, cost.owed_fen, due)
    session.add(owed)
    await session.flush()
    await emit(session, CancellationOwed(owed.id))


@afterwards(ExcuseDecided)
async def forgive_the_share(session: AsyncSession, event: ExcuseDecided) -> None:
    """Let go of what is not paid yet, where staff accepted the employer's excuse.

    In a transaction of its own: the engagement is locked before whatever hangs on it.
    """
    excuse = await session.get_one(Excuse, event.excuse_id)
    if not event.accepted or excuse.by is not Side.EMPLOYER:
        return
    book = await book_of(session, excuse.engagement_id)
    owed = book.records.get(OwedFor.LATE_CANCELLATION)
    if owed is None:
        return
    for made in await reports_of(session, [owed], ReportState.CONTESTED):
        made.state = ReportState.DECIDED
    owed.move("open_fen", "cancelled_fen", owed.open_fen)
    owed.move("contested_fen", "cancelled_fen", owed.contested_fen)
    await judge(session, book, owed)


async def set_shares(
    session: AsyncSession, actor: Actor, division: str, from_: date, shares: Sequence[Share], source: str
) -> None:
    """Set the shares from a day to come on; what is or was in force never changes.

    A day that was set before is set anew as a whole.
    """
    if from_ <= clock.today():
        raise SharesInThePast
    before = {
        str(share.within_minutes): share.share_percent
        for share in await shares_on(session, from_)
        if share.effective_from == from_
    }
    await session.execute(delete(LateCancellationShare).where(LateCancellationShare.effective_from == from_))
    session.add_all(
        LateCancellationShare(
            effective_from=from_,
            within_minutes=share.within_minutes,
            share_percent=share.share_percent,
            source=source,
        )
        for share in shares
    )
    await session.flush()
    after: dict[str, Any] = {str(share.within_minutes): share.share_percent for share in shares}
    day = {"effective_from": from_.isoformat()}
    await record(
        session,
        actor,
        "late_cancellation_shares.set",
        object_kind="late_cancellation_shares",
        object_id=None,
        division=division,
        before=day | before,
        after=day | after | {"source": source},
    )


async def _cost(session: AsyncSession, engagement: Engagement, notice: int) -> Cost:
    """Reckon by the shares in force on the day of the start."""
    shares = await shares_on(session, clock.day_of(engagement.starts_at))
    percent = share_for(((one.within_minutes, one.share_percent) for one in shares), notice)
    if percent == 0:
        return Cost(notice, 0, 0)
    expected = expected_fen(await pay_of(session, engagement), agreed_minutes(engagement))
    return Cost(notice, percent, min(share_of(expected, percent), MOST_OWED_FEN))


def _notice(engagement: Engagement) -> int:
    """Return the notice given, or what it would be now, in minutes; negative after the start."""
    at = engagement.cancelled_at or clock.now()
    return int((engagement.starts_at - at).total_seconds() // 60)
