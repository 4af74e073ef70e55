"""Pay records put into the shape that clients see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound
from app.engagements.models import Engagement
from app.pay import queries
from app.pay.models import PayRecord, PayReport
from app.pay.reporting import reference_of
from app.pay.schemas import PayCase, PayRecordView, PayReportShown, PayReportView


async def records(session: AsyncSession, rows: Sequence[queries.Row]) -> list[PayRecordView]:
    """Return records as the two parties see them, in three more statements."""
    found = await queries.beside(session, [row[0] for row in rows])
    return [
        PayRecordView(
            **_shown(row, found),
            reports=[
                PayReportView(**_said(made, found), reference=reference_of(made))
                for made in found.reports[row[0].id]
            ],
        )
        for row in rows
    ]


async def one(session: AsyncSession, record: PayRecord) -> PayRecordView:
    """Return a record that was just changed."""
    rows = (await session.execute(queries.of_record(record.id))).all()
    return (await records(session, rows))[0]


async def of_engagement(session: AsyncSession, engagement_id: UUID) -> list[PayRecordView]:
    return await records(session, (await session.execute(queries.of_engagement(engagement_id))).all())


async def cases(session: AsyncSession, rows: Sequence[queries.Row]) -> list[PayCase]:
    """Return records as staff see them: without the payments' references."""
    found = await queries.beside(session, [row[0] for row in rows])
    return [
        PayCase(
            **_shown(row, found),
            worker_id=row[0].worker_id,
            employer_id=row[0].employer_id,
            division=row[0].division,
            station_id=row[0].station_id,
            reports=[PayReportShown(**_said(made, found)) for made in found.reports[row[0].id]],
        )
        for row in rows
    ]


async def case(session: AsyncSession, statement: Select[PayRecord, Engagement, str, str, str]) -> PayCase:
    """Return the one record that was asked for, or 404."""
    rows = (await session.execute(statement)).all()
    if not rows:
        raise NotFound
    return (await cases(session, rows))[0]


def _shown(row: queries.Row, found: queries.Beside) -> dict[str, Any]:
    record, engagement, job_title, worker_name, employer_name = row
    return {
        "id": record.id,
        "engagement_id": record.engagement_id,
        "engagement_state": engagement.state,
        "owed_for": record.owed_for,
        "state": record.state,
        "owed_fen": record.owed_fen,
        "open_fen": record.open_fen,
        "reported_fen": record.reported_fen,
        "settled_fen": record.settled_fen,
        "contested_fen": record.contested_fen,
        "cancelled_fen": record.cancelled_fen,
        "due_at": record.due_at,
        "overdue_at": record.overdue_at,
        "settled_at": record.settled_at,
        "claimed_minutes": record.claimed_minutes,
        "claimed_pieces": record.claimed_pieces,
        "claimed_text": record.claimed_text,
        "job_title": job_title,
        "worker_name": worker_name,
        "employer_name": employer_name,
        "starts_at": engagement.starts_at,
        "ends_at": engagement.ends_at,
        "basis": {
            "minutes": engagement.minutes,
            "pieces": engagement.pieces,
            "pay": found.pay[record.engagement_id],
        },
    }


def _said(made: PayReport, found: queries.Beside) -> dict[str, Any]:
    return {
        "id": made.id,
        "amount_fen": made.amount_fen,
        "method": made.method,
        "paid_at": made.paid_at,
        "reported_at": made.reported_at,
        "state": made.state,
        "received_fen": made.received_fen,
        "answered_at": made.answered_at,
        "text": made.text,
        "files": found.files[made.id],
    }
