"""The posting that shows a provincial vacancy: opened, kept up with it, closed, as any posting is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import Fault, Invalid
from app.employers.models import Employer
from app.inbound.models import Vacancy
from app.jobs import booking, listings, postings
from app.jobs.models import ClosedBecause, Job, JobState, Shift
from app.jobs.problems import PeopleTakenOn
from app.jobs.schemas import JobChanges, JobDraft, ShiftChanges, ShiftDraft

_REMOVED = ("removed_by_staff", "本市工作人员已将其下架", "Staff of the city took it down")
_NO_LONGER = ClosedBecause.WITHDRAWN


async def show(session: AsyncSession, vacancy: Vacancy, employer: Employer, draft: JobDraft) -> UUID:
    """Open a posting for the vacancy, or change the open one; return its id.

    Refuses what a posting may not be: incomplete, below the minimum, with wording that discriminates; and
    one that staff took down. Where people were taken on for another trade, and where the employer is
    another, the old posting closes and a new one opens.
    """
    job = await _locked(session, vacancy.job_id)
    if job is not None and job.closed_because is ClosedBecause.REMOVED:
        why = "、".join(job.reasons)
        raise Invalid(faults=[Fault("", _REMOVED[0], f"{_REMOVED[1]}:{why}", f"{_REMOVED[2]}: {why}")])
    if job is not None and job.state is JobState.OPEN:
        if job.employer_id == employer.id and await _changed(session, job, draft):
            return job.id
        await postings.close(session, job, _NO_LONGER)
    return (await _opened(session, vacancy, employer, draft)).id


async def take_down(session: AsyncSession, job_id: UUID | None, because: ClosedBecause = _NO_LONGER) -> None:
    """Close the posting, if it is open; people taken on stay taken on."""
    job = await _locked(session, job_id)
    if job is not None and job.state is not JobState.CLOSED:
        await postings.close(session, job, because)


async def _locked(session: AsyncSession, job_id: UUID | None) -> Job | None:
    if job_id is None:
        return None
    return await session.get(Job, job_id, with_for_update={"key_share": True}, populate_existing=True)


async def _opened(session: AsyncSession, vacancy: Vacancy, employer: Employer, draft: JobDraft) -> Job:
    job = await postings.draft(session, employer, draft, source_id=vacancy.source_id)
    await postings.check(session, job, await postings.shifts_of(session, job.id))
    _must_be_clean(job)
    # The rules have judged it and the province answers for it: it does not wait for the staff's review.
    job.state, job.submitted_at, job.reviewed = JobState.IN_REVIEW, clock.now(), True
    await postings.publish(session, job)
    return job


async def _changed(session: AsyncSession, job: Job, draft: JobDraft) -> bool:
    """Change an open posting to what the vacancy says now; False where it takes a new one."""
    given = {name: getattr(draft, name) for name in JobChanges.model_fields if getattr(draft, name)}
    try:
        async with session.begin_nested():
            await postings.change(session, job, JobChanges.model_construct(set(given), **given), None)
    except PeopleTakenOn:
        return False
    _must_be_clean(job)
    await _follow(session, job, draft.shifts)
    return True


def _must_be_clean(job: Job) -> None:
    """Refuse words that discriminate or ask for fees: the province is to mend them (rule 7)."""
    if job.findings:
        raise Invalid(
            faults=[
                Fault(
                    finding["pointer"],
                    f"wording_{finding['kind']}",
                    f"“{finding['words']}”:{finding['advice']}",
                    f"wording: {finding['kind']}",
                )
                for finding in job.findings
            ]
        )


async def _follow(session: AsyncSession, job: Job, wanted: Sequence[ShiftDraft]) -> None:
    """Make the shifts to come those that are wanted.

    The province's have no ids. The same times are the same shift; of the others, the first on a day is
    the one of that day that moved, and those taken on are asked (rule 6). A shift that is not wanted any
    more takes nobody on: who was taken on stays until the province says otherwise.
    """
    there = [one for one in await postings.shifts_of(session, job.id) if one.starts_at > clock.now()]
    pairs, new = _paired(there, wanted)
    drafts = {shift.id: draft for shift, draft in pairs}
    for shift in sorted(there, key=lambda shift: shift.id):  # the order in which shifts are locked
        draft = drafts.get(shift.id)
        if draft is None:
            await session.refresh(shift, with_for_update={"key_share": True})
            shift.headcount = shift.hired + shift.reserved
        elif (changes := _differing(shift, draft)).model_fields_set:
            await booking.change_shift(session, job, shift.id, changes)
    if new:
        await booking.add_shifts(session, job, new)
    await listings.refresh(session, [job.id])


def _paired(
    there: Sequence[Shift], wanted: Sequence[ShiftDraft]
) -> tuple[list[tuple[Shift, ShiftDraft]], list[ShiftDraft]]:
    """Return which shift is which wanted one, and what is new."""
    left, pairs, new = list(there), [], []
    exact = {(shift.starts_at, shift.ends_at): shift for shift in there}
    moved = []
    for draft in wanted:
        same = exact.pop((draft.starts_at, draft.ends_at), None)
        if same is None:
            moved.append(draft)
        else:
            pairs.append((same, draft))
            left.remove(same)
    for draft in moved:
        day = clock.day_of(draft.starts_at)
        shift = next((one for one in left if clock.day_of(one.starts_at) == day), None)
        if shift is None:
            new.append(draft)
        else:
            pairs.append((shift, draft))
            left.remove(shift)
    return pairs, new


def _differing(shift: Shift, draft: ShiftDraft) -> ShiftChanges:
    """Return what is to change; the head count never falls below who has a place."""
    # Never below who has a place: how many the province has left is its own affair.
    headcount = max(draft.headcount, shift.hired + shift.reserved)
    changes = {
        name: value
        for name, value in (
            ("starts_at", draft.starts_at), ("ends_at", draft.ends_at), ("headcount", headcount)
        )
        if value != getattr(shift, name)
    }  # fmt: skip
    return ShiftChanges(**changes)
