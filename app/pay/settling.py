"""The books of an engagement: locked in their order, and what follows from their sums."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound
from app.engagements.models import Engagement, EngagementState
from app.engagements.queries import terms_of
from app.pay.events import PaySettled
from app.pay.models import OwedFor, PayRecord, PayReport, ReportState
from app.pay.problems import NothingOwed

_CONFIRMED, _PAID = EngagementState.CONFIRMED, EngagementState.PAID


@dataclass
class Book:
    """An engagement and what it is owed, both locked."""

    engagement: Engagement
    records: dict[OwedFor, PayRecord] = field(default_factory=dict)

    def record(self, owed_for: OwedFor = OwedFor.WAGE) -> PayRecord:
        """Return the record; refuses, with the engagement's state, where nothing is owed yet."""
        if owed_for not in self.records:
            raise NothingOwed(state=self.engagement.state.value)
        return self.records[owed_for]


async def books(session: AsyncSession, engagement_ids: Sequence[UUID]) -> dict[UUID, Book]:
    """Lock engagements by id, then their pay records: who holds the first has the second to itself."""
    engagements = await session.scalars(
        select(Engagement)
        .where(Engagement.id.in_(engagement_ids))
        .order_by(Engagement.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {engagement.id: Book(engagement) for engagement in engagements}
    records = await session.scalars(
        select(PayRecord)
        .where(PayRecord.engagement_id.in_(list(found)))
        .order_by(PayRecord.engagement_id, PayRecord.owed_for)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for record in records:
        found[record.engagement_id].records[record.owed_for] = record
    return found


async def book_of(session: AsyncSession, engagement_id: UUID) -> Book:
    """Lock one engagement and its pay records."""
    found = await books(session, [engagement_id])
    if engagement_id not in found:
        raise NotFound
    return found[engagement_id]


async def book_with(session: AsyncSession, record_id: UUID) -> tuple[Book, PayRecord]:
    """Lock the engagement of a pay record, and the record."""
    known = await session.get(PayRecord, record_id)
    if known is None:
        raise NotFound
    book = await book_of(session, known.engagement_id)
    return book, book.records[known.owed_for]


async def reports_of(
    session: AsyncSession, records: Sequence[PayRecord], *states: ReportState
) -> list[PayReport]:
    """Return the reports on locked records anew, the oldest first (index record_id, id)."""
    statement = (
        select(PayReport)
        .where(PayReport.record_id.in_([record.id for record in records]))
        .order_by(PayReport.id)
        .execution_options(populate_existing=True)
    )
    if states:
        statement = statement.where(PayReport.state.in_(states))
    return list(await session.scalars(statement))


async def pay_of(session: AsyncSession, engagement: Engagement) -> dict[str, Any]:
    """Return the pay of the terms as they stand."""
    terms = (await session.scalars(terms_of(engagement.id).limit(1))).one()
    pay: dict[str, Any] = terms.body["pay"]
    return pay


async def judge(session: AsyncSession, book: Book, record: PayRecord) -> None:
    """Bring the states into line with the sums; when nothing is left, say so once."""
    settled = record.settles and record.settled_at is None
    record.state = record.must_state
    if settled:
        record.settled_at = clock.now()
    elif not record.settles:
        record.settled_at = None
    if record.owed_for is OwedFor.WAGE:
        _follow(book.engagement, paid=record.settles)
    await session.flush()
    if settled:
        await emit(session, PaySettled(record.id))


def _follow(engagement: Engagement, *, paid: bool) -> None:
    """Let the engagement be paid, or confirmed again; a dispute keeps it for afterwards."""
    before, after = (_CONFIRMED, _PAID) if paid else (_PAID, _CONFIRMED)
    if engagement.state is before:
        engagement.state = after
    elif engagement.before_dispute is before:
        engagement.before_dispute = after
