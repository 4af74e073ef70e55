"""Facts of who was taken on, and of a person as far as she or he consented."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import logs
from app.core.clock import day_of
from app.core.keyring import unseal
from app.core.sealed import SealBroken
from app.engagements.models import Engagement, EngagementState
from app.feed.models import Reason
from app.feed.scope import CITY, Found, among
from app.identity.models import Consent, Purpose
from app.identity.names import masked_name
from app.jobs.models import Job
from app.mapping.facts import EngagementFacts, PersonFacts
from app.pay.models import OwedFor, PayRecord
from app.workers.models import Worker

log = structlog.get_logger()


async def engagements(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return who was taken on in the city; the person only where she or he consented."""
    consented = and_(
        Consent.account_id == Engagement.worker_id, Consent.purpose == Purpose.PROVINCE, Consent.given
    )
    statement = (
        select(
            Engagement.id,
            Engagement.job_id,
            Engagement.shift_id,
            Engagement.employer_id,
            Engagement.station_id,
            Engagement.division,
            Engagement.state,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.minutes,
            Engagement.pieces,
            Engagement.agreed_at,
            Engagement.confirmed_at,
            Job.source,
            PayRecord.state.label("pay_state"),
            Consent.account_id.label("consented"),
            Worker.id.label("worker_id"),
            Worker.name_sealed,
            Worker.key_groups,
        )
        .join(Job, Job.id == Engagement.job_id)
        .join(Worker, Worker.id == Engagement.worker_id)
        .outerjoin(Consent, consented)
        .outerjoin(
            PayRecord, and_(PayRecord.engagement_id == Engagement.id, PayRecord.owed_for == OwedFor.WAGE)
        )
        .where(among(Engagement.id, ids))
    )
    return {row.id: _engagement(row) for row in await session.execute(statement)}


def _engagement(row: Any) -> EngagementFacts | Reason:
    if row.source != CITY:
        return Reason.LEFT_SCOPE
    if row.state is EngagementState.CANCELLED:
        return Reason.CANCELLED
    return EngagementFacts(
        division=row.division,
        day=day_of(row.agreed_at),
        job_id=row.job_id,
        shift_id=row.shift_id,
        employer_id=row.employer_id,
        station_id=row.station_id,
        state=row.state.value,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        minutes=row.minutes,
        pieces=row.pieces,
        agreed_at=row.agreed_at,
        confirmed_at=row.confirmed_at,
        pay_state=row.pay_state.value if row.pay_state else None,
        worker=person(row.worker_id, row.name_sealed, row.key_groups) if row.consented else None,
    )


def person(worker_id: UUID, name_sealed: bytes | None, key_groups: Sequence[str]) -> PersonFacts:
    """Return what is said of a worker who consented; the name is masked before it gets any further."""
    return PersonFacts(worker_id, _masked(worker_id, name_sealed), key_groups)


def _masked(worker_id: UUID, name_sealed: bytes | None) -> str | None:
    if name_sealed is None:
        return None
    try:
        return masked_name(unseal(name_sealed, f"workers/name/{worker_id}"))
    except SealBroken as error:  # the name is lost; the feed of the whole city is not to stand still for it
        log.warning("name_not_published", worker_id=str(worker_id), **logs.where_it_failed(error))
        return None
