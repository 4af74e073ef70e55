"""What follows by itself: the waiting list, changed shifts, closed postings, the clock, closing accounts."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import afterwards, at_once, emit
from app.employers.models import Employer
from app.engagements import changes, conditions
from app.engagements.cancelling import refill_place
from app.engagements.events import ApplicationDeclined, PlaceFreed, PlaceKeptNoMore, WorkerTakenOn
from app.engagements.keeping_places import kept_for, let_go_of
from app.engagements.locking import lock_shifts, lock_worker
from app.engagements.models import (
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    KeptPlace,
)
from app.engagements.problems import EngagementsStand, ProvinceConsentMissing
from app.engagements.waiting import fill_freed_places
from app.identity.actions import consents_of
from app.identity.events import AccountClosing, ConsentChanged
from app.identity.models import Purpose
from app.jobs import listings
from app.jobs.events import ConditionsChanged, JobClosed, PlacesAdded, ShiftMoved
from app.jobs.models import PROVINCE, Job, Shift
from app.workers.models import Worker

BATCH = 500
_UNDER_WAY = (EngagementState.CHECKED_IN, EngagementState.CHECKED_OUT, EngagementState.DISPUTED)
_NO_MORE = "engagements.ask_the_province_no_more"
_WAITS = Choice.state.in_([ChoiceState.PENDING, ChoiceState.WAITLISTED])


@afterwards(PlaceFreed, PlacesAdded)
async def fill(session: AsyncSession, event: PlaceFreed | PlacesAdded) -> None:
    """Fill free places from the waiting list."""
    await fill_freed_places(session, event.shift_id)


@afterwards(WorkerTakenOn)
async def count_for_the_employer(session: AsyncSession, event: WorkerTakenOn) -> None:
    """Count one more person taken on, for the employer's public profile."""
    engagement = await session.get_one(Engagement, event.engagement_id)
    await session.execute(
        update(Employer).where(Employer.id == engagement.employer_id).values(hires=Employer.hires + 1)
    )


@at_once(ShiftMoved)
async def ask_for_consent(session: AsyncSession, event: ShiftMoved) -> None:
    """Ask everyone taken on for the shift to consent to its new times; till then the old terms hold."""
    stand = await _to_come(session, Engagement.shift_id == event.shift_id)
    await changes.ask(session, stand, conditions.TIMES)


@at_once(ConditionsChanged)
async def ask_for_consent_to_conditions(session: AsyncSession, event: ConditionsChanged) -> None:
    """Ask everyone taken on to consent to the posting's new conditions."""
    shifts = select(Shift.id).where(Shift.job_id == event.job_id)
    await changes.ask(session, await _to_come(session, Engagement.shift_id.in_(shifts)), event.names)


