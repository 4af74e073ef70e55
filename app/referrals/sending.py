"""Sending a worker to a job: the place is kept, the quota counted, both sides told; and taking it back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock
from app.core.events import emit
from app.core.problems import Fault, Invalid, NotFound
from app.core.types import new_id
from app.engagements.cancelling import refill_place
from app.engagements.cases import case_for
from app.engagements.eligibility import reasons
from app.engagements.keeping_places import keep, let_go_of
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.problems import BY_CODE
from app.jobs import listings
from app.referrals import queries
from app.referrals.events import ReferralOver, WorkerReferred
from app.referrals.models import Referral, ReferralQuota, ReferralState, WhyNot
from app.referrals.problems import ReferralQuotaReached
from app.referrals.schemas import QuotaGiven, ReferralGiven
from app.stations.models import Staff


async def send(session: AsyncSession, officer: Officer, given: ReferralGiven) -> list[Referral]:
    """Refer a worker to shifts of a job, all of them or none.

    Refuses what the worker could not be taken on for, a shift without a free place, a second live referral
    to the same shift (the unique index), and more than the clerk's quota.
    """
    await queries.worker_for(session, officer, given.worker_id)
    await queries.job_for(session, officer, given.job_id)
    shift_ids = list(dict.fromkeys(given.shift_ids))
    # The quota's lock comes before the worker's: nobody who holds a worker waits for a quota.
    await _count(session, officer.staff.id, len(shift_ids))
    worker = await lock_worker(session, given.worker_id)
    case = await case_for(session, worker, given.job_id)
    for unknown, shift_id in enumerate(shift_ids):
        if shift_id not in case.shifts:
            text = ("shift_unknown", "该岗位没有这个班次", "The job has no such shift")
            raise Invalid(faults=[Fault(f"/shift_ids/{unknown}", *text)])
    await lock_shifts(session, shift_ids)
    now, sent = clock.now(), []
    for shift_id in shift_ids:
        shift = case.shifts[shift_id]
        found = reasons(case.applicant, case.wanted, shift, now, full=not shift.free)
        if found:
            raise BY_CODE[found[0]](shifts=[{"shift_id": str(shift_id), "reasons": found}])
        referral = Referral(
            id=new_id(),
            job_id=case.job.id,
            shift_id=shift_id,
            worker_id=worker.id,
            employer_id=case.job.employer_id,
            staff_id=officer.staff.id,
            division=officer.station.division,
            state=ReferralState.SENT,
            note=given.note,
            sent_at=now,
            kept_until=min(now + timedelta(hours=given.hold_hours), shift.starts_at),
            changed_at=now,
        )
        session.add(referral)
        await session.flush()
        await keep(session, worker.id, shift, referral.kept_until)
        case.now_engaged(shift)  # two shifts of one referral may not overlap either
        sent.append(referral)
        await _note(session, officer, "referral.send", referral)
    await listings.refresh(session, [case.job.id])
    await emit(session, WorkerReferred(sent[0].id, len(sent)))
    return sent


async def take_back(session: AsyncSession, officer: Officer, referral_id: UUID, reason: str) -> None:
    """Withdraw what nobody has acted upon; the place goes to who waits."""
    referral = await _locked(session, officer, referral_id)
    referral.must_be(ReferralState.SENT)
    await _end(session, referral, ReferralState.WITHDRAWN, None)
    await _note(session, officer, "referral.withdraw", referral, reason)
    await emit(session, ReferralOver(referral.id))


async def tell_outcome(
    session: AsyncSession, officer: Officer, referral_id: UUID, outcome: ReferralState, why: WhyNot
) -> None:
    """Note what the clerk heard where nothing happened in the system; of hiring, an engagement tells."""
    referral = await _locked(session, officer, referral_id)
    referral.must_be(ReferralState.SENT, ReferralState.LAPSED)
    if referral.state is ReferralState.SENT:
        await _end(session, referral, outcome, why)
    else:
        # It keeps no place any more; what is kept now is of a later one.
        referral.state, referral.reason, referral.changed_at = outcome, why, clock.now()
        await session.flush()
    await _note(session, officer, "referral.outcome", referral)


async def set_quota(
    session: AsyncSession, officer: Officer, given: QuotaGiven
) -> tuple[Staff, int | None, int]:
    """Set how many somebody within reach may send in a month, or lift the bound; return what is used."""
    found = queries.quotas(officer).where(Staff.id == given.staff_id)
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    staff, before, used = row
    quota = await session.get(ReferralQuota, staff.id, with_for_update=True)
    if given.monthly is None:
        if quota:
            await session.delete(quota)
    else:
        values = {"monthly": given.monthly, "set_by": officer.staff.id, "set_at": clock.now()}
        await session.execute(
            insert(ReferralQuota)
            .values(staff_id=staff.id, **values)
            .on_conflict_do_update(index_elements=["staff_id"], set_=values)
        )
    await session.flush()
    await record(
        session,
        officer.actor,
        "referral.quota",
        object_kind="staff",
        object_id=staff.id,
        division=officer.station.division,
        before={"monthly": before},
        after={"monthly": given.monthly},
    )
    return staff, given.monthly, used


async def _count(session: AsyncSession, staff_id: UUID, more: int) -> None:
    """Refuse more than the quota; who counts holds its row, so that one of two gets the last one."""
    quota = await session.scalar(
        select(ReferralQuota.monthly).where(ReferralQuota.staff_id == staff_id).with_for_update()
    )
    if quota is None:
        return
    begins, ends = queries.month_of(clock.today())
    # At most the quota itself, by index staff_id, sent_at.
    used = await session.scalar(
        select(func.count()).where(
            Referral.staff_id == staff_id, Referral.sent_at >= begins, Referral.sent_at < ends
        )
    )
    if (used or 0) + more > quota:
        raise ReferralQuotaReached(monthly=quota, used=used or 0)


async def _locked(session: AsyncSession, officer: Officer, referral_id: UUID) -> Referral:
    """Lock the worker, the job, the shift, then the referral; 404 if it is absent or out of reach."""
    known = (await queries.one_in_reach(session, officer, referral_id))[0]
    await lock_worker(session, known.worker_id)
    await lock_shifts(session, [known.shift_id])
    await session.refresh(known, with_for_update={"key_share": True})
    return known


async def _end(session: AsyncSession, referral: Referral, state: ReferralState, why: WhyNot | None) -> None:
    referral.state, referral.reason, referral.changed_at = state, why, clock.now()
    await session.flush()
    shift = (await lock_shifts(session, [referral.shift_id]))[referral.shift_id]
    if await let_go_of(session, referral.worker_id, shift):
        await refill_place(session, shift)
        await listings.refresh(session, [shift.job_id])


async def _note(
    session: AsyncSession, officer: Officer, action: str, referral: Referral, reason: str | None = None
) -> None:
    ids: Sequence[str] = ("job_id", "shift_id", "worker_id")
    after = {name: str(getattr(referral, name)) for name in ids} | {"state": referral.state.value}
    if referral.reason:
        after["reason"] = referral.reason.value
    await record(
        session,
        officer.actor,
        action,
        object_kind="referral",
        object_id=referral.id,
        division=referral.division,
        after=after,
        reason=reason,
    )
