"""Checking in and out: by position, by the site's code, by the employer's word, by staff.

One event is noted once, however often it is sent: by the phone's own id, by its time, or because a
coming happens only once.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attendance import proofs, queries, site_codes
from app.attendance.claims import can_be_withdrawn, withdraw
from app.attendance.events import CheckedIn, CheckedOut
from app.attendance.models import Attendance, AttendanceKind, ClaimKind, Method
from app.attendance.positions import Seen, at_the_place
from app.attendance.presence import instant_of, is_late
from app.attendance.problems import (
    ClaimOpen,
    HowMissing,
    SiteCodeWrong,
    TooEarly,
    TooManyNotes,
)
from app.attendance.schemas import PresenceGiven
from app.audit.actions import record
from app.core import clock
from app.core.events import emit
from app.core.limits import Rate, take
from app.core.problems import Fault
from app.core.types import new_id
from app.engagements.locking import lock_engagement
from app.engagements.models import Engagement, EngagementState, Side
from app.geo.places import stored

TRIES = Rate("site-code", 10, timedelta(minutes=30))
MOST_NOTES = 100
# Whatever was decided since: what a phone noted in time is kept for who looks into it.
_OVER = (
    EngagementState.CHECKED_OUT,
    EngagementState.CONFIRMED,
    EngagementState.PAID,
    EngagementState.CANCELLED,
    EngagementState.DISPUTED,
)
_BEYOND = {
    AttendanceKind.CHECK_IN: (EngagementState.CHECKED_IN, *_OVER),
    AttendanceKind.CHECK_OUT: _OVER,
}


async def note(
    session: AsyncSession, account_id: UUID, engagement_id: UUID, kind: AttendanceKind, given: PresenceGiven
) -> None:
    """Note that a worker came or went, said by the worker, or by a member of the employer.

    What was signed offline and comes when the engagement is further already is kept as evidence, and
    changes nothing else.
    """
    engagement, side = await queries.party(session, account_id, engagement_id)
    engagement = await lock_engagement(session, engagement.id)
    event = await _event(session, account_id, engagement, kind, given)
    if await queries.note_by_proof(session, engagement.id, event):
        return
    now = clock.now()
    at = instant_of(kind, given.at, now, engagement.starts_at, engagement.ends_at)
    evidence = side is Side.WORKER and is_late(at, now) and engagement.state in _BEYOND[kind]
    if not evidence:
        _must_be_ready(engagement, kind)
    seen = Seen(Method.EMPLOYER)
    if side is Side.WORKER:
        seen = await _seen(session, account_id, engagement, given, at)
    if not evidence or await _replaces(session, engagement, kind):
        await _move(session, engagement, kind, at, side)
    await keep(session, engagement, kind, seen, account_id, at, proof_id=event, signed=bool(given.proof))


async def note_for_staff(
    session: AsyncSession,
    officer: Officer,
    engagement_id: UUID,
    kind: AttendanceKind,
    given_at: datetime | None,
    reason: str,
) -> Engagement:
    """Note a coming or going at the counter, within reach; it goes into the ledger."""
    engagement = await queries.in_reach(session, officer, engagement_id)
    engagement = await lock_engagement(session, engagement.id)
    event = f"{kind}/{officer.staff.id}/{_key(given_at)}"
    if await queries.note_by_proof(session, engagement.id, event):
        return engagement
    at = instant_of(kind, given_at, clock.now(), engagement.starts_at, engagement.ends_at)
    before = engagement.state.value
    _must_be_ready(engagement, kind)
    await _move(session, engagement, kind, at, None)
    await record(
        session,
        officer.actor,
        f"attendance.{kind}",
        object_kind="engagement",
        object_id=engagement.id,
        division=engagement.division,
        before={"state": before},
        after={"state": engagement.state.value, "at": at.isoformat()},
        reason=reason,
    )
    await keep(session, engagement, kind, Seen(Method.STAFF), officer.staff.id, at, proof_id=event)
    return engagement


async def keep(
    session: AsyncSession,
    engagement: Engagement,
    kind: AttendanceKind,
    seen: Seen,
    noted_by: UUID | None,
    at: datetime,
    **more: Any,
) -> Attendance:
    """Keep a note about a locked engagement; refuses a person's hundred-and-first."""
    if noted_by and await queries.count_of_notes(session, engagement.id) >= MOST_NOTES:
        raise TooManyNotes
    now = clock.now()
    noted = Attendance(
        id=new_id(),
        engagement_id=engagement.id,
        kind=kind,
        method=seen.method,
        noted_by=noted_by,
        at=at,
        received_at=now,
        late=is_late(at, now),
        doubtful=seen.doubtful,
        point=stored(seen.point) if seen.point else None,
        distance_m=seen.distance_m,
        accuracy_m=seen.accuracy_m,
        **more,
    )
    session.add(noted)
    await session.flush()
    told = {AttendanceKind.CHECK_IN: CheckedIn, AttendanceKind.CHECK_OUT: CheckedOut}.get(kind)
    if told:
        await emit(session, told(noted.id))
    return noted


