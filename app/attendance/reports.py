"""What is said about a shift beside coming and going: running late, turned away, and that it was not so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.attendance import claims, queries
from app.attendance.events import AttendanceContested, RunningLate
from app.attendance.models import Attendance, AttendanceKind, ClaimKind, Method, Standing
from app.attendance.noting import keep
from app.attendance.positions import Seen, agrees_to_positions, measured
from app.attendance.presence import must_be_within
from app.attendance.problems import AttendanceStateConflict, TooLate
from app.attendance.schemas import WhereGiven
from app.core import clock, limits
from app.core.events import emit
from app.core.problems import NotFound, refuse_field
from app.engagements.locking import lock_engagement
from app.engagements.models import Engagement, EngagementState, Side

CONTEST_WITHIN = timedelta(hours=72)
TOLD_A_DAY = limits.Rate("running_late", 6, timedelta(days=1))
LATE_FROM = timedelta(hours=6)  # before the start
TURNED_AWAY_FROM = timedelta(hours=1)  # before the start
TURNED_AWAY_UNTIL = timedelta(hours=12)  # after the end
CONTESTABLE = (AttendanceKind.CHECK_IN, AttendanceKind.CHECK_OUT)
_BY_SIDE = {
    Method.GEOFENCE: Side.WORKER,
    Method.SITE_CODE: Side.WORKER,
    Method.WORKER: Side.WORKER,
    Method.EMPLOYER: Side.EMPLOYER,
}


async def run_late(
    session: AsyncSession,
    engagement: Engagement,
    arrives_at: datetime | None,
    minutes: int | None,
    text: str | None,
) -> None:
    """Tell for the worker when he will be there; said again, the last counts. From 6 h before the start.

    Six times a day at most.
    """
    await limits.take(session, TOLD_A_DAY, str(engagement.id))
    engagement = await lock_engagement(session, engagement.id)
    engagement.must_be(EngagementState.AGREED)
    now = clock.now()
    must_be_within(now, engagement.starts_at - LATE_FROM, engagement.ends_at)
    arrival = arrives_at or now + timedelta(minutes=minutes or 0)
    if not engagement.starts_at - LATE_FROM <= arrival <= engagement.ends_at:
        pointer = "/arrives_at" if arrives_at else "/minutes"
        raise refuse_field(
            pointer, "arrival_out_of_range", "应在班次结束之前到达", "It should be before the shift ends"
        )
    said = await keep(
        session,
        engagement,
        AttendanceKind.RUNNING_LATE,
        Seen(Method.WORKER),
        engagement.worker_id,
        now,
        arrives_at=arrival,
        text=text,
    )
    await emit(session, RunningLate(said.id))


async def turned_away(
    session: AsyncSession, engagement: Engagement, text: str, where: WhereGiven | None, files: Sequence[UUID]
) -> None:
    """Report for the worker that he came and was not let work; the employer has a day to answer.

    A position is used if the worker consented to that, and is no condition.
    """
    engagement = await lock_engagement(session, engagement.id)
    engagement.must_be(EngagementState.AGREED)
    now = clock.now()
    must_be_within(now, engagement.starts_at - TURNED_AWAY_FROM, engagement.ends_at + TURNED_AWAY_UNTIL)
    worker_id = engagement.worker_id
    claim = await claims.propose(session, engagement, ClaimKind.TURNED_AWAY, worker_id, text)
    seen = Seen(Method.WORKER)
    if where and await agrees_to_positions(session, worker_id):
        seen, _, _ = await measured(session, engagement, where)
    await keep(session, engagement, AttendanceKind.TURNED_AWAY, seen, worker_id, now, text=text)
    if files:
        await put_to(session, worker_id, files, Belongs.CLAIM, claim.id)


async def contest(
    session: AsyncSession, account_id: UUID, engagement_id: UUID, note_id: UUID, text: str
) -> None:
    """Say that a coming or going was not as noted: by the other side, once, within 72 hours."""
    engagement, _ = await queries.party(session, account_id, engagement_id)
    await lock_engagement(session, engagement.id)
    note = await session.get(Attendance, note_id)
    if note is None or note.engagement_id != engagement.id or note.kind not in CONTESTABLE:
        raise NotFound
    others = [side for side in Side if side is not _BY_SIDE.get(note.method)]
    await queries.party(session, account_id, engagement_id, *others)
    if note.standing is not Standing.ACCEPTED:
        raise AttendanceStateConflict(state=note.standing.value, allowed=[Standing.ACCEPTED.value])
    now = clock.now()
    if now > note.received_at + CONTEST_WITHIN:
        raise TooLate(closes_at=(note.received_at + CONTEST_WITHIN).isoformat())
    note.standing, note.contested_at, note.contested_by = Standing.CONTESTED, now, account_id
    note.contest_text = text
    await session.flush()
    await emit(session, AttendanceContested(note.id))
