"""Facts of postings and of who posts them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.clock import day_of
from app.employers.models import Employer, EmployerKind, EmployerState
from app.feed.models import Reason
from app.feed.scope import CITY, Found, among
from app.geo.places import read_back
from app.jobs.models import Job, JobState, Shift
from app.mapping.facts import EmployerFacts, JobFacts, PlaceFacts, ShiftFacts


async def jobs(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return open postings of the city's verified employers."""

    def in_order(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        return func.array_agg(aggregate_order_by(column, Shift.starts_at, Shift.id))

    columns = (Shift.id, Shift.starts_at, Shift.ends_at, Shift.headcount, Shift.hired)
    shifts = (
        select(Shift.job_id, *(in_order(one).label(one.key) for one in columns))
        .where(among(Shift.job_id, ids))
        .group_by(Shift.job_id)
        .subquery()
    )
    statement = (
        select(
            Job.id,
            Job.state,
            Job.closed_because,
            Job.source,
            Employer.state.label("employer_state"),
            Job.title,
            Job.trade,
            Job.description,
            Job.places,
            Job.division,
            Job.pay_fen,
            Job.pay_per,
            Job.expected_minutes,
            Job.pay_settlement,
            Job.hiring,
            Job.certificates,
            Job.requirements_text,
            Job.insurance,
            Job.employer_id,
            Job.station_id,
            Job.valid_until,
            func.coalesce(Job.published_at, Job.created_at).label("published"),
            shifts.c.id.label("shift_ids"),
            shifts.c.starts_at,
            shifts.c.ends_at,
            shifts.c.headcount,
            shifts.c.hired,
        )
        .join(Employer, Employer.id == Job.employer_id)
        .outerjoin(shifts, shifts.c.job_id == Job.id)
        .where(among(Job.id, ids))
    )
    return {row.id: _job(row) for row in await session.execute(statement)}


def _job(row: Any) -> JobFacts | Reason:
    if row.source != CITY:
        return Reason.LEFT_SCOPE
    if row.state is JobState.CLOSED:
        return Reason(row.closed_because.value)
    if row.state is not JobState.OPEN:
        return Reason.LEFT_SCOPE
    if row.employer_state is not EmployerState.VERIFIED:
        return Reason.EMPLOYER_STOPPED
    place = row.places["wgs84"]
    of_shifts = zip(row.shift_ids, row.starts_at, row.ends_at, row.headcount, row.hired, strict=True)
    return JobFacts(
        division=row.division,
        day=day_of(row.published),
        title=row.title,
        trade=row.trade,
        description=row.description,
        place=PlaceFacts(place["lng"], place["lat"], place["address"]),
        pay_fen=row.pay_fen,
        pay_per=row.pay_per.value,
        expected_minutes=row.expected_minutes,
        pay_settlement=row.pay_settlement.value,
        hiring=row.hiring.value,
        certificates=row.certificates,
        requirements_text=row.requirements_text,
        insurance=row.insurance.value,
        employer_id=row.employer_id,
        station_id=row.station_id,
        shifts=[ShiftFacts(*one) for one in of_shifts] if row.shift_ids else [],
        valid_until=row.valid_until,
        published_at=row.published,
    )


async def employers(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return the city's verified employers; of an individual neither name nor home."""
    statement = select(
        Employer.id,
        Employer.kind,
        Employer.name,
        Employer.uscc,
        Employer.place,
        Employer.address,
        Employer.division,
        Employer.station_id,
        Employer.state,
        Employer.source,
        Employer.verified_at,
        Employer.verified_until,
        Employer.created_at,
    ).where(among(Employer.id, ids))
    return {row.id: _employer(row) for row in await session.execute(statement)}


def _employer(row: Any) -> EmployerFacts | Reason:
    if row.source != CITY or row.state is EmployerState.REJECTED:
        return Reason.LEFT_SCOPE
    if row.state is EmployerState.PENDING:
        return Reason.EXPIRED  # its verification ran out, or what was verified has been changed
    if row.state is not EmployerState.VERIFIED:
        return Reason.EMPLOYER_STOPPED
    person = row.kind is EmployerKind.INDIVIDUAL
    verified_at = row.verified_at or row.created_at
    return EmployerFacts(
        division=row.division,
        day=day_of(verified_at),
        kind=row.kind.value,
        name=None if person else row.name,
        uscc=row.uscc,
        place=None if person else PlaceFacts(*read_back(row.place), row.address),
        station_id=row.station_id,
        verified_at=verified_at,
        verified_until=row.verified_until,
    )
