"""What is asked about pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.access.asking import Officer
from app.attachments.queries import belonging_to
from app.core.keyring import keys
from app.core.problems import NotFound
from app.employers.models import Employer, Member
from app.engagements.models import Engagement, Terms
from app.jobs.models import Job
from app.pay.models import LateCancellationShare, OwedFor, PayRecord, PayReport, PayState
from app.workers.models import Worker

Row = tuple[PayRecord, Engagement, str, str, str] | SqlRow[PayRecord, Engagement, str, str, str]
_UNPAID = (PayState.OVERDUE, PayState.CONTESTED)


async def as_worker(session: AsyncSession, account_id: UUID, engagement_id: UUID) -> None:
    """Refuse (404) unless the account is the engagement's worker."""
    engagement = await session.get(Engagement, engagement_id)
    if engagement is None or engagement.worker_id != account_id:
        raise NotFound


async def as_employer(session: AsyncSession, account_id: UUID, *engagement_ids: UUID) -> None:
    """Refuse (404) unless the account acts for the employer of each engagement."""
    found = await session.scalars(
        select(Engagement.id)
        .join(Member, Member.employer_id == Engagement.employer_id)
        .where(Engagement.id.in_(engagement_ids), Member.account_id == account_id)
    )
    if set(engagement_ids) - set(found):
        raise NotFound


async def as_party(session: AsyncSession, account_id: UUID, engagement_id: UUID) -> None:
    """Refuse (404) unless the account is one of the two sides."""
    engagement = await session.get(Engagement, engagement_id)
    if engagement is None:
        raise NotFound
    if engagement.worker_id != account_id:
        await as_employer(session, account_id, engagement_id)


async def record_of(session: AsyncSession, engagement_id: UUID, owed_for: OwedFor) -> PayRecord | None:
    """Return what an engagement is owed for one thing (unique engagement_id, owed_for)."""
    return await session.scalar(
        select(PayRecord).where(PayRecord.engagement_id == engagement_id, PayRecord.owed_for == owed_for)
    )


def of_engagement(engagement_id: UUID) -> Select[PayRecord, Engagement, str, str, str]:
    return _rows().where(PayRecord.engagement_id == engagement_id).order_by(PayRecord.id)


def of_record(record_id: UUID) -> Select[PayRecord, Engagement, str, str, str]:
    return _rows().where(PayRecord.id == record_id)


def of_worker(worker_id: UUID, state: PayState | None) -> Select[PayRecord, Engagement, str, str, str]:
    """Return what a worker is owed (index worker_id, id)."""
    return _in(_rows().where(PayRecord.worker_id == worker_id), state)


def of_employer(employer_id: UUID, state: PayState | None) -> Select[PayRecord, Engagement, str, str, str]:
    """Return what an employer owes (index employer_id, id)."""
    return _in(_rows().where(PayRecord.employer_id == employer_id), state)


def in_reach_of(
    officer: Officer, state: PayState | None, division: str | None
) -> Select[PayRecord, Engagement, str, str, str]:
    """Return the records within reach, in a division and below (index state, division, id)."""
    statement = _rows().where(officer.reaches(PayRecord.division))
    if division:
        statement = statement.where(PayRecord.division.bool_op("^@")(division))
    return _in(statement, state)


def one_in_reach(officer: Officer, record_id: UUID) -> Select[PayRecord, Engagement, str, str, str]:
    return in_reach_of(officer, None, None).where(PayRecord.id == record_id)


def overdue(officer: Officer, division: str | None) -> Select[PayRecord, Engagement, str, str, str]:
    """Return what is past its date and not paid, the longest due first (index ix_pay_records_overdue)."""
    return (
        in_reach_of(officer, None, division)
        .where(PayRecord.overdue_at.is_not(None), PayRecord.state.in_(_UNPAID))
        .order_by(PayRecord.due_at, PayRecord.id)
    )


