"""The order of locks everywhere: the worker, the job, its shifts by id, the engagement, what hangs on it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound
from app.engagements.models import Engagement
from app.jobs.models import Job, Shift
from app.workers.models import Worker

__all__ = ["lock_engagement", "lock_shifts", "lock_worker", "locked"]


async def lock_worker(session: AsyncSession, worker_id: UUID) -> Worker:
    found = await session.scalars(
        select(Worker)
        .where(Worker.id == worker_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.one()


async def lock_shifts(session: AsyncSession, shift_ids: Sequence[UUID]) -> dict[UUID, Shift]:
    """Lock the job, then the shifts, and read both anew: who changes the posting locks it first too."""
    jobs = select(Shift.job_id).where(Shift.id.in_(shift_ids))
    await session.execute(
        select(Job)
        .where(Job.id.in_(jobs))
        .order_by(Job.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = await session.scalars(
        select(Shift)
        .where(Shift.id.in_(shift_ids))
        .order_by(Shift.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {shift.id: shift for shift in found}


async def lock_engagement(session: AsyncSession, engagement_id: UUID) -> Engagement:
    """Lock the engagement alone, and read it anew: for what changes nothing above it. 404 if absent."""
    found = await session.scalar(
        select(Engagement)
        .where(Engagement.id == engagement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def locked(session: AsyncSession, engagement_id: UUID) -> Engagement:
    """Lock the worker, the job, the shift and then the engagement; 404 if it is absent."""
    known = await session.get(Engagement, engagement_id)
    if known is None:
        raise NotFound
    await lock_worker(session, known.worker_id)
    await lock_shifts(session, [known.shift_id])
    return await lock_engagement(session, engagement_id)
