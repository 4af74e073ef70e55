"""Hours and pieces: confirmed by the employer or the clock, contested by the worker, conceded."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.problems import ClaimOpen
from app.attendance.queries import live_claim
from app.core import clock
from app.core.events import emit
from app.core.problems import refuse_field
from app.core.types import new_id
from app.engagements.models import Engagement, EngagementState
from app.pay.events import HoursConfirmed, HoursContested, PayConceded
from app.pay.models import OwedFor, PayRecord, PayState, ReportState
from app.pay.owed import MOST_OWED_FEN, due_at, minutes_together, owed_fen, pieces_in
from app.pay.problems import (
    ClaimsNoMore,
    ContestedAlready,
    ContestTooLate,
    NotBegun,
    NotCorrectable,
    NothingContested,
    NothingWorked,
    OwedBeyondReason,
)
from app.pay.settling import Book, book_of, judge, pay_of, reports_of

CONTESTABLE_FOR = timedelta(days=7)
LOWERED_FOR = timedelta(days=1)
WORKED = (EngagementState.AGREED, EngagementState.CHECKED_IN, EngagementState.CHECKED_OUT)
CONFIRMED = (EngagementState.CONFIRMED, EngagementState.PAID)


async def confirm(session: AsyncSession, book: Book, minutes: int | None, pieces: int | None) -> PayRecord:
    """Confirm what was worked or made: the wage is owed from now on.

    Who never checked in was there all the same, if the employer says so; but to have worked nothing is
    no confirmation then, and a turning away is answered first. Confirming again corrects it as long as no
    payment was reported and nothing contested, and to less as long as it is not due (409 `hours_settled`
    then). Refuses before the start, and without the figure that the pay goes by.
    """
    engagement = book.engagement
    engagement.must_be(*WORKED, *CONFIRMED)
    if engagement.starts_at > clock.now():
        raise NotBegun(starts_at=engagement.starts_at.isoformat())
    record = book.records.get(OwedFor.WAGE)
    if record and not await _correctable(session, record):
        raise NotCorrectable
    pay = await pay_of(session, engagement)
    owed = _owed(pay, engagement, minutes, pieces)
    if owed > MOST_OWED_FEN:
        raise OwedBeyondReason
    if record and owed < record.owed_fen and clock.now() >= _lowered_until(record):
        raise NotCorrectable
    if engagement.state is EngagementState.AGREED:
        if owed == 0:
            raise NothingWorked
        if await live_claim(session, engagement.id):
            raise ClaimOpen
    return await _confirmed(session, book, pay, minutes, pieces, owed, by_clock=False)


async def confirm_from_attendance(session: AsyncSession, book: Book, pay: dict[str, Any]) -> PayRecord:
    """Confirm what the attendance shows, where the employer did not say: the agreed times, as attended."""
    engagement = book.engagement
    engagement.must_be(EngagementState.CHECKED_OUT)
    came = engagement.checked_in_at or engagement.starts_at
    went = engagement.checked_out_at or engagement.ends_at
    minutes = minutes_together((came, went), (engagement.starts_at, engagement.ends_at))
    pieces = pieces_in(pay, minutes) if pay["per"] == "piece" else None
    owed = min(owed_fen(pay, agreed_minutes(engagement), minutes, pieces or 0), MOST_OWED_FEN)
    return await _confirmed(session, book, pay, minutes, pieces, owed, by_clock=True)


async def contest(
    session: AsyncSession, engagement_id: UUID, minutes: int | None, pieces: int | None, text: str
) -> tuple[Book, PayRecord]:
    """Say that more was worked or made: the difference is owed too, and contested.

    Once, within seven days of the confirmation; what was paid by then is taken up again. Refuses figures by
    which no more is owed.
    """
    book = await book_of(session, engagement_id)
    record, engagement = book.record(), book.engagement
    engagement.must_be(*CONFIRMED)
    if record.claimed_minutes is not None or record.claimed_pieces is not None:
        raise ContestedAlready
    if engagement.confirmed_at and clock.now() > engagement.confirmed_at + CONTESTABLE_FOR:
        raise ContestTooLate(confirmed_at=engagement.confirmed_at.isoformat())
    claimed = _owed(await pay_of(session, engagement), engagement, minutes, pieces)
    if claimed > MOST_OWED_FEN:
        raise OwedBeyondReason
    if claimed <= record.owed_fen:
        raise ClaimsNoMore(owed_fen=record.owed_fen)
    record.claimed_minutes, record.claimed_pieces, record.claimed_text = minutes, pieces, text
    record.owe_more(claimed - record.owed_fen)
    await judge(session, book, record)
    await emit(session, HoursContested(record.id))
    return book, record


async def concede(session: AsyncSession, engagement_id: UUID) -> tuple[Book, PayRecord]:
    """Take the worker's word on the hours: the contested difference is to be paid."""
    book = await book_of(session, engagement_id)
    record = book.record()
    contested = await reports_of(session, [record], ReportState.CONTESTED)
    difference = record.contested_fen - sum(report.missing_fen for report in contested)
    if difference == 0:
        raise NothingContested(state=record.state.value)
    record.move("contested_fen", "open_fen", difference)
    engagement = book.engagement
    if record.claimed_minutes is not None:
        engagement.minutes = record.claimed_minutes
    if record.claimed_pieces is not None:
        engagement.pieces = record.claimed_pieces
    await judge(session, book, record)
    await emit(session, PayConceded(record.id))
    return book, record


