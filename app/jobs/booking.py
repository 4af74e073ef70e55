"""What employers do with the shifts of a posting: add some, change one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import emit
from app.jobs import lawful, listings
from app.jobs.events import PlacesAdded, ShiftMoved
from app.jobs.models import Job, JobState
from app.jobs.postings import add, check
from app.jobs.problems import BelowHired
from app.jobs.schemas import ShiftChanges, ShiftDraft


async def add_shifts(session: AsyncSession, job: Job, given: Sequence[ShiftDraft]) -> Job:
    """Add shifts to a posting that is not closed; an open one's are checked as at submission."""
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.DRAFT, JobState.IN_REVIEW, JobState.OPEN)
    added = await add(session, job, given)
    if job.state is not JobState.DRAFT:
        await check(session, job, added)
    job.version += 1
    await listings.refresh(session, [job.id])
    return job


async def change_shift(session: AsyncSession, job: Job, shift_id: UUID, changes: ShiftChanges) -> Job:
    """Change a shift's times or head count; those taken on keep their terms until they consent (rule 6)."""
    await session.refresh(job, with_for_update={"key_share": True})
    job.must_be(JobState.DRAFT, JobState.IN_REVIEW, JobState.OPEN)
    shift = await lawful.shift_to_come(session, job, shift_id)
    before = shift.starts_at, shift.ends_at, shift.headcount
    times = lawful.changed(shift, changes)
    if times.headcount < shift.hired + shift.reserved:
        raise BelowHired(hired=shift.hired, reserved=shift.reserved)
    shift.starts_at, shift.ends_at, shift.headcount = times.starts_at, times.ends_at, times.headcount
    if job.state is not JobState.DRAFT:
        await check(session, job, [shift])
    job.version += 1
    await listings.refresh(session, [job.id])
    if (shift.starts_at, shift.ends_at) != before[:2]:
        await emit(session, ShiftMoved(shift.id, before[0].isoformat(), before[1].isoformat()))
    if shift.headcount > before[2]:
        await emit(session, PlacesAdded(shift.id))
    return job
