"""Applications and engagements put into the shape that clients see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.employers.actions import contact_of
from app.employers.views import card
from app.engagements.cases import Case
from app.engagements.eligibility import reasons
from app.engagements.models import (
    Application,
    Change,
    ChangeState,
    Choice,
    ChoiceState,
    Excuse,
    Side,
    Terms,
)
from app.engagements.possible import Standing, possible
from app.engagements.problems import BY_CODE
from app.engagements.queries import Row, changes_of, choices_for, excuses_of, terms_by_hash, terms_in_force
from app.engagements.schemas import (
    AgreedPay,
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
    OwnExcuse,
    ShiftEligibility,
    TermsCheck,
)
from app.geo.places import PlaceShown, view
from app.geo.points import Datum, Wgs84
from app.identity.models import Account
from app.jobs.models import Hiring, Job
from app.workers.models import Worker


def eligibility(case: Case) -> EligibilityView:
    """Say for each shift whether the worker could have it, and every reason why not."""
    shifts = []
    for shift in case.shifts.values():
        found = reasons(case.applicant, case.wanted, shift, clock.now(), full=case.full(shift))
        outcome = ChoiceState.PENDING
        if case.job.hiring is Hiring.INSTANT:
            outcome = ChoiceState.ACCEPTED if case.at_once(shift) else ChoiceState.WAITLISTED
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
        fair_id=asked.fair_id,
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
    session: AsyncSession, rows: Sequence[Row], asker: Account | None, datum: Datum
) -> list[EngagementView]:
    """Return engagements with their terms, changes and the asker's excuse, in three more statements.

    Whom to call is told to who was taken on. No asker: staff.
    """
    ids = [row[0].id for row in rows]
    terms = await terms_in_force(session, ids)
    changes: dict[UUID, list[Change]] = {id_: [] for id_ in ids}
    for change in await session.scalars(changes_of(ids)):
        changes[change.engagement_id].append(change)
    given = {(e.engagement_id, e.by): e for e in await session.scalars(excuses_of(ids))} if asker else {}
    shown = []
    for row in rows:
        side = row[0].side_of(asker.id) if asker else None
        excuse = given.get((row[0].id, side)) if side else None
        shown.append(_engagement(row, terms.get(row[0].id), changes[row[0].id], excuse, side, datum))
    return shown


def _engagement(
    row: Row,
    terms: Terms | None,
    changes: Sequence[Change],
    excuse: Excuse | None,
    side: Side | None,
    datum: Datum,
) -> EngagementView:
    engagement, job, worker, employer = row
    agreed: dict[str, Any] = terms.body if terms else {}
    it = Standing(
        engagement.state,
        engagement.starts_at,
        engagement.ends_at,
        engagement.cancelled_by,
        engagement.cancelled_at,
        engagement.confirmed_at,
        next((change.by for change in changes if change.state is ChangeState.PROPOSED), None),
        excuse is not None,
    )
    return EngagementView(
        **{name: getattr(engagement, name) for name in _AS_THEY_ARE},
        job=EngagedJob(
            id=job.id,
            title=agreed.get("job", {}).get("title") or job.title or "",
            trade=job.trade or "",
            place=_place(agreed.get("job", {}).get("place"), job, datum),
        ),
        shift=EngagedShift(
            id=engagement.shift_id, starts_at=engagement.starts_at, ends_at=engagement.ends_at
        ),
        worker=EngagedWorker(id=worker.id, name_shown=worker.name_shown),
        employer=card(employer),
        employer_contact=contact_of(employer).phone if side is Side.WORKER else None,
        pay=AgreedPay(**{name: agreed["pay"][name] for name in AgreedPay.model_fields}) if agreed else None,
        changes=[ChangeView.model_validate(change) for change in changes],
        excuse=OwnExcuse.model_validate(excuse) if excuse else None,
        can=possible(it, side, clock.now()) if side else [],
    )


async def check_of(session: AsyncSession, hash_: str) -> TermsCheck:
    """Say what a print can be checked against; 404 for a hash that no terms have."""
    terms, newest = await terms_by_hash(session, hash_)
    return TermsCheck(
        hash=terms.hash,
        version=terms.version,
        newest=newest,
        agreed_at=terms.agreed_at,
        employer=terms.body["employer"]["name"],
    )


_AS_THEY_ARE = (
    "id",
    "state",
    "checked_in_at",
    "checked_out_at",
    "minutes",
    "pieces",
    "confirmed_at",
    "cancelled_by",
    "cancelled_at",
    "cancel_reason",
    "notice_minutes",
    "terms_hash",
    "agreed_at",
)


def _place(agreed: dict[str, Any] | None, job: Job, datum: Datum) -> PlaceShown:
    """Return the place as agreed, which the posting's may not be any more."""
    if agreed is None:
        return PlaceShown.model_validate((job.places or {})[datum.value])
    return view(Wgs84(agreed["lng"], agreed["lat"]), agreed["address"], datum)
