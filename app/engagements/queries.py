"""What is asked about applications and engagements."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import wall
from app.core.problems import NotFound
from app.employers.models import Employer, Member
from app.engagements.models import (
    Application,
    Change,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Excuse,
    Terms,
)
from app.identity.models import Account
from app.jobs.models import Job
from app.workers.models import Worker


def first_waiting(shift_id: UUID) -> Select[Choice]:
    """Return who waits longest for a shift (index ix_application_shifts_waiting)."""
    return (
        select(Choice)
        .where(Choice.shift_id == shift_id, Choice.state == ChoiceState.WAITLISTED)
        .order_by(Choice.id)
        .limit(1)
    )


def of_worker(worker_id: UUID) -> Select[Application]:
    """Return a worker's applications (index worker_id, id)."""
    return select(Application).where(Application.worker_id == worker_id)


def for_job(job_id: UUID, states: Sequence[ChoiceState]) -> Select[Application]:
    """Return a job's applications (index job_id, id)."""
    statement = select(Application).where(Application.job_id == job_id)
    if states:
        live = select(Choice.application_id).where(Choice.state.in_(states))
        statement = statement.where(Application.id.in_(live))
    return statement


async def choices_for(session: AsyncSession, applications: Sequence[Application]) -> dict[UUID, list[Choice]]:
    """Return the shifts of a page of applications, in one statement."""
    found: dict[UUID, list[Choice]] = {application.id: [] for application in applications}
    for choice in await session.scalars(
        select(Choice).where(Choice.application_id.in_(list(found))).order_by(Choice.id)
    ):
        found[choice.application_id].append(choice)
    return found


async def own_application(session: AsyncSession, worker: Worker, application_id: UUID) -> Application:
    """Return a worker's own application, or 404."""
    application = await session.get(Application, application_id)
    if application is None or application.worker_id != worker.id:
        raise NotFound
    return application


async def application_to(session: AsyncSession, account: Account, application_id: UUID) -> Application:
    """Return an application to an employer that the account acts for, or 404."""
    application = await session.scalar(
        select(Application)
        .join(Job, Job.id == Application.job_id)
        .join(Member, Member.employer_id == Job.employer_id)
        .where(Application.id == application_id, Member.account_id == account.id)
    )
    if application is None:
        raise NotFound
    return application


def engagements_of(
    account_id: UUID, state: EngagementState | None = None
) -> Select[Engagement, Job, Worker, Employer]:
    """Return engagements in which the account is the worker (index worker_id, id)."""
    return in_state(_engagements().where(Engagement.worker_id == account_id), state)


def engagements_for(
    employer_id: UUID, state: EngagementState | None = None
) -> Select[Engagement, Job, Worker, Employer]:
    """Return the engagements of one employer (index employer_id, id)."""
    return in_state(_engagements().where(Engagement.employer_id == employer_id), state)


def engagements_in_reach(
    officer: Officer, state: EngagementState | None, employer_id: UUID | None, worker_id: UUID | None
) -> Select[Engagement, Job, Worker, Employer]:
    """Return the engagements whose place of work is within reach (index division, id, or the party's)."""
    statement = _engagements().where(officer.reaches(Engagement.division))
    if employer_id:
        statement = statement.where(Engagement.employer_id == employer_id)
    if worker_id:
        statement = statement.where(Engagement.worker_id == worker_id)
    return in_state(statement, state)


def in_state(
    statement: Select[Engagement, Job, Worker, Employer], state: EngagementState | None
) -> Select[Engagement, Job, Worker, Employer]:
    return statement.where(Engagement.state == state) if state else statement


def engagement_seen_by(account_id: UUID, engagement_id: UUID) -> Select[Engagement, Job, Worker, Employer]:
    """Return an engagement to which the account is a party."""
    mine = select(Member.employer_id).where(Member.account_id == account_id)
    party = (Engagement.worker_id == account_id) | Engagement.employer_id.in_(mine)
    return _engagements().where(Engagement.id == engagement_id, party)


def terms_of(engagement_id: UUID) -> Select[Terms]:
    """Return the versions of the terms, the newest first."""
    return select(Terms).where(Terms.engagement_id == engagement_id).order_by(Terms.version.desc())


def excuses_of(engagement_ids: Sequence[UUID]) -> Select[Excuse]:
    """Return the excuses given for engagements (index engagement_id, by)."""
    return select(Excuse).where(Excuse.engagement_id.in_(engagement_ids))


async def terms_in_force(session: AsyncSession, engagement_ids: Sequence[UUID]) -> dict[UUID, Terms]:
    """Return the terms that hold now, of each engagement, in one statement (index engagement_id, version)."""
    found = await session.scalars(
        select(Terms)
        .join(Engagement, (Engagement.id == Terms.engagement_id) & (Engagement.terms_hash == Terms.hash))
        .where(Terms.engagement_id.in_(engagement_ids))
    )
    return {terms.engagement_id: terms for terms in found}


async def version_of_terms(session: AsyncSession, engagement_id: UUID, version: int | None) -> Terms:
    """Return a version of the terms, the newest if none is named; else 404 (index engagement_id, version)."""
    statement = terms_of(engagement_id).limit(1)
    found = await session.scalar(statement.where(Terms.version == version) if version else statement)
    if found is None:
        raise NotFound
    return found


async def terms_by_hash(session: AsyncSession, hash_: str) -> tuple[Terms, bool]:
    """Return the terms with a hash, and whether they are the ones in force; else 404 (index hash).

    Past the wall: who has the hash has the print.
    """
    statement = (
        select(Terms, Engagement.terms_hash == Terms.hash)
        .join(Engagement, Engagement.id == Terms.engagement_id)
        .where(Terms.hash == hash_)
        .limit(1)
    )
    async with wall.lifted(session):
        row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def changes_of(engagement_ids: Sequence[UUID]) -> Select[Change]:
    return select(Change).where(Change.engagement_id.in_(engagement_ids)).order_by(Change.id)


def _engagements() -> Select[Engagement, Job, Worker, Employer]:
    return (
        select(Engagement, Job, Worker, Employer)
        .join(Job, Job.id == Engagement.job_id)
        .join(Worker, Worker.id == Engagement.worker_id)
        .join(Employer, Employer.id == Engagement.employer_id)
    )


Row = tuple[Engagement, Job, Worker, Employer] | SqlRow[Engagement, Job, Worker, Employer]
