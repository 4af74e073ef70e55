"""What employers do with postings: draft, change, submit, close, copy. Shifts have their own (booking.py)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import Fault, Invalid, must_be_fresh, refuse_field
from app.core.types import new_id
from app.employers.models import Employer
from app.geo.places import PlaceGiven, read_back, stored, views
from app.geo.problems import OutsideTheCity
from app.geo.queries import locate
from app.jobs import lawful, listings
from app.jobs.events import ConditionsChanged, JobClosed, JobPublished
from app.jobs.models import PROVINCE, ClosedBecause, Hiring, Job, JobState, Shift
from app.jobs.problems import BelowMinimumWage, PeopleTakenOn, PostingIncomplete
from app.jobs.schemas import JobChanges, JobDraft, Requirements, ShiftDraft
from app.jobs.words import folded, indexed
from app.stations.queries import responsible_for
from app.trades.models import Trade
from app.trades.queries import RETIRED_TRADE, UNKNOWN_TRADE, unknown_certificates

MOST_SHIFTS = 400


async def draft(
    session: AsyncSession, employer: Employer, given: JobDraft, *, source_id: str | None = None
) -> Job:
    """Keep a draft, complete or not; refuses a place outside the city and unknown codes.

    `source_id`: it is a vacancy of the province, by the province's name for it.
    """
    job = Job(
        id=new_id(),
        employer_id=employer.id,
        state=JobState.DRAFT,
        hiring=Hiring.REVIEW,
        reasons=[],
        certificates=[],
        findings=[],
        reviewed=False,
        check_in_radius_m=300,
        source="city" if source_id is None else PROVINCE,
        source_id=source_id,
        version=1,
        created_at=clock.now(),
    )
    await _describe(session, job, given)
    session.add(job)
    await session.flush()
    await add(session, job, given.shifts)
    return job


async def change(session: AsyncSession, job: Job, changes: JobChanges, version: int | None) -> Job:
    """Change a draft, a posting in review, or an open one.

    Those taken on keep their terms until they consent (rule 6); refuses another trade or certificates
    for them. An open posting is checked again, and goes back to review unless the employer is trusted
    and nothing was found.
    """
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.DRAFT, JobState.IN_REVIEW, JobState.OPEN)
    must_be_fresh(version, job.version)
    asked = changes.model_fields_set - {"hiring", "valid_until"}
    before, work = _conditions(job), (job.trade, job.certificates)
    await _describe(session, job, changes)
    job.version += 1
    taken_on = job.state is not JobState.DRAFT and asked and await _anyone_taken_on(session, job)
    if taken_on and work != (job.trade, job.certificates):
        raise PeopleTakenOn
    if job.state is JobState.OPEN:
        await check(session, job, await shifts_of(session, job.id))
        if asked and not await _may_publish(session, job):
            job.state, job.submitted_at, job.reviewed = JobState.IN_REVIEW, clock.now(), False
    elif job.state is JobState.IN_REVIEW:
        await check(session, job, await shifts_of(session, job.id))
    await listings.refresh(session, [job.id])
    names = [name for name, now in _conditions(job).items() if now != before[name]]
    if taken_on and names:
        await emit(session, ConditionsChanged(job.id, names))
    return job


def _conditions(job: Job) -> dict[str, Any]:
    """Return what the people taken on agreed to, apart from the trade and the times."""
    return {
        "title": job.title,
        "description": job.description,
        "requirements": job.requirements_text,
        "insurance": job.insurance,
        "place": job.places,
        "pay": (job.pay_fen, job.pay_per, job.expected_minutes),
        "pay_settlement": job.pay_settlement,
    }


async def submit(session: AsyncSession, job: Job) -> Job:
    """Hand a complete draft in; a trusted employer's is published at once if nothing was found.

    Refuses an unverified employer, what is missing (rule 3), pay below the minimum (rule 4).
    """
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.DRAFT)
    employer = await session.get_one(Employer, job.employer_id)
    employer.must_be_verified()
    await check(session, job, await shifts_of(session, job.id))
    await _must_be_in_use(session, job.trade or "")
    job.state, job.submitted_at, job.reasons, job.reviewed = JobState.IN_REVIEW, clock.now(), [], False
    job.version += 1
    if await _may_publish(session, job):
        await publish(session, job)
    else:
        await session.flush()
    return job


async def publish(session: AsyncSession, job: Job) -> None:
    """Open a posting to workers."""
    job.state, job.published_at = JobState.OPEN, clock.now()
    job.version += 1
    await listings.refresh(session, [job.id])
    await emit(session, JobPublished(job.id))


async def close(session: AsyncSession, job: Job, because: ClosedBecause) -> Job:
    """Take a posting away from search; people taken on stay taken on."""
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.DRAFT, JobState.IN_REVIEW, JobState.OPEN)
    job.state, job.closed_because = JobState.CLOSED, because
    job.version += 1
    await listings.refresh(session, [job.id])
    await emit(session, JobClosed(job.id, because.value))
    return job


async def copy(session: AsyncSession, job: Job) -> Job:
    """Make a draft like this posting, without its shifts: booking again starts from the days."""
    names = [c.key for c in Job.__table__.columns if c.key not in _NOT_COPIED]
    other = Job(
        id=new_id(),
        state=JobState.DRAFT,
        reasons=[],
        findings=[],
        reviewed=False,
        version=1,
        created_at=clock.now(),
        **{name: getattr(job, name) for name in names},
    )
    other.point = stored(read_back(job.point)) if job.point else None
    session.add(other)
    await session.flush()
    return other


_NOT_COPIED = {
    "id",
    "state",
    "closed_because",
    "reasons",
    "findings",
    "reviewed",
    "submitted_at",
    "published_at",
    "valid_until",
    "version",
    "created_at",
    "words",
    "searched",
}


async def shifts_of(session: AsyncSession, job_id: UUID) -> list[Shift]:
    """Return a job's shifts in order (index job_id, starts_at)."""
    found = await session.scalars(
        select(Shift).where(Shift.job_id == job_id).order_by(Shift.starts_at, Shift.id)
    )
    return list(found)


