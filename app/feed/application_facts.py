"""Facts of who asks for the province's vacancies: handed on while the person consents."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import day_of
from app.engagements.models import Application, Choice, ChoiceState, Engagement
from app.feed.engagement_facts import person
from app.feed.models import Reason
from app.feed.scope import Found, among
from app.identity.models import Consent, Purpose
from app.jobs.models import PROVINCE, Job, Shift
from app.mapping.facts import ApplicationFacts, AskedShiftFacts
from app.workers.models import Worker

_STANDS = (ChoiceState.PENDING, ChoiceState.WAITLISTED, ChoiceState.ACCEPTED)


async def applications(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return the applications for vacancies of the province, in two statements: themselves, their shifts."""
    consented = and_(
        Consent.account_id == Application.worker_id, Consent.purpose == Purpose.PROVINCE, Consent.given
    )
    statement = (
        select(
            Application.id,
            Application.job_id,
            Application.created_at,
            Job.source,
            Job.source_id,
            Job.division,
            Consent.account_id.label("consented"),
            Worker.id.label("worker_id"),
            Worker.name_sealed,
            Worker.key_groups,
        )
        .join(Job, Job.id == Application.job_id)
        .join(Worker, Worker.id == Application.worker_id)
        .outerjoin(Consent, consented)
        .where(among(Application.id, ids), Job.source == PROVINCE)
    )
    rows = (await session.execute(statement)).all()
    shifts = await _shifts(session, [row.id for row in rows])
    return {row.id: _application(row, shifts[row.id]) for row in rows}


async def _shifts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Return what each asks for (index application_id), and what it led to, in the order of the times."""
    its = and_(Engagement.application_id == Choice.application_id, Engagement.shift_id == Choice.shift_id)
    statement = (
        select(
            Choice.application_id,
            Choice.shift_id,
            Choice.state,
            Shift.starts_at,
            Shift.ends_at,
            Engagement.id.label("engagement_id"),
            Engagement.state.label("engagement_state"),
        )
        .join(Shift, Shift.id == Choice.shift_id)
        .outerjoin(Engagement, its)
        .where(among(Choice.application_id, ids))
        .order_by(Shift.starts_at, Shift.id)
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await session.execute(statement):
        found[row.application_id].append(row)
    return found


def _application(row: Any, shifts: Sequence[Any]) -> ApplicationFacts | Reason:
    if not row.consented:
        return Reason.CONSENT_WITHDRAWN
    if not any(one.state in _STANDS for one in shifts):
        return _why_over(shifts)
    return ApplicationFacts(
        division=row.division,
        day=day_of(row.created_at),
        job_id=row.job_id,
        source_id=row.source_id,
        asked_at=row.created_at,
        shifts=[
            AskedShiftFacts(
                id=one.shift_id,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                state=one.state.value,
                engagement_state=one.engagement_state.value if one.engagement_state else None,
            )
            for one in shifts
        ],
        worker=person(row.worker_id, row.name_sealed, row.key_groups),
    )


def _why_over(shifts: Sequence[Any]) -> Reason:
    states = {one.state for one in shifts}
    if any(one.engagement_id for one in shifts):
        return Reason.CANCELLED
    if ChoiceState.WITHDRAWN in states:
        return Reason.WITHDRAWN
    return Reason.DECLINED if ChoiceState.DECLINED in states else Reason.EXPIRED