async def last_end_of(session: AsyncSession, engagement: Engagement) -> datetime:
    """Return when the worker's last agreed shift at the job ends (index worker_id, id)."""
    last: datetime | None = await session.scalar(
        select(func.max(Engagement.ends_at)).where(
            Engagement.worker_id == engagement.worker_id,
            Engagement.job_id == engagement.job_id,
            Engagement.state != EngagementState.CANCELLED,
        )
    )
    return last or engagement.ends_at


def agreed_minutes(engagement: Engagement) -> int:
    return int((engagement.ends_at - engagement.starts_at).total_seconds()) // 60


def record_for(engagement: Engagement, owed_for: OwedFor, fen: int, due: datetime) -> PayRecord:
    """Return a new record of what an engagement is owed."""
    return PayRecord(
        id=new_id(),
        engagement_id=engagement.id,
        owed_for=owed_for,
        worker_id=engagement.worker_id,
        employer_id=engagement.employer_id,
        division=engagement.division,
        county_code=engagement.county_code or engagement.division[:6],
        station_id=engagement.station_id,
        owed_fen=fen,
        open_fen=fen,
        reported_fen=0,
        settled_fen=0,
        contested_fen=0,
        cancelled_fen=0,
        state=PayState.DUE,
        due_at=due.astimezone(UTC),
        created_at=clock.now(),
    )


async def _confirmed(
    session: AsyncSession,
    book: Book,
    pay: dict[str, Any],
    minutes: int | None,
    pieces: int | None,
    owed: int,
    *,
    by_clock: bool,
) -> PayRecord:
    engagement = book.engagement
    record = book.records.get(OwedFor.WAGE)
    if record is None:
        due = due_at(pay["settlement"], engagement.ends_at, await last_end_of(session, engagement))
        record = record_for(engagement, OwedFor.WAGE, owed, due)
        book.records[OwedFor.WAGE] = record
        session.add(record)
    else:
        record.owe_anew(owed)
    engagement.minutes, engagement.pieces = minutes, pieces
    engagement.state, engagement.confirmed_at = EngagementState.CONFIRMED, clock.now()
    record.state, record.settled_at = PayState.DUE, None
    await session.flush()
    await emit(session, HoursConfirmed(engagement.id, by_clock))
    await judge(session, book, record)
    return record


async def _correctable(session: AsyncSession, record: PayRecord) -> bool:
    untouched = record.open_fen == record.owed_fen and record.claimed_minutes is None
    return untouched and record.claimed_pieces is None and not await reports_of(session, [record])


def _lowered_until(record: PayRecord) -> datetime:
    """Return until when less can be confirmed: what is due is not corrected away.

    What the clock confirmed when it was due already, the employer has a day to put right.
    """
    late = record.created_at >= record.due_at
    return record.created_at + LOWERED_FOR if late else record.due_at


def _owed(pay: dict[str, Any], engagement: Engagement, minutes: int | None, pieces: int | None) -> int:
    """Return what the figures give; refuses without the one that the pay goes by."""
    if pay["per"] == "piece" and pieces is None:
        raise refuse_field("/pieces", "pieces_required", "计件计酬须填件数", "Pay by the piece needs pieces")
    if pay["per"] != "piece" and minutes is None:
        raise refuse_field("/minutes", "minutes_required", "须填工作分钟数", "This pay needs minutes")
    return owed_fen(pay, agreed_minutes(engagement), minutes or 0, pieces or 0)
