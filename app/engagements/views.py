"""Applications and engagements put into the shape that clients see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.employers.actions import contact_of
from app.employers.views import card
from app.engagements.eligibility import reasons
from app.engagements.models import Application, Change, Choice, ChoiceState
from app.engagements.problems import BY_CODE
from app.engagements.queries import Case, Row, changes_of, choices_for, full
from app.engagements.schemas import (
    Applicant,
    ApplicationPage,
    ApplicationView,
    ChangeView,
    ChoiceView,
    EligibilityView,
    EngagedJob,
    EngagedShift,
    EngagedWorker,
    EngagementView,
    ShiftEligibility,
)
from app.geo.places import PlaceShown
from app.geo.points import Datum
from app.identity.models import Account
from app.jobs.models import Hiring
from app.workers.models import Worker


def eligibility(case: Case) -> EligibilityView:
    """Say for each shift whether the worker could have it, and every reason why not."""
    shifts = []
    for shift in case.shifts.values():
        found = reasons(case.applicant, case.wanted, shift, clock.now(), full=full(shift))
        outcome = ChoiceState.PENDING
        if case.job.hiring is Hiring.INSTANT:
            outcome = ChoiceState.ACCEPTED if shift.free else ChoiceState.WAITLISTED
        shifts.append(
            ShiftEligibility(
                shift_id=shift.id,
                eligible=not found,
                outcome=None if found else outcome,
                reasons=found,
                texts=[BY_CODE[code].title for code in found],
            )
        )
    everywhere = [code for code in BY_CODE if shifts and all(code in s.reasons for s in shifts)]
    return EligibilityView(
        job_id=case.job.id,
        eligible=any(shift.eligible for shift in shifts),
        reasons=everywhere,
        shifts=shifts,
    )


def application(
    asked: Application, choices: Sequence[Choice], worker: Worker | None = None
) -> ApplicationView:
    """Return an application with what became of each shift."""
    return ApplicationView(
        id=asked.id,
        job_id=asked.job_id,
        shifts=[ChoiceView.model_validate(choice) for choice in choices],
        created_at=asked.created_at,
        worker=Applicant.model_validate(worker) if worker else None,
    )


async def application_page(
    session: AsyncSession,
    applications: Sequence[Application],
    following: str | None,
    *,
    with_workers: bool = False,
) -> ApplicationPage:
    """Return a page of applications in at most two more statements."""
    choices = await choices_for(session, applications)
    workers: dict[UUID, Worker] = {}
    if with_workers:
        ids = {one.worker_id for one in applications}
        workers = {w.id: w for w in await session.scalars(select(Worker).where(Worker.id.in_(ids)))}
    items = [application(one, choices[one.id], workers.get(one.worker_id)) for one in applications]
    return ApplicationPage(items=items, next_cursor=following)


async def engagements(
    session: AsyncSession, rows: Sequence[Row], asker: Account, datum: Datum
) -> list[EngagementView]:
    """Return engagements with their changes; whom to call is told to who was taken on."""
    changes: dict[UUID, list[Change]] = {row[0].id: [] for row in rows}
    for change in await session.scalars(changes_of(list(changes))):
        changes[change.engagement_id].append(change)
    return [
        EngagementView(
            id=engagement.id,
            job=EngagedJob(
                id=job.id,
                title=job.title or "",
                trade=job.trade or "",
                place=PlaceShown.model_validate((job.places or {})[datum.value]),
            ),
            shift=EngagedShift(
                id=engagement.shift_id, starts_at=engagement.starts_at, ends_at=engagement.ends_at
            ),
            worker=EngagedWorker(id=worker.id, name_shown=worker.name_shown),
            employer=card(employer),
            employer_contact=contact_of(employer).phone if asker.id == worker.id else None,
            state=engagement.state,
            cancelled_by=engagement.cancelled_by,
            terms_hash=engagement.terms_hash,
            agreed_at=engagement.agreed_at,
            changes=[ChangeView.model_validate(change) for change in changes[engagement.id]],
        )
        for engagement, job, worker, employer in rows
    ]
