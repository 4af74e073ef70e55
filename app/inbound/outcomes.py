"""What became of applications for the province's vacancies: its word drives the city's own life of them.

The province acts for employers that nobody here acts for. What it says goes the way that an employer's word
goes, so that the places, the overlaps, the terms and the wages are held as for anybody.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import claims
from app.audit.actions import Actor, record
from app.core import clock
from app.core.problems import Fault, Invalid, NotFound
from app.engagements import applying
from app.engagements.cancelling import call_off
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.models import Application, Choice, ChoiceState, Engagement, EngagementState, Side
from app.engagements.problems import ApplicationStateConflict
from app.inbound.models import Outcome
from app.inbound.outcome_schemas import OutcomeGiven, OutcomeKind, OutcomeView, ShiftOutcome
from app.inbound.problems import StaleVersion, VersionConflict
from app.jobs.models import PROVINCE, Job
from app.pay import confirming, reporting
from app.pay.models import OwedFor, PayMethod, PayRecord
from app.pay.reporting import Payment
from app.pay.settling import book_of

PENDING, ACCEPTED, WAITLISTED = ChoiceState.PENDING, ChoiceState.ACCEPTED, ChoiceState.WAITLISTED
DECLINED, WITHDRAWN, EXPIRED = ChoiceState.DECLINED, ChoiceState.WITHDRAWN, ChoiceState.EXPIRED
# What an outcome is about that names no shift.
_CONCERNS = {
    OutcomeKind.ACCEPTED: (PENDING, ACCEPTED, WAITLISTED),
    OutcomeKind.DECLINED: (PENDING, WAITLISTED, DECLINED),
    OutcomeKind.CANCELLED: (PENDING, WAITLISTED, ACCEPTED, WITHDRAWN, DECLINED),
    OutcomeKind.COMPLETED: (ACCEPTED,),
    OutcomeKind.PAID: (ACCEPTED,),
}


@dataclass(frozen=True)
class _Case:
    """An application whose worker, job and shifts are locked."""

    application: Application
    choices: dict[UUID, Choice]
    said: dict[UUID, Outcome]


async def take(session: AsyncSession, actor: Actor, application_id: UUID, given: OutcomeGiven) -> OutcomeView:
    """Do what the province says of an application, whole or not at all; what is known changes nothing.

    404 for an application that is not for a vacancy of the province. Refuses what the state does not allow,
    with the reason; what is older than was said already; and another content under a version that was used.
    """
    application, division = await _application(session, application_id)
    case = await _locked(session, application)
    digest = hashlib.sha256(given.model_dump_json(exclude={"version"}).encode()).digest()
    fresh = _fresh(case, given, digest)
    for choice in fresh:
        await _DO[given.outcome](session, case, choice, given)
    await _remember(session, case, fresh, given, digest)
    if fresh:
        said = {"outcome": given.outcome.value, "version": given.version}
        await record(
            session,
            actor,
            "application.outcome",
            object_kind="application",
            object_id=application.id,
            division=division,
            after=said | {"shifts": [str(choice.shift_id) for choice in fresh]},
        )
    return await _shown(session, application, applied=bool(fresh))


async def _application(session: AsyncSession, application_id: UUID) -> tuple[Application, str]:
    row = (
        await session.execute(
            select(Application, Job.division)
            .join(Job, Job.id == Application.job_id)
            .where(Application.id == application_id, Job.source == PROVINCE)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1] or ""


async def _locked(session: AsyncSession, application: Application) -> _Case:
    """Lock the worker, the job and all shifts of the application, before anything that hangs on them."""
    await lock_worker(session, application.worker_id)
    of_it = select(Choice).where(Choice.application_id == application.id).order_by(Choice.shift_id)
    asked = (await session.scalars(of_it)).all()
    await lock_shifts(session, [choice.shift_id for choice in asked])
    choices = await session.scalars(of_it.execution_options(populate_existing=True))
    said = await session.scalars(select(Outcome).where(Outcome.application_id == application.id))
    return _Case(application, {one.shift_id: one for one in choices}, {one.shift_id: one for one in said})


def _fresh(case: _Case, given: OutcomeGiven, digest: bytes) -> list[Choice]:
    """Return the shifts of which nothing as new was said yet; refuses what is older for all of them."""
    if given.shift_ids is None:
        named = [one for one in case.choices.values() if one.state in _CONCERNS[given.outcome]]
    else:
        named = _named(case, given.shift_ids)
    fresh = []
    for choice in named:
        known = case.said.get(choice.shift_id)
        if known is None or known.version < given.version:
            fresh.append(choice)
        elif known.version == given.version and known.hash != digest:
            raise VersionConflict
    about = [one.shift_id for one in named] or list(case.said)
    versions = [case.said[id_].version for id_ in about if id_ in case.said]
    if fresh or given.version in versions:
        return fresh
    if any(version > given.version for version in versions):
        raise StaleVersion
    raise ApplicationStateConflict(states=sorted({one.state.value for one in case.choices.values()}))


def _named(case: _Case, shift_ids: Sequence[UUID]) -> list[Choice]:
    for nth, shift_id in enumerate(shift_ids):
        if shift_id not in case.choices:
            text = ("shift_unknown", "该报名没有这个班次", "The application has no such shift")
            raise Invalid(faults=[Fault(f"/shift_ids/{nth}", *text)])
    return [case.choices[shift_id] for shift_id in sorted(set(shift_ids))]


async def _accept(session: AsyncSession, case: _Case, choice: Choice, _: OutcomeGiven) -> None:
    if choice.state in (ACCEPTED, WAITLISTED):
        return
    # One by one: a shift that can't be is refused with its own reason, and the whole with it.
    await applying.accept(session, case.application, [choice.shift_id])


async def _decline(session: AsyncSession, case: _Case, choice: Choice, given: OutcomeGiven) -> None:
    if choice.state is not DECLINED:
        await applying.decline(session, case.application, [choice.shift_id], given.reason)


async def _cancel(session: AsyncSession, case: _Case, choice: Choice, given: OutcomeGiven) -> None:
    if choice.state in (PENDING, WAITLISTED):
        await _decline(session, case, choice, given)
    elif choice.state is ACCEPTED:
        engagement = await _engagement(session, case, choice)
        # The place stays: how many are wanted, the vacancy itself says.
        await call_off(session, engagement.id, Side.EMPLOYER, given.reason, refill=True)
    elif choice.state not in (WITHDRAWN, DECLINED, EXPIRED):
        raise ApplicationStateConflict(states=[choice.state.value])


async def _complete(session: AsyncSession, case: _Case, choice: Choice, given: OutcomeGiven) -> None:
    """Confirm the hours; whom the clock missed was there, if the province says so and nobody decided."""
    engagement = await _engagement(session, case, choice)
    if engagement.state is EngagementState.NO_SHOW:
        await claims.take_back_no_show(session, engagement, None, attended=True)
    book = await book_of(session, engagement.id)
    engagement = book.engagement
    as_said = (engagement.minutes, engagement.pieces) == (given.minutes, given.pieces)
    if engagement.state not in confirming.CONFIRMED or not as_said:
        await confirming.confirm(session, book, given.minutes, given.pieces)


async def _pay(session: AsyncSession, case: _Case, choice: Choice, given: OutcomeGiven) -> None:
    """Report what was paid since: the province says how much in all, so that none is counted twice or lost.

    Of what was cancelled, it is the share that is owed for that.
    """
    engagement = await _engagement(session, case, choice)
    book = await book_of(session, engagement.id)
    cancelled = book.engagement.state is EngagementState.CANCELLED
    owed_for = OwedFor.LATE_CANCELLATION if cancelled else OwedFor.WAGE
    owed = book.record(owed_for)
    since = (given.amount_fen or 0) - (owed.owed_fen - owed.open_fen - owed.cancelled_fen)
    if since > 0:
        method, at = given.method or PayMethod.BANK, given.paid_at or clock.now()
        await reporting.report(session, None, book, Payment(since, method, given.reference, at, owed_for))


_DO = {
    OutcomeKind.ACCEPTED: _accept,
    OutcomeKind.DECLINED: _decline,
    OutcomeKind.CANCELLED: _cancel,
    OutcomeKind.COMPLETED: _complete,
    OutcomeKind.PAID: _pay,
}


async def _engagement(session: AsyncSession, case: _Case, choice: Choice) -> Engagement:
    """Return what the request led to (index application_id); refuses where it led to nothing."""
    found = await session.scalar(
        select(Engagement).where(
            Engagement.application_id == case.application.id, Engagement.shift_id == choice.shift_id
        )
    )
    if found is None:
        raise ApplicationStateConflict(states=[choice.state.value])
    return found


async def _remember(
    session: AsyncSession, case: _Case, fresh: Sequence[Choice], given: OutcomeGiven, digest: bytes
) -> None:
    for choice in fresh:
        known = case.said.get(choice.shift_id)
        if known is None:
            known = Outcome(application_id=case.application.id, shift_id=choice.shift_id)
            session.add(known)
        known.version, known.outcome, known.hash = given.version, given.outcome.value, digest
        known.at = clock.now()
    await session.flush()


async def _shown(session: AsyncSession, application: Application, *, applied: bool) -> OutcomeView:
    """Answer with each shift as it is now, in one statement."""
    wage = (PayRecord.engagement_id == Engagement.id) & (PayRecord.owed_for == OwedFor.WAGE)
    said = (Outcome.application_id == Choice.application_id) & (Outcome.shift_id == Choice.shift_id)
    its = (Engagement.application_id == Choice.application_id) & (Engagement.shift_id == Choice.shift_id)
    rows = await session.execute(
        select(Choice, Outcome.version, Engagement, PayRecord)
        .outerjoin(Outcome, said)
        .outerjoin(Engagement, its)
        .outerjoin(PayRecord, wage)
        .where(Choice.application_id == application.id)
        .order_by(Choice.id)
        .execution_options(populate_existing=True)
    )
    return OutcomeView(
        application_id=application.id,
        applied=applied,
        shifts=[
            ShiftOutcome(
                shift_id=choice.shift_id,
                state=choice.state,
                version=version,
                engagement_id=engagement.id if engagement else None,
                engagement_state=engagement.state if engagement else None,
                owed_fen=owed.owed_fen if owed else None,
                open_fen=owed.open_fen if owed else None,
            )
            for choice, version, engagement, owed in rows
        ],
        at=clock.now(),
    )
