"""A worker and a job: all that decides whether they fit, gathered in three statements."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import NotFound
from app.employers.models import Employer
from app.engagements.eligibility import Applicant, Wanted
from app.jobs.models import PROVINCE, Job, JobState, Shift
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
    kept: frozenset[UUID]  # the shifts in which a place is kept for the worker

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
            of_province=job.source == PROVINCE,
        )

    def now_engaged(self, shift: Shift) -> None:
        """Count a shift that the worker was just taken on for."""
        engaged = [*self.applicant.engaged, (shift.starts_at, shift.ends_at)]
        self.applicant = replace(self.applicant, engaged=engaged)

    def full(self, shift: Shift) -> bool:
        """Tell whether a shift takes the worker no more, not even to wait."""
        if shift.id in self.kept or shift.open > 0:
            return False
        return shift.headcount - shift.open + shift.waiting >= shift.headcount * (1 + WAITING_PER_PLACE)

    def at_once(self, shift: Shift) -> bool:
        """Tell whether the worker can have a place without waiting."""
        return shift.id in self.kept or shift.free > 0


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
    applicant, kept = await _applicant(session, worker, job, list(shifts), but)
    return Case(worker, job, employer, trade, shifts, applicant, kept)


# All that is known of a worker for one job, in one round trip. A certificate counts once staff have verified
# it, until it runs out (indexes ex_engagements_no_overlap, uq_application_shifts_live and that of kept
# places, worker_id first).
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
      ARRAY(SELECT shift_id FROM kept_places WHERE worker_id = :worker AND shift_id = ANY(:shifts)) AS kept,
      EXISTS (SELECT FROM employer_members WHERE account_id = :worker AND employer_id = :employer) AS own_job,
      EXISTS (SELECT FROM consents WHERE account_id = :worker AND purpose = 'province' AND given)
        AS shared_with_province
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
) -> tuple[Applicant, frozenset[UUID]]:
    values = {"worker": worker.id, "employer": job.employer_id, "shifts": shift_ids, "but": but}
    known = (await session.execute(_KNOWN, values | {"today": clock.today(), "now": clock.now()})).one()
    applicant = Applicant(
        verified=worker.verified_at is not None,
        birth_date=worker.birth_date,
        certificates=frozenset(known.certificates),
        engaged=[(times.lower, times.upper) for times in known.engaged],
        applied=frozenset(known.applied),
        own_job=known.own_job,
        shared_with_province=known.shared_with_province,
    )
    return applicant, frozenset(known.kept)
