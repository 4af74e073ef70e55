"""What waits, one query a kind: the cases within reach, all in one shape, the oldest ones by an index."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, and_, case, cast, func, null, or_, select

from app.access.asking import Officer
from app.cases.models import CaseKind
from app.disputes.models import LIVE, Dispute
from app.disputes.wording import KINDS as DISPUTES
from app.employers.models import Employer, EmployerState
from app.engagements.models import Engagement, Excuse, ExcuseState
from app.jobs.models import Job, JobState
from app.pay.models import PayRecord, PayState
from app.standing.models import Appeal, AppealState
from app.stations.models import Role
from app.workers.models import Certificate, CertificateState, Worker

Waiting = Select[*tuple[Any, ...]]
CITY = "1410"
_NO_STATION = cast(null(), Uuid)
_BY_WORKING_DAYS = cast(null(), DateTime(timezone=True))  # app/queues/deadlines.py


@dataclass(frozen=True)
class Source:
    """One kind of case: who may see the queue, who works on it, what waits in it.

    `waiting` selects case_id, title, division, station_id, since, due_at. `ledger` is what the object is
    called there, `link` where the case is read.
    """

    readers: frozenset[Role]
    workers: frozenset[Role]
    waiting: Callable[[Officer], Waiting]
    ledger: str
    link: str


def _employers(officer: Officer) -> Waiting:
    """Index ix_employers_waiting; an individual's name is masked already."""
    return _shaped(
        Employer, Employer.name, Employer.division, Employer.station_id, Employer.waiting_since
    ).where(Employer.state == EmployerState.PENDING, officer.reaches(Employer.division))


def _real_names(officer: Officer) -> Waiting:
    """Index ix_workers_unchecked, the division's prefix in it: there may be many, of the whole city."""
    home = func.coalesce(Worker.division, CITY)
    return _shaped(Worker, Worker.name_shown, home, _NO_STATION, Worker.verified_at).where(
        Worker.verified_at.is_not(None), Worker.identity_checked_at.is_(None), _lives_within(officer)
    )


def _jobs(officer: Officer) -> Waiting:
    """Index ix_jobs_to_review: before publication, or after it for employers that are trusted."""
    return _shaped(Job, func.coalesce(Job.title, ""), Job.division, Job.station_id, Job.submitted_at).where(
        Job.state.in_([JobState.IN_REVIEW, JobState.OPEN]),
        Job.reviewed.is_(False),
        Job.submitted_at.is_not(None),
        officer.reaches(Job.division),
    )


def _certificates(officer: Officer) -> Waiting:
    """Index ix_certificates_waiting."""
    title = Worker.name_shown + " · " + Certificate.kind
    home = func.coalesce(Worker.division, CITY)
    return (
        _shaped(Certificate, title, home, _NO_STATION, Certificate.created_at)
        .join(Worker, Worker.id == Certificate.worker_id)
        .where(Certificate.state == CertificateState.PENDING, _lives_within(officer))
    )


def _appeals(officer: Officer) -> Waiting:
    """Index ix_appeals_waiting."""
    return (
        _shaped(Appeal, _job_title(), Appeal.division, Engagement.station_id, Appeal.made_at, Appeal.due_at)
        .join(Engagement, Engagement.id == Appeal.engagement_id)
        .join(Job, Job.id == Engagement.job_id)
        .where(Appeal.state == AppealState.OPEN, officer.reaches(Appeal.division))
    )


def _disputes(officer: Officer) -> Waiting:
    """Index ix_disputes_live: what the officer's station has, is offered, or stands above."""
    here = officer.station
    beneath = Dispute.station_division.bool_op("^@")(here.division)
    below = and_(beneath, Dispute.station_division != here.division)
    title = case(DISPUTES, value=Dispute.kind, else_="")
    return _shaped(
        Dispute, title, Dispute.division, Dispute.station_id, Dispute.opened_at, Dispute.due_at
    ).where(
        Dispute.state.in_(LIVE),
        or_(Dispute.station_id == here.id, Dispute.handed_to == here.id, below),
    )


def _overdue_pay(officer: Officer) -> Waiting:
    """Index ix_pay_records_overdue: since the day on which it should have been paid."""
    return (
        _shaped(PayRecord, _job_title(), PayRecord.division, PayRecord.station_id, PayRecord.due_at)
        .join(Engagement, Engagement.id == PayRecord.engagement_id)
        .join(Job, Job.id == Engagement.job_id)
        .where(
            PayRecord.overdue_at.is_not(None),
            PayRecord.state.in_([PayState.OVERDUE, PayState.CONTESTED]),
            officer.reaches(PayRecord.division),
        )
    )


def _excuses(officer: Officer) -> Waiting:
    """Index ix_excuses_waiting."""
    return (
        _shaped(Excuse, _job_title(), Excuse.division, Engagement.station_id, Excuse.made_at, Excuse.due_at)
        .join(Engagement, Engagement.id == Excuse.engagement_id)
        .join(Job, Job.id == Engagement.job_id)
        .where(Excuse.state == ExcuseState.CLAIMED, officer.reaches(Excuse.division))
    )


def _shaped(of: Any, title: Any, division: Any, station_id: Any, since: Any, due_at: Any = None) -> Waiting:
    return select(
        of.id.label("case_id"),
        title.label("title"),
        division.label("division"),
        station_id.label("station_id"),
        since.label("since"),
        (_BY_WORKING_DAYS if due_at is None else due_at).label("due_at"),
    )


def _job_title() -> ColumnElement[str]:
    return func.coalesce(Job.title, "")


def _lives_within(officer: Officer) -> ColumnElement[bool]:
    """Who has no home in the city belongs to its centre."""
    lives = officer.reaches(Worker.division)
    return or_(lives, Worker.division.is_(None)) if CITY in officer.served else lives


# As the doors of each kind have it: who may look at its list, who decides.
_READERS = frozenset({Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER, Role.OPERATOR})
_REVIEWERS, _MEDIATORS = frozenset({Role.REVIEWER}), frozenset({Role.MEDIATOR})
_ARBITERS = _REVIEWERS | _MEDIATORS
_API = "/admin/v1"

SOURCES = {
    CaseKind.EMPLOYERS: Source(_READERS, _REVIEWERS, _employers, "employer", f"{_API}/employers/{{id}}"),
    CaseKind.REAL_NAMES: Source(_READERS, _REVIEWERS, _real_names, "worker", f"{_API}/workers/{{id}}"),
    CaseKind.JOBS: Source(_READERS, _REVIEWERS, _jobs, "job", f"{_API}/jobs/{{id}}"),
    CaseKind.CERTIFICATES: Source(
        _READERS, _REVIEWERS, _certificates, "certificate", f"{_API}/certificates/{{id}}/picture"
    ),
    # A manager sees who is late with what; an appeal's own words are for those who decide it.
    CaseKind.APPEALS: Source(
        _ARBITERS | {Role.MANAGER}, _ARBITERS, _appeals, "appeal", f"{_API}/appeals/{{id}}"
    ),
    CaseKind.DISPUTES: Source(_READERS, _MEDIATORS, _disputes, "dispute", f"{_API}/disputes/{{id}}"),
    CaseKind.OVERDUE_PAY: Source(_READERS, _MEDIATORS, _overdue_pay, "pay_record", f"{_API}/pay/{{id}}"),
    CaseKind.EXCUSES: Source(_READERS, _ARBITERS, _excuses, "excuse", f"{_API}/excuses/{{id}}"),
}
