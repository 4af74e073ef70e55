"""What is asked about applications and engagements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, Select, Uuid, bindparam, select, text
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.problems import NotFound
from app.employers.models import Employer, Member
from app.engagements.eligibility import Applicant, Wanted
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
from app.jobs.models import Job, JobState, Shift
from app.trades.models import Trade
from app.workers.models import Worker

# How many may wait for each place: more would be a false hope.
WAITING_PER_PLACE = 2


@dataclass
class Case:
    """A worker and a job, with all that decides whether they fit."""

    worker: Worker
    job: Job
    employer: Employer
    trade: Trade
    shifts: dict[UUID, Shift]
    applicant: Applicant

    @property
    def wanted(self) -> Wanted:
        """What the job asks for, and whether it is open, as it is known by now: a lock reads it anew."""
        job, needed = self.job, self.trade.certificate
        return Wanted(
            open=job.state is JobState.OPEN
            and job.valid_until is not None
            and job.valid_until > clock.now()
            and self.employer.is_verified,
            hazardous=self.trade.hazardous,
            certificates=frozenset({*job.certificates, *([needed] if needed else [])}),
        )

    def now_engaged(self, shift: Shift) -> None:
        """Count a shift that the worker was just taken on for."""
        engaged = [*self.applicant.engaged, (shift.starts_at, shift.ends_at)]
        self.applicant = replace(self.applicant, engaged=engaged)


async def case_for(session: AsyncSession, worker: Worker, job_id: UUID, but: UUID | None = None) -> Case:
    """Gather what decides whether a worker fits a job, in three statements; 404 for a job not published.

    `but` is an application whose own requests do not count as applied already.
    """
    row = (
        await session.execute(
            select(Job, Employer, Trade)
            .join(Employer, Employer.id == Job.employer_id)
            .join(Trade, Trade.code == Job.trade)
            .where(Job.id == job_id, Job.published_at.is_not(None))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    job, employer, trade = row
    found = await session.scalars(select(Shift).where(Shift.job_id == job_id).order_by(Shift.starts_at))
    shifts = {shift.id: shift for shift in found}
    applicant = await _applicant(session, worker, job, list(shifts), but)
    return Case(worker, job, employer, trade, shifts, applicant)


def full(shift: Shift) -> bool:
    """Tell whether a shift takes nobody any more, not even to wait."""
    return shift.hired + shift.waiting >= shift.headcount * (1 + WAITING_PER_PLACE) and (
        shift.hired >= shift.headcount
    )


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
    """Return the terms with a hash, and whether they are the ones in force; else 404 (index hash)."""
    row = (
        await session.execute(
            select(Terms, Engagement.terms_hash == Terms.hash)
            .join(Engagement, Engagement.id == Terms.engagement_id)
            .where(Terms.hash == hash_)
            .limit(1)
        )
    ).one_or_none()
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


# All that is known of a worker for one job, in one round trip. A certificate counts once staff have verified
# it, until it runs out (indexes ex_engagements_no_overlap and uq_application_shifts_live, worker_id first).
_KNOWN = text(
    """SELECT
      ARRAY(SELECT kind FROM certificates
             WHERE worker_id = :worker AND state = 'verified' AND coalesce(valid_until, :today) >= :today)
        AS certificates,
      ARRAY(SELECT tstzrange(starts_at, ends_at) FROM engagements
             WHERE worker_id = :worker AND state <> 'cancelled' AND ends_at > :now) AS engaged,
      ARRAY(SELECT shift_id FROM application_shifts
             WHERE worker_id = :worker AND shift_id = ANY(:shifts) AND application_id IS DISTINCT FROM :but
               AND state IN ('pending', 'accepted', 'waitlisted')) AS applied,
      EXISTS (SELECT FROM employer_members WHERE account_id = :worker AND employer_id = :employer) AS own_job
    """
).bindparams(
    bindparam("worker", type_=Uuid),
    bindparam("employer", type_=Uuid),
    bindparam("but", type_=Uuid),
    bindparam("shifts", type_=ARRAY(Uuid)),
    bindparam("today", type_=Date),
    bindparam("now", type_=DateTime(timezone=True)),
)


async def _applicant(
    session: AsyncSession, worker: Worker, job: Job, shift_ids: list[UUID], but: UUID | None
) -> Applicant:
    values = {"worker": worker.id, "employer": job.employer_id, "shifts": shift_ids, "but": but}
    known = (await session.execute(_KNOWN, values | {"today": clock.today(), "now": clock.now()})).one()
    return Applicant(
        verified=worker.verified_at is not None,
        birth_date=worker.birth_date,
        certificates=frozenset(known.certificates),
        engaged=[(times.lower, times.upper) for times in known.engaged],
        applied=frozenset(known.applied),
        own_job=known.own_job,
    )


Row = tuple[Engagement, Job, Worker, Employer] | SqlRow[Engagement, Job, Worker, Employer]
