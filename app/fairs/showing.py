"""Which jobs are shown at a booth, in which order and at what planned minute; and the whole timetable."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core.events import emit
from app.core.problems import Fault, Invalid, must_be_fresh
from app.fairs.audience import Mark
from app.fairs.booth_schemas import JobShown, Timetable, TimetableBooth
from app.fairs.clashes import booths_must_not_clash
from app.fairs.events import BoothChanged
from app.fairs.models import AHEAD, HELD, Booth, BoothState, Fair, FairJob, FairState
from app.fairs.moving import accepted, lock_booths
from app.jobs.models import Job, JobState

_UNKNOWN = ("booth_unknown", "本场没有这个有效的展位", "The fair has no such booth")
_TWICE = ("listed_twice", "重复列出", "Listed twice")
_OUTSIDE = ("booth_outside", "展位时段应在招聘会时间之内", "The booth is not within the fair's times")
_NOT_THEIRS = ("job_not_shown", "不是该用工主体展示中的岗位", "Not an open job of the booth's employer")
_OUT_OF_SLOT = ("job_outside", "计划时刻不在展位时段内", "Planned outside the booth's time")
_OUT_OF_ORDER = ("job_out_of_order", "计划时刻早于前一个岗位", "Planned before the job that comes first")
_SHOWN = ("job_was_shown", "已讲过的岗位不能移除", "A job that was shown already stays")


async def put_jobs(
    session: AsyncSession, fair: Fair, booth: Booth, given: Sequence[JobShown], *, flat: bool = False
) -> None:
    """Set a booth's jobs in their order; `flat`: pointers lead into a list of ids."""
    theirs = await _may_be_shown(session, [booth], (one.job_id for one in given))
    faults = _faults_of_jobs(booth, given, theirs, "/jobs", flat=flat)
    faults += await _shown_and_gone(session, fair, [booth], {one.job_id for one in given}, "/jobs")
    if faults:
        raise Invalid(faults=faults)
    await _write(session, fair, {booth: given})
    booth.version += 1


async def set_jobs(
    session: AsyncSession, officer: Officer, fair: Fair, booth: Booth, given: Sequence[JobShown]
) -> Booth:
    """Set a booth's jobs for its employer, even while the fair is on."""
    fair.must_be(*AHEAD, FairState.LIVE)
    booth.must_be(*HELD)
    before = await _listed(session, [booth])
    await put_jobs(session, fair, booth, given)
    await _note(session, officer, fair, booth.id, "fair_booth", before, await _listed(session, [booth]))
    return booth


async def set_timetable(
    session: AsyncSession, officer: Officer, fair: Fair, given: Timetable, version: int | None
) -> Fair:
    """Set the whole order of booths with their jobs and minutes, or nothing; each fault by its pointer."""
    fair.must_be(*AHEAD, FairState.LIVE)
    must_be_fresh(version, fair.version)
    known = {booth.id: booth for booth in await lock_booths(session, fair)}
    listed = [known[one.booth_id] for one in given.booths if one.booth_id in known]
    before = await _listed(session, listed)
    theirs = await _may_be_shown(session, listed, (job.job_id for one in given.booths for job in one.jobs))
    with session.no_autoflush:
        faults = _faults_of_booths(known, given.booths)
        if not faults:
            moved = _place(known, given.booths)
            faults = _faults_of_slots(fair, known, given.booths, theirs)
            all_jobs = {job.job_id for one in given.booths for job in one.jobs}
            faults += await _shown_and_gone(session, fair, listed, all_jobs, "/booths")
        if faults:
            raise Invalid(faults=faults)
        await booths_must_not_clash(session, officer, accepted(listed))
    await _write(session, fair, {known[one.booth_id]: one.jobs for one in given.booths})
    fair.version += 1
    await _note(session, officer, fair, fair.id, "fair", before, await _listed(session, listed))
    for booth in moved:
        await emit(session, BoothChanged(booth.id))
    return fair


def _faults_of_booths(known: dict[UUID, Booth], given: Sequence[TimetableBooth]) -> list[Fault]:
    """Each booth that is accepted stands there once, and none that is not held."""
    faults, seen = [], set()
    for n, one in enumerate(given):
        if one.booth_id in seen or one.booth_id not in known:
            faults.append(Fault(f"/booths/{n}/booth_id", *(_TWICE if one.booth_id in seen else _UNKNOWN)))
        seen.add(one.booth_id)
    left_out = [b for b in known.values() if b.state is BoothState.ACCEPTED and b.id not in seen]
    for booth in sorted(left_out, key=lambda one: one.order):
        zh = f"缺少已接受的第 {booth.order} 个展位"
        faults.append(Fault("/booths", "booth_left_out", zh, f"Booth {booth.order} is left out"))
    return faults


