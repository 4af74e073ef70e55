"""Hiring under contention: applying, accepting, declining, withdrawing.

Locks are taken in one order everywhere: the worker, the job, its shifts by id, then what hangs on them.
The waiting list, which starts from a shift, takes a worker only if nobody else holds her or him, and leaves
the rest to promised work. One lock a job also keeps its listing true: who writes it has seen the last change.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import Fault, Invalid, NotFound, Problem
from app.core.types import new_id
from app.engagements.agreement import take_on
from app.engagements.cases import Case, case_for
from app.engagements.eligibility import reasons
from app.engagements.ending import let_go
from app.engagements.events import ApplicationDeclined, Applied, AppliedAtFair, RequestWithdrawn
from app.engagements.from_fair import AT_NONE, FromFair
from app.engagements.keeping_places import let_go_of
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.models import (
    Application,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Side,
)
from app.engagements.problems import BY_CODE, ApplicationStateConflict
from app.engagements.waiting import become, give_on
from app.jobs import listings
from app.jobs.models import Hiring, Shift
from app.workers.models import Worker

WITHDREW = "退出报名"
LIVE = (ChoiceState.PENDING, ChoiceState.ACCEPTED, ChoiceState.WAITLISTED)


async def apply(
    session: AsyncSession,
    worker: Worker,
    job_id: UUID,
    shift_ids: Sequence[UUID],
    seen: FromFair = AT_NONE,
) -> tuple[Application, list[Choice]]:
    """Ask for shifts of a job: taken on at once, pending, waitlisted or refused with a reason, each.

    Refuses with the first reason when no shift at all could be asked for, and a fair that did not show it.
    """
    seen.must_be_whole()
    await lock_worker(session, worker.id)
    case = await case_for(session, worker, job_id)
    wanted = [case.shifts.get(shift_id) for shift_id in dict.fromkeys(shift_ids)]
    if None in wanted:
        unknown = wanted.index(None)
        text = ("shift_unknown", "该岗位没有这个班次", "The job has no such shift")
        raise Invalid(faults=[Fault(f"/shift_ids/{unknown}", *text)])
    shifts = [shift for shift in wanted if shift]
    # What is refused anyway is refused without waiting for a lock, and leaves nothing to undo.
    found = {shift.id: _reasons(case, shift) for shift in shifts}
    if all(found.values()):
        raise _refused({shift_id: given[0] for shift_id, given in found.items()})
    await lock_shifts(session, [shift.id for shift in shifts])
    application = Application(
        id=new_id(),
        job_id=case.job.id,
        worker_id=worker.id,
        county_code=case.job.county_code,
        fair_id=seen.fair_id,
        mark_id=seen.mark_id,
        created_at=clock.now(),
    )
    session.add(application)
    await session.flush()
    if seen.fair_id:
        await emit(session, AppliedAtFair(application.id))
    choices = [await _choose(session, case, application, shift) for shift in shifts]
    if all(choice.state is ChoiceState.REFUSED for choice in choices):
        raise _refused({choice.shift_id: choice.reason or "shift_full" for choice in choices})
    await listings.refresh(session, [case.job.id])
    if any(choice.state is ChoiceState.PENDING for choice in choices):
        await emit(session, Applied(application.id))
    return application, choices


async def accept(
    session: AsyncSession, application: Application, shift_ids: Sequence[UUID] | None
) -> list[Choice]:
    """Take on for the pending shifts, or some; what is full by now goes to the waiting list.

    Refuses when nothing is pending, or with the reason when nobody could be taken on.
    """
    worker = await lock_worker(session, application.worker_id)
    choices = await _choices(session, application, shift_ids, ChoiceState.PENDING)
    case = await case_for(session, worker, application.job_id, but=application.id)
    await lock_shifts(session, [choice.shift_id for choice in choices])
    first_reason = None
    for choice in choices:
        shift = case.shifts[choice.shift_id]
        found = reasons(case.applicant, case.wanted, shift, clock.now(), full=False)
        if found:
            first_reason = first_reason or found[0]
        elif shift.id in case.kept or shift.open > 0:
            kept = shift.id in case.kept
            await take_on(session, worker, case.job, shift, case.employer, application.id, kept=kept)
            case.now_engaged(shift)
            become(choice, ChoiceState.ACCEPTED)
        else:
            shift.waiting += 1
            become(choice, ChoiceState.WAITLISTED)
    if first_reason and all(choice.state is ChoiceState.PENDING for choice in choices):
        raise BY_CODE[first_reason]
    await listings.refresh(session, [case.job.id])
    return choices


async def decline(
    session: AsyncSession, application: Application, shift_ids: Sequence[UUID] | None, reason: str | None
) -> list[Choice]:
    """Turn down what is pending or waits; the worker is told."""
    await lock_worker(session, application.worker_id)
    choices = await _choices(session, application, shift_ids, ChoiceState.PENDING, ChoiceState.WAITLISTED)
    shifts = await lock_shifts(session, [choice.shift_id for choice in choices])
    freed = []
    for choice in choices:
        shift = shifts[choice.shift_id]
        if choice.state is ChoiceState.WAITLISTED:
            shift.waiting -= 1
        elif await let_go_of(session, application.worker_id, shift):
            freed.append(shift)
        become(choice, ChoiceState.DECLINED, reason)
        await session.flush()
        await emit(session, ApplicationDeclined(choice.id))
    await give_on(session, application.job_id, freed)
    return choices


async def withdraw(
    session: AsyncSession, application: Application, shift_ids: Sequence[UUID] | None
) -> list[Choice]:
    """Take the request back; a place that was taken goes to who waits for it.

    What has begun can't be withdrawn from any more.
    """
    await lock_worker(session, application.worker_id)
    choices = await _choices(session, application, shift_ids, *LIVE)
    shifts = await lock_shifts(session, [choice.shift_id for choice in choices])
    engaged = await _engaged(session, application)
    to_come = [c for c in choices if _may_leave(engaged.get(c.shift_id), shifts[c.shift_id])]
    if not to_come:
        raise ApplicationStateConflict("班次已经开始,不能退出", "The shift has begun")
    freed = []
    for choice in to_come:
        shift, engagement = shifts[choice.shift_id], engaged.get(choice.shift_id)
        if choice.state is ChoiceState.WAITLISTED:
            shift.waiting -= 1
        elif engagement:
            await let_go(session, engagement, shift, Side.WORKER, WITHDREW)
            freed.append(shift)
        elif await let_go_of(session, application.worker_id, shift):
            freed.append(shift)
        become(choice, ChoiceState.WITHDRAWN)
        if engagement is None:
            await session.flush()
            await emit(session, RequestWithdrawn(choice.id))
    await session.flush()
    await give_on(session, application.job_id, freed)
    return choices


async def _choose(session: AsyncSession, case: Case, application: Application, shift: Shift) -> Choice:
    found = _reasons(case, shift)
    choice = Choice(
        id=new_id(),
        application_id=application.id,
        shift_id=shift.id,
        worker_id=application.worker_id,
        state=ChoiceState.REFUSED if found else ChoiceState.PENDING,
        reason=found[0] if found else None,
        changed_at=clock.now(),
    )
    session.add(choice)
    if found or case.job.hiring is Hiring.REVIEW:
        pass
    elif case.at_once(shift):
        await session.flush()
        kept = shift.id in case.kept
        await take_on(session, case.worker, case.job, shift, case.employer, application.id, kept=kept)
        case.now_engaged(shift)
        choice.state = ChoiceState.ACCEPTED
    else:
        shift.waiting += 1
        choice.state = ChoiceState.WAITLISTED
    await session.flush()
    return choice


def _reasons(case: Case, shift: Shift) -> list[str]:
    return reasons(case.applicant, case.wanted, shift, clock.now(), full=case.full(shift))


def _refused(because: dict[UUID, str]) -> Problem:
    """Return the refusal of a whole request: the first shift's reason, and beside it each one's."""
    state = ChoiceState.REFUSED.value
    shifts = [{"shift_id": str(id_), "state": state, "reason": reason} for id_, reason in because.items()]
    return BY_CODE[shifts[0]["reason"]](shifts=shifts)


def _may_leave(engagement: Engagement | None, shift: Shift) -> bool:
    """Tell whether it has not begun: the terms say when, or the shift while there are none."""
    if engagement:
        return engagement.state is EngagementState.AGREED and engagement.starts_at > clock.now()
    return shift.starts_at > clock.now()


async def _engaged(session: AsyncSession, application: Application) -> dict[UUID, Engagement]:
    """Lock what an application led to, by shift; what was cancelled is nothing any more."""
    found = await session.scalars(
        select(Engagement)
        .where(Engagement.application_id == application.id, Engagement.state != EngagementState.CANCELLED)
        .order_by(Engagement.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {engagement.shift_id: engagement for engagement in found}


async def _choices(
    session: AsyncSession, application: Application, shift_ids: Sequence[UUID] | None, *states: ChoiceState
) -> list[Choice]:
    """Return the application's shifts in these states, all or some; refuses if there is none."""
    found = await session.scalars(
        select(Choice)
        .where(Choice.application_id == application.id)
        .order_by(Choice.id)
        .execution_options(populate_existing=True)
    )
    choices = found.all()
    if shift_ids is not None and set(shift_ids) - {choice.shift_id for choice in choices}:
        raise NotFound
    named = [c for c in choices if shift_ids is None or c.shift_id in shift_ids]
    fitting = [c for c in named if c.state in states]
    if not fitting:
        raise ApplicationStateConflict(states=sorted({c.state.value for c in named}))
    return fitting
