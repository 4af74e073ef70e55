"""What follows by itself for wages: records, due dates, reminders, what nobody contested."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import emit
from app.engagements.models import Engagement, EngagementState
from app.pay.confirming import confirm_from_attendance, last_end_of
from app.pay.events import PayAwaitsAnswer, PayFallsDue, PayOverdue
from app.pay.models import OwedFor, PayRecord, PayReport, PayState, ReportState
from app.pay.owed import due_at
from app.pay.reporting import take_as_received
from app.pay.settling import book_of, book_with, judge, pay_of

BATCH = 200
EVERY_MINUTE = "* * * * *"
LEAST_FOR_THE_EMPLOYER = timedelta(hours=1)
MOST_FOR_THE_EMPLOYER = timedelta(hours=24)
ASKED_AGAIN_AFTER = timedelta(days=3)
UNCONTESTED_AFTER = timedelta(days=7)
# A due date is a midnight: told at 17:00 of the day before it.
REMINDED_BEFORE = timedelta(hours=7)


@work.at_times(EVERY_MINUTE)
async def confirm_what_the_employer_did_not(database: Database) -> None:
    """Confirm hours from the attendance: a day after the check-out, or when the pay is due before that.

    Never within an hour of the check-out. No pay is due before the day of the shift has ended, so few
    engagements are looked at in vain.
    """
    now, out = clock.now(), Engagement.checked_out_at
    begun_today = clock.start_of(clock.today())
    # index ix_engagements_under_way: what has ended and is not confirmed
    ended = select(Engagement.id).where(
        Engagement.state == EngagementState.CHECKED_OUT,
        out <= now - LEAST_FOR_THE_EMPLOYER,
        or_(out <= now - MOST_FOR_THE_EMPLOYER, Engagement.ends_at < begun_today),
    )
    await rounds.each(database, ended, _confirm, BATCH)


@work.at_times(EVERY_MINUTE)
async def find_what_is_overdue(database: Database) -> None:
    """Mark what is past its date with something unpaid or contested; the stations know at once."""
    # index ix_pay_records_falling_due: whatever is open is due or contested
    late = select(PayRecord.id).where(
        PayRecord.due_at <= clock.now(),
        PayRecord.overdue_at.is_(None),
        PayRecord.state.in_([PayState.DUE, PayState.CONTESTED]),
    )
    await rounds.each(database, late, _overdue, BATCH)


@work.at_times(EVERY_MINUTE)
async def remind_of_what_falls_due(database: Database) -> None:
    """Remind the employer once, at five in the afternoon of the last day, of what is still open."""
    now = clock.now()
    # index ix_pay_records_falling_due
    soon = select(PayRecord.id).where(
        PayRecord.due_at > now,
        PayRecord.due_at <= now + REMINDED_BEFORE,
        PayRecord.overdue_at.is_(None),
        PayRecord.state.in_([PayState.DUE, PayState.CONTESTED]),
        PayRecord.open_fen > 0,
        PayRecord.reminded_at.is_(None),
    )
    await rounds.each(database, soon, _remind, BATCH)


@work.at_times(EVERY_MINUTE)
async def ask_for_answers(database: Database) -> None:
    """Ask the worker again, once, three days after a report without an answer; settle it after seven."""
    now = clock.now()
    # index ix_pay_reports_unanswered
    unanswered = select(PayReport.id).where(
        PayReport.state == ReportState.REPORTED,
        PayReport.reported_at <= now - ASKED_AGAIN_AFTER,
        or_(PayReport.reported_at <= now - UNCONTESTED_AFTER, PayReport.reminded_at.is_(None)),
    )
    await rounds.each(database, unanswered, _ask_again, BATCH)


async def _confirm(session: AsyncSession, engagement_id: UUID) -> None:
    book, now = await book_of(session, engagement_id), clock.now()
    engagement = book.engagement
    out = engagement.checked_out_at
    if engagement.state is not EngagementState.CHECKED_OUT or out is None or OwedFor.WAGE in book.records:
        return
    pay = await pay_of(session, engagement)
    due = due_at(pay["settlement"], engagement.ends_at, await last_end_of(session, engagement))
    if now >= min(due, out + MOST_FOR_THE_EMPLOYER):
        await confirm_from_attendance(session, book, pay)


async def _overdue(session: AsyncSession, record_id: UUID) -> None:
    book, record = await book_with(session, record_id)
    if record.overdue_at is None and record.due_at <= clock.now() and _unpaid(record):
        record.overdue_at = clock.now()
        await judge(session, book, record)
        await emit(session, PayOverdue(record.id))


async def _remind(session: AsyncSession, record_id: UUID) -> None:
    _, record = await book_with(session, record_id)
    soon = record.due_at <= clock.now() + REMINDED_BEFORE and record.open_fen > 0
    if soon and record.reminded_at is None and record.overdue_at is None:
        record.reminded_at = clock.now()
        await session.flush()
        await emit(session, PayFallsDue(record.id))


async def _ask_again(session: AsyncSession, report_id: UUID) -> None:
    known = await session.get_one(PayReport, report_id)
    book, _ = await book_with(session, known.record_id)
    made = await session.get_one(PayReport, report_id, populate_existing=True)
    now = clock.now()
    if made.state is not ReportState.REPORTED:
        return
    if made.reported_at <= now - UNCONTESTED_AFTER:
        await take_as_received(session, book, made)
    elif made.reminded_at is None:
        made.reminded_at = now
        await session.flush()
        await emit(session, PayAwaitsAnswer(made.id))


def _unpaid(record: PayRecord) -> bool:
    return record.open_fen + record.contested_fen > 0
