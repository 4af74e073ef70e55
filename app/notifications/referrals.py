"""Who is told of referrals: the worker who is sent, the employer who is to expect somebody."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.jobs.models import Job, Shift
from app.notifications.actions import Letter, tell
from app.notifications.kinds import Both, Span, Value
from app.notifications.parties import tell_members
from app.referrals.events import ReferralOver, WorkerReferred
from app.referrals.models import Referral, ReferralState
from app.stations.models import Staff, Station


@afterwards(WorkerReferred)
async def tell_of_the_referral(session: AsyncSession, event: WorkerReferred) -> None:
    """Tell both sides, in one message however many shifts; not what was taken back meanwhile."""
    referral, values, data = await _about(session, event.referral_id)
    if referral.state is ReferralState.WITHDRAWN:
        return
    staff = await session.get_one(Staff, referral.staff_id)
    station = await session.get_one(Station, staff.station_id)
    values |= {
        "station": station.name,
        "shifts": str(event.shifts),
        "until": referral.kept_until,
        "note": referral.note or "",
    }
    key, by = str(referral.id), referral.kept_until
    await tell(session, Letter(referral.worker_id, "referred", key, values, data, by))
    del values["note"]  # the worker's own
    await tell_members(session, referral.employer_id, "worker_referred", key, values, job_id=referral.job_id)


@afterwards(ReferralOver)
async def tell_that_it_is_over(session: AsyncSession, event: ReferralOver) -> None:
    referral, values, data = await _about(session, event.referral_id)
    await tell(session, Letter(referral.worker_id, "referral_over", str(referral.id), values, data))


async def _about(
    session: AsyncSession, referral_id: UUID
) -> tuple[Referral, dict[str, Value], dict[str, str]]:
    referral = await session.get_one(Referral, referral_id)
    job = await session.get_one(Job, referral.job_id)
    shift = await session.get_one(Shift, referral.shift_id)
    place = (job.places or {}).get("gcj02", {})
    values: dict[str, Value] = {
        "job": job.title or "",
        "when": Span(shift.starts_at, shift.ends_at),
        "where": place.get("address") or Both("地点见应用", "the place is in the app"),
    }
    return referral, values, {"referral_id": str(referral.id), "job_id": str(job.id)}
