"""Payments as both sides say: reported by the employer, answered by the worker, conceded."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.core import clock
from app.core.events import emit
from app.core.keyring import seal, unseal
from app.core.problems import Fault, NotFound, refuse_field
from app.core.types import new_id
from app.pay.events import PayAnswered, PayConceded, PayReported
from app.pay.models import OwedFor, PayMethod, PayRecord, PayReport, ReportState
from app.pay.problems import AnsweredAlready, MoreThanOwed, NothingContested, NothingReported
from app.pay.settling import Book, book_of, judge, reports_of

AHEAD = timedelta(minutes=2)


class Payment(NamedTuple):
    """A payment as the employer reports it."""

    amount_fen: int
    method: PayMethod
    reference: str | None
    paid_at: datetime
    owed_for: OwedFor = OwedFor.WAGE


class Answer(NamedTuple):
    """What the worker says: it arrived, or only so much of it."""

    received: bool
    amount_fen: int | None = None
    text: str | None = None


async def report(
    session: AsyncSession, account_id: UUID | None, book: Book, payment: Payment, files: Sequence[UUID] = ()
) -> PayRecord:
    """Report a payment, the whole or a part of what is open; the worker is asked.

    `account_id`: none, where the province says it. Refuses more than is open (422 `more_than_owed`, says
    how much is), and a time ahead of now or before the agreement.
    """
    record = book.record(payment.owed_for)
    if payment.paid_at > clock.now() + AHEAD:
        raise refuse_field("/paid_at", "paid_in_the_future", "支付时间不能在将来", "It lies in the future")
    if payment.paid_at < book.engagement.agreed_at:
        text = ("支付时间早于约定时间", "It was before the agreement")
        raise refuse_field("/paid_at", "paid_before_agreed", *text)
    if payment.amount_fen > record.open_fen:
        fault = Fault("/amount_fen", MoreThanOwed.code, MoreThanOwed.title, MoreThanOwed.title_en)
        raise MoreThanOwed(faults=[fault], open_fen=record.open_fen)
    made = PayReport(
        id=new_id(),
        record_id=record.id,
        amount_fen=payment.amount_fen,
        method=payment.method,
        paid_at=payment.paid_at.astimezone(UTC),
        reported_by=account_id,
        reported_at=clock.now(),
        state=ReportState.REPORTED,
    )
    if payment.reference:
        made.reference_sealed = seal(payment.reference, f"pay_reports/reference/{made.id}")
    session.add(made)
    record.move("open_fen", "reported_fen", payment.amount_fen)
    await judge(session, book, record)
    if files and account_id:
        await put_to(session, account_id, files, Belongs.PAY_REPORT, made.id)
    await emit(session, PayReported(made.id))
    return record


async def answer(
    session: AsyncSession, engagement_id: UUID, said: Answer, report_id: UUID | None
) -> tuple[Book, PayRecord]:
    """Answer a reported payment, the oldest without an answer unless one is named.

    The same answer again changes nothing. Refuses where nothing waits for an answer, where another answer
    was given, and a part that is not less than the payment.
    """
    book = await book_of(session, engagement_id)
    reports = await reports_of(session, list(book.records.values()))
    if report_id and report_id not in {one.id for one in reports}:
        raise NotFound
    named = [one for one in reports if report_id in (None, one.id)]
    waiting = [one for one in named if one.state is ReportState.REPORTED]
    answered = [one for one in named if one.state is not ReportState.REPORTED]
    if not waiting:
        if answered and _same(answered[-1], said):
            return book, _record(book, answered[-1])
        raise AnsweredAlready if report_id else NothingReported
    made = waiting[0]
    received = _received(made, said)
    record = _record(book, made)
    made.received_fen, made.text, made.answered_at = received, said.text, clock.now()
    made.state = ReportState.CONFIRMED if said.received else ReportState.CONTESTED
    record.move("reported_fen", "settled_fen", received)
    record.move("reported_fen", "contested_fen", made.missing_fen)
    await judge(session, book, record)
    await emit(session, PayAnswered(made.id))
    return book, record


async def take_as_received(session: AsyncSession, book: Book, made: PayReport) -> None:
    """Settle what nobody contested in time."""
    record = _record(book, made)
    made.received_fen, made.answered_at = made.amount_fen, clock.now()
    made.state = ReportState.UNCONTESTED
    record.move("reported_fen", "settled_fen", made.amount_fen)
    await judge(session, book, record)
    await emit(session, PayAnswered(made.id))


async def concede(session: AsyncSession, engagement_id: UUID, report_id: UUID) -> tuple[Book, PayRecord]:
    """Take the worker's word on a payment: what did not arrive is to be paid again."""
    book = await book_of(session, engagement_id)
    made = {one.id: one for one in await reports_of(session, list(book.records.values()))}.get(report_id)
    if made is None:
        raise NotFound
    if made.state is not ReportState.CONTESTED:
        raise NothingContested(state=made.state.value)
    record = _record(book, made)
    made.state = ReportState.DECIDED
    record.move("contested_fen", "open_fen", made.missing_fen)
    await judge(session, book, record)
    await emit(session, PayConceded(record.id))
    return book, record


def reference_of(made: PayReport) -> str | None:
    """Return the payment's reference, for the two parties."""
    if made.reference_sealed is None:
        return None
    return unseal(made.reference_sealed, f"pay_reports/reference/{made.id}")


def _received(made: PayReport, said: Answer) -> int:
    if said.received:
        return made.amount_fen
    received = said.amount_fen or 0
    if received >= made.amount_fen:
        text = ("应少于所报付款;已全部收到请填 received=true", "Should be less than what was reported")
        raise refuse_field("/amount_fen", "received_all", *text)
    return received


def _same(made: PayReport, said: Answer) -> bool:
    if said.received:
        return made.state in (ReportState.CONFIRMED, ReportState.UNCONTESTED)
    contested = made.state in (ReportState.CONTESTED, ReportState.DECIDED)
    return contested and made.received_fen == (said.amount_fen or 0)


def _record(book: Book, made: PayReport) -> PayRecord:
    return next(record for record in book.records.values() if record.id == made.record_id)