async def overdue_page(
    session: AsyncSession, officer: Officer, division: str | None, limit: int, cursor: str | None
) -> tuple[Sequence[Row], str | None]:
    """Return a page of the overdue by keyset over (due_at, id), and the cursor of the next one."""
    statement = overdue(officer, division)
    scope = f"pay-overdue/{officer.station.division}/{division}"
    if cursor:
        due, last = keys().cursors.read(cursor, scope)
        at = datetime.fromisoformat(due)
        later = (PayRecord.due_at > at) | ((PayRecord.due_at == at) & (PayRecord.id > UUID(last)))
        statement = statement.where(PayRecord.due_at >= at, later)
    found = (await session.execute(statement.limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        following = keys().cursors.sign([rows[-1][0].due_at.isoformat(), rows[-1][0].id], scope)
    return rows, following


async def sums_of(
    session: AsyncSession, whose: InstrumentedAttribute[UUID], owner_id: UUID
) -> dict[str, int]:
    """Return the sums over all that a worker is owed or an employer owes, in fen."""
    late = PayRecord.overdue_at.is_not(None)
    found = await session.execute(
        select(
            func.coalesce(func.sum(PayRecord.owed_fen), 0).label("owed_fen"),
            func.coalesce(func.sum(PayRecord.open_fen), 0).label("open_fen"),
            func.coalesce(func.sum(PayRecord.open_fen).filter(late), 0).label("overdue_fen"),
            func.coalesce(func.sum(PayRecord.reported_fen), 0).label("reported_fen"),
            func.coalesce(func.sum(PayRecord.settled_fen), 0).label("settled_fen"),
            func.coalesce(func.sum(PayRecord.contested_fen), 0).label("contested_fen"),
            func.coalesce(func.sum(PayRecord.cancelled_fen), 0).label("cancelled_fen"),
        ).where(whose == owner_id)
    )
    return {name: int(value) for name, value in found.mappings().one().items()}


@dataclass(frozen=True)
class Beside:
    """What stands beside a page of records."""

    reports: dict[UUID, list[PayReport]]
    files: dict[UUID, list[UUID]]
    pay: dict[UUID, dict[str, Any]]


async def beside(session: AsyncSession, records: Sequence[PayRecord]) -> Beside:
    """Return reports, their pictures and the terms' pay for a page of records, in three statements."""
    reports: dict[UUID, list[PayReport]] = {record.id: [] for record in records}
    for made in await session.scalars(
        select(PayReport).where(PayReport.record_id.in_(list(reports))).order_by(PayReport.id)
    ):
        reports[made.record_id].append(made)
    files: dict[UUID, list[UUID]] = {made.id: [] for found in reports.values() for made in found}
    for attachment in await session.scalars(belonging_to(list(files))):
        if attachment.owner_id:
            files[attachment.owner_id].append(attachment.id)
    newest = (
        select(Terms.engagement_id, Terms.body["pay"])
        .ext(distinct_on(Terms.engagement_id))
        .where(Terms.engagement_id.in_({record.engagement_id for record in records}))
        .order_by(Terms.engagement_id, Terms.version.desc())
    )
    agreed = (await session.execute(newest)).all()
    return Beside(reports, files, {row.engagement_id: row[1] for row in agreed})


async def report_on(session: AsyncSession, engagement_id: UUID, report_id: UUID) -> PayReport:
    """Return a reported payment of an engagement, or 404."""
    made = await session.scalar(
        select(PayReport)
        .join(PayRecord, PayRecord.id == PayReport.record_id)
        .where(PayReport.id == report_id, PayRecord.engagement_id == engagement_id)
    )
    if made is None:
        raise NotFound
    return made


async def shares_on(session: AsyncSession, day: date) -> list[LateCancellationShare]:
    """Return the late cancellation's shares in force on a day (primary key), the shortest notice first."""
    latest = (
        select(func.max(LateCancellationShare.effective_from))
        .where(LateCancellationShare.effective_from <= day)
        .scalar_subquery()
    )
    found = await session.scalars(
        select(LateCancellationShare)
        .where(LateCancellationShare.effective_from == latest)
        .order_by(LateCancellationShare.within_minutes)
    )
    return list(found)


def every_share() -> Select[LateCancellationShare]:
    """Return all shares, past ones and those to come, the newest first."""
    table = LateCancellationShare
    return select(table).order_by(table.effective_from.desc(), table.within_minutes).limit(500)


def _in(
    statement: Select[PayRecord, Engagement, str, str, str], state: PayState | None
) -> Select[PayRecord, Engagement, str, str, str]:
    return statement.where(PayRecord.state == state) if state else statement


def _rows() -> Select[PayRecord, Engagement, str, str, str]:
    return (
        select(PayRecord, Engagement, func.coalesce(Job.title, ""), Worker.name_shown, Employer.name)
        .join(Engagement, Engagement.id == PayRecord.engagement_id)
        .join(Job, Job.id == Engagement.job_id)
        .join(Worker, Worker.id == PayRecord.worker_id)
        .join(Employer, Employer.id == PayRecord.employer_id)
    )
