"""What is looked at for each type, and what else when something is touched."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.engagements.models import Application, Engagement, EngagementState
from app.feed import application_facts, engagement_facts, fair_facts, job_facts
from app.feed.models import Kind
from app.feed.scope import Found, among
from app.jobs.models import PROVINCE, Job, JobState

# In the order in which changes of one batch are told: what others refer to first.
SOURCES: dict[Kind, Callable[[AsyncSession, Sequence[UUID]], Awaitable[Found]]] = {
    Kind.STATION: fair_facts.stations,
    Kind.EMPLOYER: job_facts.employers,
    Kind.JOB: job_facts.jobs,
    Kind.FAIR: fair_facts.fairs,
    Kind.ENGAGEMENT: engagement_facts.engagements,
    Kind.APPLICATION: application_facts.applications,
}
# Touched, and when it was last.
Touches = dict[UUID, datetime]


def _open_jobs_of(employers: Sequence[UUID]) -> Select[UUID, UUID]:
    """Find postings, which go up while the employer is verified (index ix_jobs_employer_id_id)."""
    return select(Job.employer_id, Job.id).where(
        among(Job.employer_id, employers), Job.state == JobState.OPEN
    )


def _engagements_of(workers: Sequence[UUID]) -> Select[UUID, UUID]:
    """Find engagements, which name the worker who consents (index ix_engagements_worker_id_id)."""
    return select(Engagement.worker_id, Engagement.id).where(
        among(Engagement.worker_id, workers), Engagement.state != EngagementState.CANCELLED
    )


def _applications_of(workers: Sequence[UUID]) -> Select[UUID, UUID]:
    """Find what was asked of the province, which names who asks (index ix_applications_worker_id_id)."""
    return (
        select(Application.worker_id, Application.id)
        .join(Job, Job.id == Application.job_id)
        .where(among(Application.worker_id, workers), Job.source == PROVINCE)
    )


def _applications_for(jobs: Sequence[UUID]) -> Select[UUID, UUID]:
    """Find what was asked of the province, which says where and when (index ix_applications_job_id_id)."""
    return (
        select(Application.job_id, Application.id)
        .join(Job, Job.id == Application.job_id)
        .where(among(Job.id, jobs), Job.source == PROVINCE)
    )


def _applications_behind(engagements: Sequence[UUID]) -> Select[UUID, UUID]:
    """Find what was asked of the province, which says what became of it (primary keys)."""
    return (
        select(Engagement.id, Application.id)
        .join(Application, Application.id == Engagement.application_id)
        .join(Job, Job.id == Engagement.job_id)
        .where(among(Engagement.id, engagements), Job.source == PROVINCE)
    )


# Touched: what may look different besides, found by a statement of (touched, other).
BESIDES: tuple[tuple[str, Kind, Callable[[Sequence[UUID]], Select[UUID, UUID]]], ...] = (
    ("employer", Kind.JOB, _open_jobs_of),
    ("worker", Kind.ENGAGEMENT, _engagements_of),
    ("worker", Kind.APPLICATION, _applications_of),
    ("job", Kind.APPLICATION, _applications_for),
    ("engagement", Kind.APPLICATION, _applications_behind),
)


async def widened(session: AsyncSession, touched: Mapping[str, Touches]) -> dict[Kind, Touches]:
    """Return by type what is to be looked at: what was touched, and what hangs on it."""
    wide = {kind: dict(touched.get(kind.value, {})) for kind in SOURCES}
    for cause, kind, others in BESIDES:
        causes = touched.get(cause)
        if not causes:
            continue
        for by, id_ in await session.execute(others(list(causes))):
            wide[kind][id_] = max(causes[by], wide[kind].get(id_, causes[by]))
    return {kind: touches for kind, touches in wide.items() if touches}