async def _describe(session: AsyncSession, job: Job, given: JobChanges) -> None:
    fields = given.model_fields_set
    for name in ("title", "description", "pay_settlement", "valid_until"):
        if name in fields:
            setattr(job, name, getattr(given, name))
    if given.hiring:
        job.hiring = given.hiring
    if given.trade:
        if given.trade != job.trade:
            await _must_be_in_use(session, given.trade)
        job.trade = given.trade
    if given.pay:
        job.pay_fen, job.pay_per = given.pay.amount_fen, given.pay.per
        job.expected_minutes = given.pay.expected_minutes
    job.check_in_radius_m = given.check_in_radius_m or job.check_in_radius_m
    if given.insurance:
        job.insurance = given.insurance.provided_by
    if given.requirements:
        await _require(session, job, given.requirements)
    if given.place:
        await _stand_at(session, job, given.place)


async def _must_be_in_use(session: AsyncSession, code: str) -> None:
    """Refuse a code that is no trade, or a retired trade's: postings that have it keep it."""
    trade = await session.get(Trade, code)
    if trade is None or trade.retired:
        raise Invalid(faults=[Fault("/trade", *(UNKNOWN_TRADE if trade is None else RETIRED_TRADE))])


async def _require(session: AsyncSession, job: Job, requirements: Requirements) -> None:
    wanted = list(dict.fromkeys(requirements.certificates))
    faults = await unknown_certificates(session, wanted, "/requirements/certificates")
    if faults:
        raise Invalid(faults=faults)
    job.certificates, job.requirements_text = wanted, requirements.text


async def _stand_at(session: AsyncSession, job: Job, place: PlaceGiven) -> None:
    """Set the place, and with it the division and the station that is responsible."""
    location = await locate(session, place.point)
    if location is None:
        raise OutsideTheCity.at("/place")
    job.point, job.places = stored(place.point), views(place.point, place.address)
    job.county_code, job.division = location.county.code, location.township.code
    job.station_id = await responsible_for(session, location.township.code)
    await session.execute(
        update(Shift).where(Shift.job_id == job.id).values(county_code=location.county.code)
    )


async def add(session: AsyncSession, job: Job, given: Sequence[ShiftDraft]) -> list[Shift]:
    """Add shifts that are to come, to a posting in any state; refuses more than 400 in all."""
    lawful.must_be_to_come(given)
    there = await session.scalar(select(func.count()).where(Shift.job_id == job.id)) or 0
    if there + len(given) > MOST_SHIFTS:
        raise refuse_field(
            "/shifts", "too_many_shifts", "一个岗位至多 400 个班次", "A job has 400 shifts at most"
        )
    added = [
        Shift(
            id=new_id(),
            job_id=job.id,
            county_code=job.county_code,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            headcount=one.headcount,
            hired=0,
            waiting=0,
            reserved=0,
        )
        for one in given
    ]
    session.add_all(added)
    await session.flush()
    return added


async def check(session: AsyncSession, job: Job, shifts: Sequence[Shift]) -> None:
    """Hold a posting to rules 3, 4 and 7; refuses what is missing and pay below the minimum."""
    missing = lawful.missing(job, shifts)
    if missing:
        raise PostingIncomplete(faults=missing)
    too_little = await lawful.wage_faults(session, job, shifts)
    if too_little:
        raise BelowMinimumWage(faults=too_little)
    job.findings = lawful.findings(job)
    await note_words(session, job)


async def note_words(session: AsyncSession, job: Job) -> None:
    """Keep the words that search finds the posting by."""
    employer, trade = (
        await session.get_one(Employer, job.employer_id),
        await session.get_one(Trade, job.trade),
    )
    searched = lawful.searched_text(job, employer, trade)
    await session.flush()
    await session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            searched=folded(searched),
            words=func.array_to_tsvector(func.string_to_array(indexed(searched), " ")),
        )
        .execution_options(synchronize_session=False)
    )


async def _may_publish(session: AsyncSession, job: Job) -> bool:
    """Tell whether a posting may be seen before staff have looked at it."""
    employer = await session.get_one(Employer, job.employer_id)
    return employer.trusted and employer.is_verified and not job.findings


async def _anyone_taken_on(session: AsyncSession, job: Job) -> bool:
    taken = select(Shift.id).where(Shift.job_id == job.id, Shift.hired > 0, Shift.ends_at > clock.now())
    return await session.scalar(taken.limit(1)) is not None
