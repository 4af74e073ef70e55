"""Booths: by invitation of a station or by application of an employer, decided by the other side."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import SYSTEM
from app.core import clock, limits
from app.core.events import emit
from app.core.problems import NotFound, must_be_fresh, refuse_field
from app.core.types import new_id
from app.employers.models import Employer
from app.fairs.booth_schemas import MOST_BOOTHS, BoothApplication, BoothChanges, BoothInvitation, JobShown
from app.fairs.booth_steps import SLOT, close, lock_fair, must_be_ahead, note_booth, told
from app.fairs.clashes import booths_must_not_clash
from app.fairs.events import BoothAccepted, BoothApplied, BoothChanged, BoothEnded, BoothInvited
from app.fairs.models import AHEAD, HELD, Booth, BoothState, Fair, FairJob, FairState
from app.fairs.moving import lock_employers
from app.fairs.problems import BoothsFull, BoothTaken, BoothTimesInvalid
from app.fairs.showing import put_jobs

ASKED_A_DAY = limits.Rate("fair_booths", 30, timedelta(days=1))


async def invite(session: AsyncSession, officer: Officer, fair: Fair, given: BoothInvitation) -> Booth:
    """Ask a verified employer to come; it has no booth until it says so."""
    must_be_ahead(fair)
    found = await lock_employers(session, [given.employer_id])
    if not found or found[0].source != "city":  # of the province's there is nobody here who could come
        zh, en = "没有这个用工主体", "No such employer"
        raise refuse_field("/employer_id", "employer_unknown", zh, en)
    booth = await _ask(session, fair, given.employer_id, BoothState.INVITED)
    booth.starts_at, booth.ends_at = given.starts_at or fair.starts_at, given.ends_at or fair.ends_at
    booth.label, booth.order = given.label, given.order or booth.order
    booth.staff_id = officer.staff.id
    _must_fit(booth, fair)
    session.add(booth)
    await note_booth(session, officer.actor, fair, booth, "invite")
    await emit(session, BoothInvited(booth.id))
    return booth


async def apply(session: AsyncSession, employer: Employer, given: BoothApplication) -> Booth:
    """Ask for a booth at a fair that can be booked; one that is only planned is nobody's to know.

    Each time the station is told, so who asks and takes back without end is told to wait.
    """
    await limits.take(session, ASKED_A_DAY, str(employer.id))
    fair = await lock_fair(session, given.fair_id)
    if fair.state is FairState.PLANNED:
        raise NotFound
    fair.must_be(FairState.BOOKABLE)
    must_be_ahead(fair)
    await lock_employers(session, [employer.id])
    booth = await _ask(session, fair, employer.id, BoothState.APPLIED)
    booth.label = given.label
    session.add(booth)
    await session.flush()
    await put_jobs(session, fair, booth, [JobShown(job_id=job_id) for job_id in given.jobs], flat=True)
    await emit(session, BoothApplied(booth.id))
    return booth


async def accept(session: AsyncSession, officer: Officer | None, fair: Fair, booth: Booth) -> Booth:
    """Hold the booth: the station accepts an application, or the employer (no officer) an invitation.

    Refuses an employer that is not verified any more, or has a booth elsewhere at that time.
    """
    booth.must_be(BoothState.APPLIED if officer else BoothState.INVITED)
    must_be_ahead(fair)
    employer = (await lock_employers(session, [booth.employer_id]))[0]
    employer.must_be_verified()
    await booths_must_not_clash(session, officer, [booth])
    await _decide(session, officer, fair, booth, BoothState.ACCEPTED, "accept")
    await emit(session, BoothAccepted(booth.id, by_station=officer is not None))
    return booth


async def reject(session: AsyncSession, officer: Officer, fair: Fair, booth: Booth, reason: str) -> Booth:
    """Turn an application down."""
    booth.must_be(BoothState.APPLIED)
    fair.must_be(*AHEAD)
    return await _end(session, officer, fair, booth, BoothState.REJECTED, "reject", reason)


async def withdraw(session: AsyncSession, officer: Officer, fair: Fair, booth: Booth, reason: str) -> Booth:
    """Take an invitation back, or the booth away from who has it."""
    booth.must_be(BoothState.INVITED, BoothState.ACCEPTED)
    fair.must_be(*AHEAD, FairState.LIVE)
    return await _end(session, officer, fair, booth, BoothState.WITHDRAWN, "withdraw", reason)


async def decline(session: AsyncSession, fair: Fair, booth: Booth) -> Booth:
    """Decline an invitation, for the employer."""
    booth.must_be(BoothState.INVITED)
    return await _end(session, None, fair, booth, BoothState.DECLINED, "decline", None)


async def leave(session: AsyncSession, fair: Fair, booth: Booth) -> Booth:
    """Take an application back or give a booth up, for the employer, until the fair begins."""
    booth.must_be(BoothState.APPLIED, BoothState.ACCEPTED)
    must_be_ahead(fair)
    return await _end(session, None, fair, booth, BoothState.WITHDRAWN, "leave", None)


async def put_own_jobs(session: AsyncSession, fair: Fair, booth: Booth, jobs: Sequence[JobShown]) -> Booth:
    """Set what the employer shows, until the fair begins."""
    booth.must_be(*HELD)
    must_be_ahead(fair)
    await put_jobs(session, fair, booth, jobs)
    await session.flush()
    return booth


async def end_for_stopped(session: AsyncSession, fair: Fair, booth: Booth, reason: str) -> None:
    """End what a suspended or banned employer has at a fair that is not over."""
    if booth.state not in HELD or fair.state not in (*AHEAD, FairState.LIVE):
        return
    before = told(booth)
    await close(session, fair, booth, BoothState.WITHDRAWN, reason)
    await note_booth(session, SYSTEM, fair, booth, "withdraw", before, reason)
    await emit(session, BoothEnded(booth.id, by_station=True))


async def change(
    session: AsyncSession,
    officer: Officer,
    fair: Fair,
    booth: Booth,
    changes: BoothChanges,
    version: int | None,
) -> Booth:
    """Put a booth at another time or place; the planned minutes must still be within."""
    fair.must_be(*AHEAD, FairState.LIVE)
    booth.must_be(*HELD)
    must_be_fresh(version, booth.version)
    before = told(booth)
    given = {
        name: getattr(changes, name)
        for name in SLOT
        if name in changes.model_fields_set and (name == "label" or getattr(changes, name) is not None)
    }
    changed = {name for name, value in given.items() if getattr(booth, name) != value}
    await lock_employers(session, [booth.employer_id])
    with session.no_autoflush:
        for name in changed:
            setattr(booth, name, given[name])
        _must_fit(booth, fair)
        await _jobs_must_fit(session, booth)
        if booth.state is BoothState.ACCEPTED:
            await booths_must_not_clash(session, officer, [booth])
    if changed:
        booth.version += 1
        await note_booth(session, officer.actor, fair, booth, "change", before)
    if changed - {"order"}:
        await emit(session, BoothChanged(booth.id))
    return booth


async def _ask(session: AsyncSession, fair: Fair, employer_id: UUID, state: BoothState) -> Booth:
    """Make a booth for the whole fair, the last in order; the employer is locked."""
    (await session.get_one(Employer, employer_id)).must_be_verified()
    held = select(Booth.employer_id).where(Booth.fair_id == fair.id, Booth.state.in_(HELD))
    there = (await session.scalars(held)).all()
    if employer_id in there:
        raise BoothTaken
    if len(there) >= MOST_BOOTHS:
        raise BoothsFull
    last = await session.scalar(select(func.max(Booth.order)).where(Booth.fair_id == fair.id)) or 0
    return Booth(
        id=new_id(),
        fair_id=fair.id,
        employer_id=employer_id,
        state=state,
        order=min(last + 1, 1000),
        starts_at=fair.starts_at,
        ends_at=fair.ends_at,
        version=1,
        created_at=clock.now(),
    )


def _must_fit(booth: Booth, fair: Fair) -> None:
    if not fair.starts_at <= booth.starts_at < booth.ends_at <= fair.ends_at:
        raise BoothTimesInvalid.at("/starts_at")


async def _jobs_must_fit(session: AsyncSession, booth: Booth) -> None:
    planned = select(FairJob.planned_at).where(FairJob.booth_id == booth.id)
    times = [at for at in await session.scalars(planned) if at]
    if any(not booth.starts_at <= at < booth.ends_at for at in times):
        zh, en = "有岗位的计划时刻不在展位时段内", "A job is planned outside the booth's time"
        raise refuse_field("/starts_at", "job_outside", zh, en)


async def _end(
    session: AsyncSession,
    officer: Officer | None,
    fair: Fair,
    booth: Booth,
    state: BoothState,
    verb: str,
    reason: str | None,
) -> Booth:
    await _decide(session, officer, fair, booth, state, verb, reason)
    await emit(session, BoothEnded(booth.id, by_station=officer is not None))
    return booth


async def _decide(
    session: AsyncSession,
    officer: Officer | None,
    fair: Fair,
    booth: Booth,
    state: BoothState,
    verb: str,
    reason: str | None = None,
) -> None:
    """Decide for the station, in the ledger, or for the employer, who stands in none."""
    before = told(booth)
    if officer:
        booth.staff_id = officer.staff.id
    await close(session, fair, booth, state, reason)
    if officer:
        await note_booth(session, officer.actor, fair, booth, verb, before, reason)