async def _seen(
    session: AsyncSession, account_id: UUID, engagement: Engagement, given: PresenceGiven, at: datetime
) -> Seen:
    """Judge what a worker gives: the site's code decides where there is one, else the position."""
    if given.site_code is None and given.place:
        return await at_the_place(session, account_id, engagement, given.place)
    if given.site_code is None:
        zh, en = HowMissing.title, HowMissing.title_en
        raise HowMissing(faults=[Fault("/place", HowMissing.code, zh, en)])
    await take(session, TRIES, str(engagement.id))
    if not await site_codes.matches(session, engagement.job_id, given.site_code, at):
        zh, en = SiteCodeWrong.title, SiteCodeWrong.title_en
        raise SiteCodeWrong(faults=[Fault("/site_code", SiteCodeWrong.code, zh, en)])
    return Seen(Method.SITE_CODE)


async def _event(
    session: AsyncSession,
    account_id: UUID,
    engagement: Engagement,
    kind: AttendanceKind,
    given: PresenceGiven,
) -> str:
    """Return the id by which an event is noted once: the phone's own, its time, or that it is now."""
    if given.proof is None:
        return f"{kind}/{account_id}/{_key(given.at)}"
    said: dict[str, Any] = {"engagement_id": str(engagement.id), "kind": kind.value, "at": given.at}
    if given.place:
        said["place"] = {"lng": given.place.lng, "lat": given.place.lat, "datum": given.place.datum.value}
    if given.site_code:
        said["site_code"] = given.site_code
    return f"{kind}/{await proofs.verified(session, account_id, given.proof, said)}"


def _key(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else "now"


def _must_be_ready(engagement: Engagement, kind: AttendanceKind) -> None:
    if kind is AttendanceKind.CHECK_IN:
        engagement.must_be(EngagementState.AGREED, EngagementState.NO_SHOW)
    elif engagement.state is not EngagementState.CHECKED_OUT:
        engagement.must_be(EngagementState.CHECKED_IN)


async def _move(
    session: AsyncSession, engagement: Engagement, kind: AttendanceKind, at: datetime, side: Side | None
) -> None:
    """Bring the engagement on; a no-show that nobody decided is over when the worker is there."""
    if kind is AttendanceKind.CHECK_OUT:
        if not await _replaces(session, engagement, kind):
            engagement.must_be(EngagementState.CHECKED_IN)
        came = engagement.checked_in_at or engagement.starts_at
        if at < came:
            raise TooEarly("签退不能早于签到", "Going comes after coming", opens_at=came.isoformat())
        engagement.state, engagement.checked_out_at = EngagementState.CHECKED_OUT, at
        return
    claim = await queries.live_claim(session, engagement.id)
    if claim:
        if claim.kind is ClaimKind.TURNED_AWAY and side is Side.EMPLOYER:
            raise ClaimOpen
        if not can_be_withdrawn(claim):
            engagement.must_be(EngagementState.AGREED)
        await withdraw(session, claim)
    engagement.state, engagement.checked_in_at = EngagementState.CHECKED_IN, at


async def _replaces(session: AsyncSession, engagement: Engagement, kind: AttendanceKind) -> bool:
    """Tell whether a going takes the place of one that was only supposed by the clock."""
    if kind is not AttendanceKind.CHECK_OUT or engagement.state is not EngagementState.CHECKED_OUT:
        return False
    last = await queries.last_note(session, engagement.id, AttendanceKind.CHECK_OUT)
    return last is not None and last.method is Method.SYSTEM
