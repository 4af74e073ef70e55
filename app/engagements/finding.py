"""Who could be taken on for a shift: the rules of eligibility.py as one statement, nearest first."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, exists, func, or_, select, text

from app.core import clock
from app.employers.models import Member
from app.engagements.eligibility import ADULT_AGE, WORKING_AGE, by_night
from app.engagements.models import Choice, ChoiceState, Engagement, EngagementState
from app.geo.places import read_back, stored
from app.identity.models import Account, AccountState, Consent, Purpose
from app.jobs.models import PROVINCE, Job, Shift
from app.trades.models import Trade
from app.workers.models import Certificate, CertificateState, Worker

LOOKING_FOR = timedelta(days=14)
_LIVE = (ChoiceState.PENDING, ChoiceState.ACCEPTED, ChoiceState.WAITLISTED)


def fitting(job: Job, shift: Shift, trade: Trade, within_m: int) -> Select[Worker, float, bool, bool]:
    """Return workers who could take the shift and may be found: distance in metres, phone, looking.

    May be found: who agreed to it, and who has no phone and is reached through a station. `looking`: not
    taken on for fourteen days. Within the radius and the worker's own; the order is `away_from(job)`, then
    the id (GiST on workers.home, nearest first).
    """
    away, here = away_from(job), _point_of(job)
    fits = [
        Worker.verified_at.is_not(None),
        Worker.birth_date <= _born_until(shift, trade),
        func.ST_DWithin(Worker.home, here, float(within_m)),
        away <= Worker.travel_radius_m,
        or_(Worker.trades.contains([job.trade]), func.cardinality(Worker.trades) == 0),
        _available(shift),
        Account.state == AccountState.ACTIVE,
        or_(_consents(Purpose.FIND_ME), Account.phone_index.is_(None)),
        *([_consents(Purpose.PROVINCE)] if job.source == PROVINCE else []),  # who may not ask for it
        ~exists().where(Member.account_id == Worker.id, Member.employer_id == job.employer_id),
        ~_engaged(shift),
        ~exists().where(Choice.worker_id == Worker.id, Choice.shift_id == shift.id, Choice.state.in_(_LIVE)),
        *(_certified(kind, clock.today()) for kind in sorted(certificates_for(job, trade))),
    ]
    looking = ~exists().where(
        Engagement.worker_id == Worker.id,
        Engagement.state != EngagementState.CANCELLED,
        Engagement.agreed_at > clock.now() - LOOKING_FOR,
    )
    return (
        select(Worker, away, Account.phone_index.is_not(None), looking)
        .join(Account, Account.id == Worker.id)
        .where(*fits)
        .order_by(away, Worker.id)
    )


def _consents(purpose: Purpose) -> ColumnElement[bool]:
    return exists().where(Consent.account_id == Worker.id, Consent.purpose == purpose, Consent.given)


def away_from(job: Job) -> ColumnElement[float]:
    """Return how far a worker lives from the place of work, metres."""
    return Worker.home.op("<->", return_type=Float)(_point_of(job))


def _point_of(job: Job) -> Any:
    if job.point is None:
        raise ValueError("a posting without a place")
    return stored(read_back(job.point))


def certificates_for(job: Job, trade: Trade) -> set[str]:
    """Return the certificates that the posting and the law ask for."""
    return {*job.certificates, *([trade.certificate] if trade.certificate else [])}


def _born_until(shift: Shift, trade: Trade) -> date:
    """Return the last birthday with which one may take the shift (rule 5)."""
    age = ADULT_AGE if trade.hazardous or by_night(shift.starts_at, shift.ends_at) else WORKING_AGE
    day = clock.day_of(shift.starts_at)
    if (day.month, day.day) == (2, 29):  # no such day sixteen years before, or eighteen
        day -= timedelta(days=1)
    return day.replace(year=day.year - age)


def _available(shift: Shift) -> ColumnElement[bool]:
    """Tell whether a weekday's stretch holds the shift; none at all means any time."""
    begins, ends = (at.astimezone(clock.SHANGHAI) for at in (shift.starts_at, shift.ends_at))
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else "24:00"
    holds = text(
        "EXISTS (SELECT FROM jsonb_array_elements(workers.availability) one"
        " WHERE (one ->> 'weekday')::int = :weekday"
        " AND one ->> 'from' <= :from_ AND one ->> 'until' >= :until)"
    ).bindparams(weekday=begins.isoweekday(), from_=f"{begins:%H:%M}", until=until)
    return or_(func.jsonb_array_length(Worker.availability) == 0, holds)


def _engaged(shift: Shift) -> ColumnElement[bool]:
    """Tell whether the worker is taken on at that time (GiST ex_engagements_no_overlap)."""
    then = func.tstzrange(shift.starts_at, shift.ends_at)
    taken = func.tstzrange(Engagement.starts_at, Engagement.ends_at)
    return exists().where(
        Engagement.worker_id == Worker.id,
        text("engagements.state <> 'cancelled'"),
        taken.op("&&", is_comparison=True)(then),
    )


def _certified(kind: str, today: date) -> ColumnElement[bool]:
    return exists().where(
        Certificate.worker_id == Worker.id,
        Certificate.kind == kind,
        Certificate.state == CertificateState.VERIFIED,
        func.coalesce(Certificate.valid_until, today) >= today,
    )
