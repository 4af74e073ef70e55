"""The waiting list: a place that falls free goes to who has waited longest and still can come.

It starts from a shift, so it takes a worker only if nobody else holds her or him, and leaves the rest to
promised work (applying.py says in which order all lock).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.engagements.agreement import take_on
from app.engagements.cases import case_for
from app.engagements.eligibility import reasons
from app.engagements.events import ApplicationDeclined, PlaceFreed
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.models import Choice, ChoiceState
from app.engagements.queries import first_waiting
from app.jobs import listings
from app.jobs.models import Shift
from app.workers.models import Worker


class Busy(Exception):  # noqa: N818 - the promised work is tried again
    """The next in line is held by another transaction."""


async def give_on(session: AsyncSession, job_id: UUID, freed: Sequence[Shift]) -> None:
    """Give the places that fell free to who waits, at once or, where somebody is busy, as promised."""
    for shift in freed:
        await promote(session, shift)
        await emit(session, PlaceFreed(shift.id))
    await listings.refresh(session, [job_id])


async def promote(session: AsyncSession, shift: Shift) -> bool:
    """Give free places of a locked shift to those who wait, the longest first; tell if one was busy.

    A waiting worker whom another transaction holds stops it (the lock order is worker first); the
    promised PlaceFreed then waits for her or him.
    """
    while shift.open > 0 and shift.waiting > 0 and shift.starts_at > clock.now():
        first = await session.scalar(first_waiting(shift.id))
        if first is None:
            return False
        worker = await session.scalar(
            select(Worker)
            .where(Worker.id == first.worker_id)
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if worker is None:
            return True
        await session.refresh(first)
        if first.state is not ChoiceState.WAITLISTED:
            continue
        case = await case_for(session, worker, shift.job_id, but=first.application_id)
        found = reasons(case.applicant, case.wanted, shift, clock.now(), full=False)
        shift.waiting -= 1
        if found:
            become(first, ChoiceState.EXPIRED, found[0])
            await session.flush()
            await emit(session, ApplicationDeclined(first.id))
            continue
        await take_on(session, worker, case.job, shift, case.employer, first.application_id, promoted=True)
        become(first, ChoiceState.ACCEPTED)
        await session.flush()
    return False


async def fill_freed_places(session: AsyncSession, shift_id: UUID) -> None:
    """Fill what is free from the waiting list, waiting for a busy worker; the locks in their order."""
    first = await session.scalar(first_waiting(shift_id))
    if first is None:
        return
    await lock_worker(session, first.worker_id)
    shift = (await lock_shifts(session, [shift_id]))[shift_id]
    busy = await promote(session, shift)
    await listings.refresh(session, [shift.job_id])
    if busy:
        raise Busy


def become(choice: Choice, state: ChoiceState, reason: str | None = None) -> None:
    """Say what became of a request for a shift."""
    choice.state, choice.reason, choice.changed_at = state, reason, clock.now()
