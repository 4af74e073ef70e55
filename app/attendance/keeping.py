"""What follows by itself: the clock asks, proposes, lets claims stand, checks out and rounds positions."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import claims
from app.attendance.events import NobodyCheckedIn
from app.attendance.models import Attendance, AttendanceKind, Claim, ClaimKind, ClaimState, Method
from app.attendance.noting import keep
from app.attendance.positions import Seen
from app.attendance.presence import LATEST_OUT
from app.attendance.queries import LIVE, live_claim
from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import at_once, emit
from app.engagements.models import Engagement, EngagementState
from app.identity.events import AccountClosing, ConsentChanged
from app.identity.models import Purpose

ASKED_AFTER = timedelta(hours=1)  # after the start
PROPOSED_AFTER = timedelta(hours=1)  # after both sides were asked
LATE_AT_MOST = timedelta(hours=3)  # after the start: how far running late postpones the asking
EXACT_FOR = timedelta(days=30)
BATCH = 200


@work.at_times("* * * * *")
async def ask_who_is_missing(database: Database) -> None:
    """Ask both sides, an hour after the start, why nobody checked in (index ix_engagements_reminders)."""
    missing = (
        Engagement.state == EngagementState.AGREED,
        Engagement.starts_at <= clock.now() - ASKED_AFTER,
        Engagement.asked_at.is_(None),
        _not_expected_later(),
        ~exists().where(Claim.engagement_id == Engagement.id, Claim.state.in_(LIVE)),
    )
    await _each(database, missing, _ask)


@work.at_times("* * * * *")
async def propose_no_shows(database: Database) -> None:
    """Propose a no-show an hour after the asking (index ix_engagements_reminders)."""
    missing = (
        Engagement.state == EngagementState.AGREED,
        Engagement.starts_at <= clock.now() - ASKED_AFTER,
        Engagement.asked_at <= clock.now() - PROPOSED_AFTER,
        _not_expected_later(),
        ~exists().where(Claim.engagement_id == Engagement.id, Claim.state.in_(LIVE)),
    )
    await _each(database, missing, _propose)


@work.at_times("* * * * *")
async def check_out_who_forgot(database: Database) -> None:
    """Check out at the agreed end who has not 12 hours after it (index ix_engagements_under_way)."""
    forgot = (
        Engagement.state == EngagementState.CHECKED_IN,
        Engagement.ends_at <= clock.now() - LATEST_OUT,
    )
    await _each(database, forgot, _check_out)


@work.at_times("* * * * *")
async def let_claims_stand(database: Database) -> None:
    """Let claims stand that nobody answered in a day (index ix_claims_unanswered)."""
    due = select(Claim.id).where(Claim.state == ClaimState.PROPOSED, Claim.answer_until <= clock.now())
    await rounds.each(database, due, claims.let_stand, BATCH)


@work.at_times("23 19 * * *")
async def round_positions(database: Database) -> None:
    """Round positions older than 30 days to two decimals, about 1 km (index ix_attendance_exact)."""
    rounded = text(
        """UPDATE attendance SET point = ST_SnapToGrid(point::geometry, 0.01)::geography, rounded = true
           WHERE id IN (SELECT id FROM attendance WHERE point IS NOT NULL AND NOT rounded
                        AND received_at <= :before ORDER BY received_at LIMIT :batch) RETURNING id"""
    )
    values = {"before": clock.now() - EXACT_FOR, "batch": BATCH}
    more = True
    while more:
        async with database.transaction() as session:
            more = len((await session.execute(rounded, values)).all()) == BATCH


@at_once(AccountClosing)
async def forget_positions(session: AsyncSession, event: AccountClosing) -> None:
    """Erase where somebody was who leaves; that he came and went stays with the pay record."""
    await _forget(session, event.account_id)


@at_once(ConsentChanged)
async def forget_what_is_not_agreed_to(session: AsyncSession, event: ConsentChanged) -> None:
    """Erase the positions of who takes the consent back (个人信息保护法 47); how far away they were stays."""
    if event.purpose == Purpose.POSITION and not event.given:
        await _forget(session, event.account_id)


async def _forget(session: AsyncSession, worker_id: UUID) -> None:
    own = select(Engagement.id).where(Engagement.worker_id == worker_id)
    await session.execute(
        update(Attendance)
        .where(Attendance.engagement_id.in_(own), Attendance.point.is_not(None))
        .values(point=None)
        .execution_options(synchronize_session=False)
    )


def _not_expected_later() -> ColumnElement[bool]:
    """Leave out who said to be there later: the last word counts (index engagement_id, id)."""
    said = (
        select(func.least(Attendance.arrives_at, Engagement.starts_at + LATE_AT_MOST))
        .where(Attendance.engagement_id == Engagement.id, Attendance.kind == AttendanceKind.RUNNING_LATE)
        .order_by(Attendance.id.desc())
        .limit(1)
        .correlate(Engagement)
        .scalar_subquery()
    )
    return func.coalesce(said, Engagement.starts_at) <= clock.now()


async def _each(
    database: Database,
    which: tuple[ColumnElement[bool], ...],
    do: Callable[[AsyncSession, Engagement], Awaitable[None]],
) -> None:
    """Do something with each engagement; who is busy now is left to the next time."""

    async def one(session: AsyncSession, engagement_id: UUID) -> None:
        engagement = await session.scalar(
            select(Engagement)
            .where(Engagement.id == engagement_id, *which)
            .with_for_update(key_share=True, skip_locked=True)
        )
        if engagement:
            await do(session, engagement)

    await rounds.each(database, select(Engagement.id).where(*which), one, BATCH)


async def _ask(session: AsyncSession, engagement: Engagement) -> None:
    engagement.asked_at = clock.now()
    await session.flush()
    await emit(session, NobodyCheckedIn(engagement.id))


async def _propose(session: AsyncSession, engagement: Engagement) -> None:
    if await live_claim(session, engagement.id) is None:  # one may have come since the batch was chosen
        await claims.propose(session, engagement, ClaimKind.NO_SHOW, None, None)


async def _check_out(session: AsyncSession, engagement: Engagement) -> None:
    came = engagement.checked_in_at or engagement.starts_at
    at = max(engagement.ends_at, came)
    engagement.state, engagement.checked_out_at = EngagementState.CHECKED_OUT, at
    await keep(session, engagement, AttendanceKind.CHECK_OUT, Seen(Method.SYSTEM), None, at)
