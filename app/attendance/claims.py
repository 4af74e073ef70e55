"""What one side says against the other: a no-show, a turning away; answered within a day, or it stands.

Locks go from the worker down to the claim. `answer` that contests takes the engagement's lock alone;
whatever may cancel takes them all, so neither is called by who holds a dispute's lock already.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.attendance.events import CheckedIn, CheckedOut, ClaimContested, ClaimEnded, ClaimMade, ClaimStands
from app.attendance.models import (
    Attendance,
    AttendanceKind,
    Claim,
    ClaimKind,
    ClaimState,
    Method,
)
from app.attendance.presence import must_be_within
from app.attendance.problems import ClaimOpen, NothingToAnswer, TooLate
from app.attendance.queries import live_claim
from app.core import clock, limits
from app.core.events import emit
from app.core.problems import NotFound, refuse_field
from app.core.types import new_id
from app.engagements.cancelling import cancel, locked
from app.engagements.locking import lock_engagement
from app.engagements.models import Engagement, EngagementState, Side

ANSWER_WITHIN = timedelta(hours=24)
NO_SHOW_FROM = timedelta(minutes=30)  # after the start
NO_SHOW_UNTIL = timedelta(hours=24)  # after the end
SAID_A_DAY = limits.Rate("no_shows", 3, timedelta(days=1))
EXCUSED = "excused"
TURNED_AWAY = "turned_away"
_ANSWERED_BY = {ClaimKind.NO_SHOW: Side.WORKER, ClaimKind.TURNED_AWAY: Side.EMPLOYER}


async def propose(
    session: AsyncSession, engagement: Engagement, kind: ClaimKind, made_by: UUID | None, text: str | None
) -> Claim:
    """Say something against the other side of a locked engagement; refuses while another claim is open."""
    if await live_claim(session, engagement.id):
        raise ClaimOpen
    now = clock.now()
    claim = Claim(
        id=new_id(),
        engagement_id=engagement.id,
        kind=kind,
        state=ClaimState.PROPOSED,
        made_by=made_by,
        made_at=now,
        text=text,
        answer_until=now + ANSWER_WITHIN,
    )
    session.add(claim)
    if kind is ClaimKind.NO_SHOW:
        engagement.state = EngagementState.NO_SHOW
    await session.flush()
    await emit(session, ClaimMade(claim.id))
    return claim


async def say_no_show(
    session: AsyncSession, engagement: Engagement, account_id: UUID, text: str | None
) -> None:
    """Say for the employer that the worker did not come: from 30 min after the start, until a day after.

    Three times a day at most, however often it is taken back: the worker is told each time.
    """
    await limits.take(session, SAID_A_DAY, str(engagement.id))
    engagement = await lock_engagement(session, engagement.id)
    engagement.must_be(EngagementState.AGREED)
    must_be_within(clock.now(), engagement.starts_at + NO_SHOW_FROM, engagement.ends_at + NO_SHOW_UNTIL)
    await propose(session, engagement, ClaimKind.NO_SHOW, account_id, text)


async def take_back_no_show(
    session: AsyncSession, engagement: Engagement, account_id: UUID | None, *, attended: bool | None
) -> None:
    """Take a no-show back that nobody has answered.

    While the shift lasts it is as before, and the worker can be checked in; if nobody does, the clock
    proposes it anew in an hour. Once it is over, it must be said whether the worker attended (as agreed,
    then) or is excused.
    """
    engagement = await locked(session, engagement.id)
    engagement.must_be(EngagementState.NO_SHOW)
    claim = await live_claim(session, engagement.id)
    if claim is None or not can_be_withdrawn(claim):
        raise NothingToAnswer("这次爽约已有答复或裁定", "This no-show was answered or decided already")
    over = engagement.ends_at <= clock.now()
    if over and attended is None:
        raise refuse_field(
            "/attended",
            "attended_missing",
            "班次已结束,请说明劳动者是否到岗",
            "The shift is over: say whether the worker attended",
        )
    await withdraw(session, claim)
    if over:
        await _put_right(session, engagement, Method.EMPLOYER, account_id, attended=attended is True)
    else:
        # Who does not come after all is asked for no more, and proposed anew in an hour.
        engagement.state, engagement.asked_at = EngagementState.AGREED, clock.now()


def can_be_withdrawn(claim: Claim) -> bool:
    """Tell whether a claim is still what one side says: nobody agreed, contested or decided."""
    return claim.answered_at is None and claim.state in (ClaimState.PROPOSED, ClaimState.STANDS)


async def withdraw(session: AsyncSession, claim: Claim) -> None:
    """End a claim as if it had not been made."""
    claim.state = ClaimState.WITHDRAWN
    await session.flush()
    await emit(session, ClaimEnded(claim.id))


async def answer(
    session: AsyncSession,
    engagement: Engagement,
    account_id: UUID,
    side: Side,
    *,
    agrees: bool,
    text: str | None,
    files: Sequence[UUID],
) -> Claim:
    """Answer what the other side said: agreed, it stands at once; contested, it is disputed.

    Refuses when nothing waits for this side's answer, after 24 hours, and contesting without a word.
    `files`: pictures of the account's own.
    """
    engagement = await (locked if agrees else lock_engagement)(session, engagement.id)
    claim = await live_claim(session, engagement.id)
    if claim is None or claim.state is not ClaimState.PROPOSED or side is not _ANSWERED_BY[claim.kind]:
        raise NothingToAnswer
    now = clock.now()
    if now >= claim.answer_until:
        raise TooLate(closes_at=claim.answer_until.isoformat())
    expected = EngagementState.NO_SHOW if claim.kind is ClaimKind.NO_SHOW else EngagementState.AGREED
    engagement.must_be(expected)
    if not agrees and not text:
        raise refuse_field("/text", "text_missing", "请说明实际情况", "Say what happened")
    claim.answered_at, claim.answer = now, text
    if files:
        await put_to(session, account_id, files, Belongs.CLAIM, claim.id)
    if agrees:
        await _stands(session, claim)
    else:
        claim.state = ClaimState.CONTESTED
        engagement.state, engagement.before_dispute = EngagementState.DISPUTED, expected
        await session.flush()
        await emit(session, ClaimContested(claim.id))
    return claim


async def let_stand(session: AsyncSession, claim_id: UUID) -> None:
    """Let a claim stand that nobody answered in a day, unless what it says is over by other means."""
    known = await session.get_one(Claim, claim_id)
    engagement = await locked(session, known.engagement_id)
    claim = await live_claim(session, engagement.id)
    if claim is None or claim.state is not ClaimState.PROPOSED or claim.answer_until > clock.now():
        return
    gone = engagement.state is EngagementState.CANCELLED and engagement.cancelled_by is Side.EMPLOYER
    if claim.kind is ClaimKind.NO_SHOW:
        holds = engagement.state is EngagementState.NO_SHOW
    else:
        holds = gone or engagement.state is EngagementState.AGREED
    await (_stands if holds else withdraw)(session, claim)


async def decide(
    session: AsyncSession, claim_id: UUID, *, holds: bool, attended: bool, by: UUID | None = None
) -> Claim:
    """Decide, for staff (`by`), what was contested, or stands and was appealed.

    It holds: the no-show is back, or the employer has cancelled. It does not: a worker who attended has
    come and gone as agreed; a no-show who did not is excused (cancelled, reason "excused"); who was not
    turned away is back where he was. A claim that is over stays as it is. Call it before locking what
    is below the claim.
    """
    known = await session.get(Claim, claim_id)
    if known is None:
        raise NotFound
    engagement = await locked(session, known.engagement_id)
    claim = await live_claim(session, engagement.id)
    if claim is None or claim.id != known.id:
        return known
    claim.answered_at = claim.answered_at or clock.now()
    if engagement.state is EngagementState.DISPUTED and engagement.before_dispute:
        engagement.state, engagement.before_dispute = engagement.before_dispute, None
    await session.flush()
    if holds:
        if claim.state is not ClaimState.STANDS:
            await _stands(session, claim)
        return claim
    claim.state = ClaimState.OVERTURNED
    await session.flush()
    await emit(session, ClaimEnded(claim.id))
    if attended or claim.kind is ClaimKind.NO_SHOW:
        await _put_right(session, engagement, Method.STAFF, by, attended=attended)
    return claim


async def _stands(session: AsyncSession, claim: Claim) -> None:
    claim.state = ClaimState.STANDS
    await session.flush()
    await emit(session, ClaimStands(claim.id))
    if claim.kind is ClaimKind.TURNED_AWAY:
        engagement = await session.get_one(Engagement, claim.engagement_id)
        if engagement.state is EngagementState.AGREED:
            await cancel(session, claim.engagement_id, Side.EMPLOYER, TURNED_AWAY)


async def _put_right(
    session: AsyncSession, engagement: Engagement, method: Method, by: UUID | None, *, attended: bool
) -> None:
    """Note that a worker came and went as agreed, or excuse who did not come."""
    if engagement.state not in (EngagementState.NO_SHOW, EngagementState.AGREED):
        return
    if not attended:
        await cancel(session, engagement.id, Side.WORKER, EXCUSED)
        return
    engagement.state, engagement.checked_in_at = EngagementState.CHECKED_IN, engagement.starts_at
    came = _as_agreed(engagement, AttendanceKind.CHECK_IN, engagement.starts_at, method, by)
    session.add(came)
    await session.flush()
    await emit(session, CheckedIn(came.id))
    if engagement.ends_at <= clock.now():
        engagement.state, engagement.checked_out_at = EngagementState.CHECKED_OUT, engagement.ends_at
        went = _as_agreed(engagement, AttendanceKind.CHECK_OUT, engagement.ends_at, method, by)
        session.add(went)
        await session.flush()
        await emit(session, CheckedOut(went.id))


def _as_agreed(
    engagement: Engagement, kind: AttendanceKind, at: datetime, method: Method, by: UUID | None
) -> Attendance:
    return Attendance(
        id=new_id(),
        engagement_id=engagement.id,
        kind=kind,
        method=method,
        noted_by=by,
        at=at,
        received_at=clock.now(),
        late=True,
    )
