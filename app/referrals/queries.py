"""Which referrals there are, who sent them, and how many."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, wall
from app.core.problems import NotFound
from app.employers.models import Employer
from app.engagements.models import Engagement, EngagementState
from app.identity.models import Account, AccountState
from app.jobs.models import Job, Shift
from app.referrals.models import Referral, ReferralQuota, ReferralState
from app.stations.models import Role, Staff, Station
from app.workers.models import Worker

CITY = "1410"
_CAME = (
    EngagementState.CHECKED_IN,
    EngagementState.CHECKED_OUT,
    EngagementState.CONFIRMED,
    EngagementState.PAID,
)
# What the figures tell of a clerk's month after how many were sent and came, in this order.
COUNTED = (
    ReferralState.HIRED,
    ReferralState.NOT_HIRED,
    ReferralState.DECLINED,
    ReferralState.LAPSED,
    ReferralState.WITHDRAWN,
)
Row = SqlRow[Referral, Job, Shift, Worker, Employer, str, EngagementState | None]


def month_of(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a day's month in Shanghai, and of the month after."""
    first = day.replace(day=1)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return clock.start_of(first), clock.start_of(after)


def workers_in_reach(officer: Officer) -> ColumnElement[bool]:
    """Return the predicate for workers who live in the divisions served; no home: the centre's."""
    homeless = Worker.division.is_(None) if CITY in officer.served else false()
    return or_(officer.reaches(Worker.division), homeless)


def jobs_of_the_county(officer: Officer) -> ColumnElement[bool]:
    """Return the predicate for jobs of the counties served: work is sought beyond one's township."""
    counties = {code[:6] for code in officer.served}
    return or_(false(), *(Job.division.bool_op("^@")(code) for code in sorted(counties)))


async def job_for(session: AsyncSession, officer: Officer, job_id: UUID) -> Job:
    """Return a published posting of the officer's county, or 404."""
    job = await session.scalar(
        select(Job).where(Job.id == job_id, Job.published_at.is_not(None), jobs_of_the_county(officer))
    )
    if job is None:
        raise NotFound
    return job


async def worker_for(session: AsyncSession, officer: Officer, worker_id: UUID) -> Worker:
    """Return a worker within reach whose account stands, or 404."""
    worker = await session.scalar(
        select(Worker)
        .join(Account, Account.id == Worker.id)
        .where(Worker.id == worker_id, Account.state == AccountState.ACTIVE, workers_in_reach(officer))
    )
    if worker is None:
        raise NotFound
    return worker


def in_reach_of(
    officer: Officer,
    *,
    state: ReferralState | None = None,
    mine: bool = False,
    month: date | None = None,
    worker_id: UUID | None = None,
) -> Select[UUID]:
    """Return the ids of referrals by stations within reach.

    Indexes division, id; staff_id, sent_at; worker_id, id.
    """
    statement = select(Referral.id).where(officer.reaches(Referral.division))
    if state:
        statement = statement.where(Referral.state == state)
    if mine:
        statement = statement.where(Referral.staff_id == officer.staff.id)
    if month:
        begins, ends = month_of(month)
        statement = statement.where(Referral.sent_at >= begins, Referral.sent_at < ends)
    if worker_id:
        statement = statement.where(Referral.worker_id == worker_id)
    return statement


async def with_what_came(session: AsyncSession, ids: Sequence[UUID]) -> list[Row]:
    """Return referrals that were found within reach as they are now, in that order, with what is shown.

    Past the wall: the work may be elsewhere in the county, and the worker or who sent her have moved since.
    """
    statement = (
        select(Referral, Job, Shift, Worker, Employer, Staff.name, Engagement.state)
        .join(Job, Job.id == Referral.job_id)
        .join(Shift, Shift.id == Referral.shift_id)
        .join(Worker, Worker.id == Referral.worker_id)
        .join(Employer, Employer.id == Referral.employer_id)
        .join(Staff, Staff.id == Referral.staff_id)
        .outerjoin(Engagement, Engagement.id == Referral.engagement_id)
        .where(Referral.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    async with wall.lifted(session):
        found = {row[0].id: row for row in await session.execute(statement)}
    return [found[id_] for id_ in ids]


async def one_in_reach(session: AsyncSession, officer: Officer, referral_id: UUID) -> Row:
    """Return a referral within reach as it is now, or 404."""
    id_ = await session.scalar(in_reach_of(officer).where(Referral.id == referral_id))
    if id_ is None:
        raise NotFound
    return (await with_what_came(session, [id_]))[0]


def sent_in(begins: datetime, ends: datetime) -> ColumnElement[int]:
    """Return how many a clerk sent in a stretch of time (index staff_id, sent_at)."""
    return (
        select(func.count())
        .where(Referral.staff_id == Staff.id, Referral.sent_at >= begins, Referral.sent_at < ends)
        .correlate(Staff)
        .scalar_subquery()
    )


def quotas(officer: Officer) -> Select[Staff, int | None, int]:
    """Return who may send, of stations within reach, with the quota and what is used this month."""
    begins, ends = month_of(clock.today())
    may = Staff.role.in_([Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER])
    return (
        select(Staff, ReferralQuota.monthly, sent_in(begins, ends))
        .join(Station, Station.id == Staff.station_id)
        .outerjoin(ReferralQuota, ReferralQuota.staff_id == Staff.id)
        .where(officer.reaches(Station.division), Staff.dismissed_at.is_(None), may)
    )


def senders(officer: Officer, month: date) -> Select[UUID]:
    """Return the ids of who sent somebody in a month, from stations within reach."""
    begins, ends = month_of(month)
    sent = Referral.sent_at >= begins, Referral.sent_at < ends
    return select(Referral.staff_id).where(*sent, officer.reaches(Referral.division)).distinct()


async def figures_of(
    session: AsyncSession, officer: Officer, month: date, staff_ids: Sequence[UUID]
) -> Sequence[SqlRow[*tuple[Any, ...]]]:
    """Return what became of some clerks' referrals of a month, the newest clerk first.

    Index staff_id, sent_at. Past the wall: the work may be elsewhere, and a clerk have moved since.
    """
    begins, ends = month_of(month)
    counts = [
        func.count().filter(Engagement.state.in_(_CAME)).label("came"),
        *(func.count().filter(Referral.state == state).label(state.value) for state in COUNTED),
    ]
    statement = (
        select(Staff, func.count().label("sent"), *counts)
        .join(Referral, Referral.staff_id == Staff.id)
        .outerjoin(Engagement, Engagement.id == Referral.engagement_id)
        .where(
            Staff.id.in_(staff_ids),
            Referral.sent_at >= begins,
            Referral.sent_at < ends,
            officer.reaches(Referral.division),
        )
        .group_by(Staff.id)
        .order_by(Staff.id.desc())
    )
    async with wall.lifted(session):
        return (await session.execute(statement)).all()
