"""Why a shift is not open to a worker: pure rules over what is known, the same for asking and applying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import SHANGHAI, day_of
from app.identity.id_numbers import age_on
from app.jobs.models import Shift

WORKING_AGE, ADULT_AGE = 16, 18
# 未成年人 do no night work: 22:00 to 06:00 (中小学幼儿园 and labour rules take the same hours).
NIGHT_FROM, NIGHT_UNTIL = time(22), time(6)


@dataclass(frozen=True)
class Applicant:
    """What is known of a worker for one job."""

    verified: bool
    birth_date: date | None
    certificates: frozenset[str]
    engaged: Sequence[tuple[datetime, datetime]]
    applied: frozenset[object]
    own_job: bool
    shared_with_province: bool


@dataclass(frozen=True)
class Wanted:
    """What a job asks for."""

    open: bool
    hazardous: bool
    certificates: frozenset[str]
    of_province: bool


def reasons(  # noqa: C901, PLR0912 - one branch a rule, in the order in which they are told
    applicant: Applicant, wanted: Wanted, shift: Shift, now: datetime, *, full: bool
) -> list[str]:
    """Return every reason, as codes, why the shift is not open to the applicant; none means it is."""
    found = []
    if not wanted.open:
        found.append("job_not_open")
    if applicant.own_job:
        found.append("own_job")
    if wanted.of_province and not applicant.shared_with_province:
        found.append("province_consent_missing")
    if not applicant.verified or applicant.birth_date is None:
        found.append("real_name_missing")
    else:
        age = age_on(applicant.birth_date, day_of(shift.starts_at))
        if age < WORKING_AGE:
            found.append("under_age")
        elif age < ADULT_AGE:
            if wanted.hazardous:
                found.append("minor_hazardous")
            if by_night(shift.starts_at, shift.ends_at):
                found.append("minor_night")
    if wanted.certificates - applicant.certificates:
        found.append("certificate_missing")
    if shift.starts_at <= now:
        found.append("shift_started")
    if shift.id in applicant.applied:
        found.append("applied_already")
    elif any(begins < shift.ends_at and shift.starts_at < ends for begins, ends in applicant.engaged):
        found.append("shift_overlaps")
    if full:
        found.append("shift_full")
    return found


def minors_night(birth_date: date, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether somebody under eighteen would work by night (rule 5)."""
    return age_on(birth_date, day_of(starts_at)) < ADULT_AGE and by_night(starts_at, ends_at)


def by_night(starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether any of it lies between 22:00 and 06:00 in Shanghai."""
    begins, ends = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    day = begins.date() - timedelta(days=1)
    while day <= ends.date():
        night_begins = datetime.combine(day, NIGHT_FROM, SHANGHAI)
        night_ends = datetime.combine(day + timedelta(days=1), NIGHT_UNTIL, SHANGHAI)
        if begins < night_ends and night_begins < ends:
            return True
        day += timedelta(days=1)
    return False
