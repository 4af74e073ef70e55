"""Taking one worker on for one shift: the place, the engagement, and its terms as they stand now."""

import hashlib
import json
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.types import new_id
from app.employers.models import Employer
from app.engagements import conditions
from app.engagements.events import WorkerTakenOn
from app.engagements.keeping_places import used
from app.engagements.models import Engagement, EngagementState, Terms
from app.jobs.models import COUNTED, Job, Per, Shift
from app.jobs.wages import hourly_fen
from app.workers.models import Worker


async def take_on(
    session: AsyncSession,
    worker: Worker,
    job: Job,
    shift: Shift,
    employer: Employer,
    application_id: UUID | None,
    *,
    promoted: bool = False,
    kept: bool = False,
) -> Engagement:
    """Fill a place of a shift that the caller has locked, after the worker.

    `kept`: one may be kept for the worker. Refuses a full shift; the exclusion constraint refuses an overlap.
    """
    division, station_id = job.where
    shift.take_one(kept=kept and await used(session, worker.id, shift.id))
    now = clock.now()
    engagement = Engagement(
        id=new_id(),
        job_id=job.id,
        shift_id=shift.id,
        worker_id=worker.id,
        employer_id=job.employer_id,
        application_id=application_id,
        county_code=job.county_code,
        division=division,
        station_id=station_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        state=EngagementState.AGREED,
        terms_hash="",
        agreed_at=now,
    )
    lump_minutes = await _lump_minutes(session, job) if job.pay_per is Per.JOB else None
    terms = terms_at(engagement, 1, worker, job, shift, employer, lump_minutes)
    engagement.terms_hash = terms.hash
    session.add(engagement)
    await session.flush()
    await session.refresh(shift, COUNTED)
    session.add(terms)
    await session.flush()
    await emit(session, WorkerTakenOn(engagement.id, promoted))
    return engagement


async def agree_anew(
    session: AsyncSession, engagement: Engagement, last: Terms, after: conditions.Conditions
) -> Terms:
    """Write the next version of the terms, with what both sides changed."""
    job = await session.get_one(Job, engagement.job_id)
    lump_minutes = await _lump_minutes(session, job) if after.get("pay", {}).get("per") == Per.JOB else None
    body = conditions.applied(last.body, after, lump_minutes)
    body |= {"version": last.version + 1, "agreed_at": clock.now().isoformat()}
    terms = Terms(
        id=new_id(),
        engagement_id=engagement.id,
        version=last.version + 1,
        body=body,
        hash=hash_of(body),
        agreed_at=clock.now(),
    )
    session.add(terms)
    engagement.terms_hash = terms.hash
    await session.flush()
    return terms


async def _lump_minutes(session: AsyncSession, job: Job) -> int:
    """Return the minutes of all shifts of a job, among which a lump of pay is shared (index job_id)."""
    length = func.extract("epoch", Shift.ends_at - Shift.starts_at) / 60
    found = await session.scalar(select(func.sum(length)).where(Shift.job_id == job.id))
    return int(found or 0)


def hash_of(body: dict[str, Any]) -> str:
    """Return the SHA-256 of the terms as canonical JSON: keys sorted, no blanks, UTF-8."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def terms_at(
    engagement: Engagement,
    version: int,
    worker: Worker,
    job: Job,
    shift: Shift,
    employer: Employer,
    lump_minutes: int | None = None,
) -> Terms:
    """Return the terms as they stand now: both sides, the job, the shift, pay and insurance.

    `lump_minutes` are those of all shifts of the job, where one sum is paid for the whole of it.
    """
    body: dict[str, Any] = {
        "version": version,
        "engagement_id": str(engagement.id),
        "agreed_at": engagement.agreed_at.isoformat(),
        "worker": {"id": str(worker.id), "name_shown": worker.name_shown},
        "employer": {
            "id": str(employer.id),
            "kind": employer.kind.value,
            "name": employer.name,
            "uscc": employer.uscc,
        },
        "job": {
            "id": str(job.id),
            "title": job.title,
            "trade": job.trade,
            "description": job.description,
            "certificates": job.certificates,
            "requirements": job.requirements_text,
            "place": (job.places or {}).get("wgs84"),
            "division": job.division,
            "check_in_radius_m": job.check_in_radius_m,
        },
        "shift": {
            "id": str(shift.id),
            "starts_at": shift.starts_at.isoformat(),
            "ends_at": shift.ends_at.isoformat(),
        },
        "pay": {
            "amount_fen": job.pay_fen,
            "per": job.pay_per,
            "expected_minutes": job.expected_minutes,
            "hourly_fen": hourly_fen(job, shift.minutes),
            "settlement": job.pay_settlement,
        },
        "insurance": job.insurance,
    }
    if lump_minutes is not None:
        body["pay"]["lump_minutes"] = lump_minutes
    body = json.loads(json.dumps(body))
    return Terms(
        id=new_id(),
        engagement_id=engagement.id,
        version=version,
        body=body,
        hash=hash_of(body),
        agreed_at=engagement.agreed_at,
    )