async def _to_come(session: AsyncSession, which: ColumnElement[bool]) -> list[Engagement]:
    """Lock who is taken on and has not begun (index ix_engagements_shift_id)."""
    found = await session.scalars(
        select(Engagement)
        .where(which, Engagement.state == EngagementState.AGREED, Engagement.starts_at > clock.now())
        .order_by(Engagement.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(found)


@at_once(JobClosed)
async def end_what_waits(session: AsyncSession, event: JobClosed) -> None:
    """End the requests that a closed posting leaves without an answer; who asked is told."""
    of_the_job = Choice.shift_id.in_(select(Shift.id).where(Shift.job_id == event.job_id))
    await _expire(session, await _waiting(session, of_the_job), "job_not_open")
    await _keep_nothing(session, event.job_id)


async def _keep_nothing(session: AsyncSession, job_id: UUID) -> None:
    """Keep no place of a closed posting; nobody waits for one there. Its shifts are locked first, by id."""
    kept = select(KeptPlace.shift_id).join(Shift).where(Shift.job_id == job_id)
    shifts = await lock_shifts(session, list(await session.scalars(kept.distinct())))
    for place in await session.scalars(select(KeptPlace).where(KeptPlace.shift_id.in_(list(shifts)))):
        await let_go_of(session, place.worker_id, shifts[place.shift_id])
        await emit(session, PlaceKeptNoMore(place.shift_id, place.worker_id))


@work.at_times("* * * * *")
async def give_back_kept_places(database: Database) -> None:
    """Give back the places that were not used in time; those who wait move up. There are never many."""
    over = or_(KeptPlace.until <= clock.now(), Shift.starts_at <= clock.now())
    due = select(KeptPlace.id).join(Shift).where(over)

    async def give_back(session: AsyncSession, place_id: UUID) -> None:
        place = await session.get(KeptPlace, place_id)
        if place is None:
            return
        await lock_worker(session, place.worker_id)
        shift = (await lock_shifts(session, [place.shift_id]))[place.shift_id]
        if not await let_go_of(session, place.worker_id, shift):
            return
        await emit(session, PlaceKeptNoMore(shift.id, place.worker_id))
        await refill_place(session, shift)
        await listings.refresh(session, [shift.job_id])

    await rounds.each(database, due, give_back, BATCH)


@work.at_times("* * * * *")
async def end_what_was_not_answered(database: Database) -> None:
    """End the requests for shifts that have begun."""
    begun = (
        select(Choice.shift_id)
        .join(Shift, Shift.id == Choice.shift_id)
        .where(_WAITS, Shift.starts_at <= clock.now())
        .distinct()
    )

    async def end(session: AsyncSession, shift_id: UUID) -> None:
        choices = await _waiting(session, Choice.shift_id == shift_id)
        await _expire(session, choices, "shift_started")

    await rounds.each(database, begun, end, BATCH)


@work.at_times("* * * * *")
async def end_proposals_at_the_start(database: Database) -> None:
    """Let the old terms hold where nobody answered before the work began."""
    more = True
    while more:
        async with database.transaction() as session:
            more = await changes.end_what_began(session, BATCH) == BATCH


@at_once(AccountClosing)
async def nothing_stands(session: AsyncSession, event: AccountClosing) -> None:
    """Refuse to close an account that is taken on somewhere, at work or in dispute; end its open requests."""
    if await session.get(Worker, event.account_id) is None:
        return
    await lock_worker(session, event.account_id)
    stands = await session.scalar(
        select(Engagement.id)
        .where(
            Engagement.worker_id == event.account_id,
            ((Engagement.state == EngagementState.AGREED) & (Engagement.ends_at > clock.now()))
            | Engagement.state.in_(_UNDER_WAY),
        )
        .limit(1)
    )
    if stands:
        raise EngagementsStand
    own = await _waiting(session, Choice.worker_id == event.account_id)
    await _expire(session, own, "account_closed", tell=False)
    kept = await lock_shifts(session, await kept_for(session, event.account_id))
    for shift in kept.values():
        await let_go_of(session, event.account_id, shift)
        await emit(session, PlaceFreed(shift.id))
    await listings.refresh(session, [shift.job_id for shift in kept.values()])


@at_once(ConsentChanged)
async def follow_the_consent(session: AsyncSession, event: ConsentChanged) -> None:
    """Promise to end what the province may no longer be told of, when somebody takes that consent back."""
    if event.purpose == Purpose.PROVINCE and not event.given:
        await work.promise(session, _NO_MORE, {"worker_id": str(event.account_id)})


@work.task(_NO_MORE)
async def ask_the_province_no_more(database: Database, *, worker_id: str) -> None:
    """End what waits for the province's answer once it may not be told who asks; what is agreed stands."""
    async with database.transaction() as session:
        id_ = UUID(worker_id)
        if await _shares_with_province(session, id_) or await session.get(Worker, id_) is None:
            return
        await lock_worker(session, id_)
        its = select(Shift.id).join(Job, Job.id == Shift.job_id).where(Job.source == PROVINCE)
        choices = await _waiting(session, (Choice.worker_id == id_) & Choice.shift_id.in_(its))
        await _expire(session, choices, ProvinceConsentMissing.code)
        jobs = select(Shift.job_id).where(Shift.id.in_([one.shift_id for one in choices])).distinct()
        await listings.refresh(session, list(await session.scalars(jobs)))


async def _shares_with_province(session: AsyncSession, account_id: UUID) -> bool:
    """Tell what was said last: it may have been given again since."""
    said = (await consents_of(session, account_id)).get(Purpose.PROVINCE)
    return said is not None and said.given


async def _waiting(session: AsyncSession, which: ColumnElement[bool]) -> list[Choice]:
    """Lock the shifts, then the requests for them that have no answer: the order of locks everywhere."""
    asked = await session.scalars(select(Choice.shift_id).where(_WAITS, which).distinct())
    await lock_shifts(session, list(asked))
    found = await session.scalars(
        select(Choice)
        .where(_WAITS, which)
        .order_by(Choice.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def _expire(session: AsyncSession, choices: list[Choice], reason: str, *, tell: bool = True) -> None:
    for choice in choices:
        waited = choice.state is ChoiceState.WAITLISTED
        choice.state, choice.reason, choice.changed_at = ChoiceState.EXPIRED, reason, clock.now()
        if waited:
            await session.execute(
                text("UPDATE shifts SET waiting = waiting - 1 WHERE id = :id"), {"id": choice.shift_id}
            )
        await session.flush()
        if tell:
            await emit(session, ApplicationDeclined(choice.id))