def _place(known: dict[UUID, Booth], given: Sequence[TimetableBooth]) -> list[Booth]:
    """Give the booths their order and slots; return those whose slot is another one."""
    moved = []
    for n, one in enumerate(given, 1):
        booth = known[one.booth_id]
        slot = (one.starts_at or booth.starts_at, one.ends_at or booth.ends_at)
        if slot != (booth.starts_at, booth.ends_at):
            moved.append(booth)
        booth.starts_at, booth.ends_at = slot
        booth.order, booth.version = n, booth.version + 1
    return moved


def _faults_of_slots(
    fair: Fair, known: dict[UUID, Booth], given: Sequence[TimetableBooth], theirs: dict[UUID, UUID]
) -> list[Fault]:
    faults = []
    for n, one in enumerate(given):
        booth = known[one.booth_id]
        if not fair.starts_at <= booth.starts_at < booth.ends_at <= fair.ends_at:
            faults.append(Fault(f"/booths/{n}/starts_at", *_OUTSIDE))
        else:
            faults += _faults_of_jobs(booth, one.jobs, theirs, f"/booths/{n}/jobs")
    return faults


def _faults_of_jobs(
    booth: Booth, given: Sequence[JobShown], theirs: dict[UUID, UUID], pointer: str, *, flat: bool = False
) -> list[Fault]:
    faults, seen, last = [], set(), booth.starts_at
    for n, one in enumerate(given):
        at, here = f"{pointer}/{n}", f"{pointer}/{n}" if flat else f"{pointer}/{n}/job_id"
        if one.job_id in seen or theirs.get(one.job_id) != booth.employer_id:
            faults.append(Fault(here, *(_TWICE if one.job_id in seen else _NOT_THEIRS)))
        seen.add(one.job_id)
        if one.planned_at is None:
            continue
        if not booth.starts_at <= one.planned_at < booth.ends_at:
            faults.append(Fault(f"{at}/planned_at", *_OUT_OF_SLOT))
        elif one.planned_at < last:
            faults.append(Fault(f"{at}/planned_at", *_OUT_OF_ORDER))
        else:
            last = one.planned_at
    return faults


async def _shown_and_gone(
    session: AsyncSession, fair: Fair, booths: Sequence[Booth], stay: set[UUID], pointer: str
) -> list[Fault]:
    """Return a fault for each job that was shown already and would not be there any more."""
    marked = (
        select(FairJob.job_id)
        .join(Mark, (Mark.fair_id == FairJob.fair_id) & (Mark.job_id == FairJob.job_id))
        .where(FairJob.booth_id.in_([booth.id for booth in booths]))
        .distinct()
    )
    if fair.state is not FairState.LIVE:
        return []
    return [Fault(pointer, *_SHOWN) for job_id in await session.scalars(marked) if job_id not in stay]


async def _may_be_shown(
    session: AsyncSession, booths: Sequence[Booth], ids: Iterable[UUID]
) -> dict[UUID, UUID]:
    """Return the employers of those jobs that are open, or stand there already and may have filled since."""
    there = select(FairJob.job_id).where(FairJob.booth_id.in_([booth.id for booth in booths]))
    may = or_(Job.state == JobState.OPEN, Job.id.in_(there))
    found = await session.scalars(select(Job).where(Job.id.in_(set(ids)), may))
    return {job.id: job.employer_id for job in found}


async def _write(session: AsyncSession, fair: Fair, given: dict[Booth, Sequence[JobShown]]) -> None:
    await session.flush()
    ids = [booth.id for booth in given]
    await session.execute(delete(FairJob).where(FairJob.booth_id.in_(ids)))
    rows = [
        {
            "fair_id": fair.id,
            "job_id": one.job_id,
            "booth_id": booth.id,
            "order": n,
            "planned_at": one.planned_at,
        }
        for booth, jobs in given.items()
        for n, one in enumerate(jobs, 1)
    ]
    if rows:
        await session.execute(insert(FairJob), rows)


async def _listed(session: AsyncSession, booths: Sequence[Booth]) -> dict[str, Any]:
    """Return what the ledger notes of booths' jobs: ids and minutes in their order."""
    rows = await session.execute(
        select(FairJob.booth_id, FairJob.job_id, FairJob.planned_at)
        .where(FairJob.booth_id.in_([booth.id for booth in booths]))
        .order_by(FairJob.booth_id, FairJob.order)
    )
    listed: dict[str, Any] = {str(booth.id): [] for booth in booths}
    for booth_id, job_id, at in rows:
        listed[str(booth_id)].append([str(job_id), at.isoformat() if at else None])
    return listed


async def _note(
    session: AsyncSession,
    officer: Officer,
    fair: Fair,
    object_id: UUID,
    kind: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    await session.flush()
    await record(
        session,
        officer.actor,
        f"{kind}.timetable",
        object_kind=kind,
        object_id=object_id,
        division=fair.division,
        before=before,
        after=after,
    )
