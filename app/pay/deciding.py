"""What staff decide about pay, for the dispute that they mediate."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import emit
from app.core.problems import refuse_field
from app.pay.events import PayDecided
from app.pay.models import PayRecord, ReportState
from app.pay.settling import book_with, judge, reports_of


async def locked(session: AsyncSession, record_id: UUID) -> PayRecord:
    """Lock the engagement and then the record: before the dispute's lock, never after it."""
    _, record = await book_with(session, record_id)
    return record


async def decide(session: AsyncSession, record_id: UUID, *, to_worker_fen: int) -> PayRecord:
    """Decide what is contested: so much is to be paid to the worker, the rest is not owed.

    Refuses (422) more than is contested. Locks the engagement and the record, both higher than a dispute.
    """
    book, record = await book_with(session, record_id)
    if not 0 <= to_worker_fen <= record.contested_fen:
        zh = f"应在 0 至有争议的 {record.contested_fen} 分之间"
        en = f"Should be within 0 and the {record.contested_fen} fen that are contested"
        raise refuse_field("/to_worker_fen", "more_than_contested", zh, en)
    for made in await reports_of(session, [record], ReportState.CONTESTED):
        made.state = ReportState.DECIDED
    record.move("contested_fen", "open_fen", to_worker_fen)
    record.move("contested_fen", "cancelled_fen", record.contested_fen)
    await judge(session, book, record)
    await emit(session, PayDecided(record.id))
    return record


async def settle_by_staff(session: AsyncSession, record_id: UUID, paid_fen: int) -> PayRecord:
    """Take as paid what staff saw paid at the table. Refuses (422) more than is open."""
    book, record = await book_with(session, record_id)
    if not 0 <= paid_fen <= record.open_fen:
        zh = f"应在 0 至待支付的 {record.open_fen} 分之间"
        en = f"Should be within 0 and the {record.open_fen} fen that are open"
        raise refuse_field("/paid_fen", "more_than_open", zh, en)
    record.move("open_fen", "settled_fen", paid_fen)
    await judge(session, book, record)
    await emit(session, PayDecided(record.id))
    return record
