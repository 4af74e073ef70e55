"""What becomes of a referral by itself, from what happens to the worker's request and the kept place."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.people import belongs
from app.core import clock
from app.core.events import at_once, emit
from app.engagements.events import (
    ApplicationDeclined,
    Applied,
    PlaceKeptNoMore,
    RequestWithdrawn,
    WorkerTakenOn,
)
from app.engagements.models import Choice, ChoiceState, Engagement
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.referrals.events import ReferralOver
from app.referrals.models import LIVE, Referral, ReferralState, WhyNot

# All of it at once, and by index: who reads the referral right after sees what is true.


@at_once(Applied)
async def note_application(session: AsyncSession, event: Applied) -> None:
    """Note that the worker went for it; the employer's answer decides."""
    asked = (
        await session.execute(
            select(Choice.worker_id, Choice.shift_id).where(
                Choice.application_id == event.application_id, Choice.state == ChoiceState.PENDING
            )
        )
    ).all()
    for worker_id, shift_id in asked:
        await _move(session, worker_id, shift_id, (ReferralState.SENT,), state=ReferralState.APPLIED)


@at_once(WorkerTakenOn)
async def note_hiring(session: AsyncSession, event: WorkerTakenOn) -> None:
    """Note that it led to work, also when the place was not kept any more."""
    engagement = await session.get_one(Engagement, event.engagement_id)
    came_of = (*LIVE, ReferralState.LAPSED)
    values = {"state": ReferralState.HIRED, "engagement_id": engagement.id}
    await _move(session, engagement.worker_id, engagement.shift_id, came_of, **values)


@at_once(ApplicationDeclined)
async def note_refusal(session: AsyncSession, event: ApplicationDeclined) -> None:
    """Note the employer's no; what ended without an answer has lapsed."""
    choice = await session.get_one(Choice, event.choice_id)
    if choice.state is ChoiceState.DECLINED:
        values = {"state": ReferralState.NOT_HIRED, "reason": WhyNot.EMPLOYER_REFUSED}
    else:
        values = {"state": ReferralState.LAPSED}
    await _move(session, choice.worker_id, choice.shift_id, LIVE, **values)


@at_once(RequestWithdrawn)
async def note_withdrawal(session: AsyncSession, event: RequestWithdrawn) -> None:
    choice = await session.get_one(Choice, event.choice_id)
    await _move(session, choice.worker_id, choice.shift_id, LIVE, state=ReferralState.DECLINED)


@at_once(PlaceKeptNoMore)
async def let_lapse(session: AsyncSession, event: PlaceKeptNoMore) -> None:
    """End what nobody acted upon; who has applied still waits for the answer."""
    state = ReferralState.LAPSED
    over = await _move(session, event.worker_id, event.shift_id, (ReferralState.SENT,), state=state)
    if over:
        await emit(session, ReferralOver(over))


@at_once(AccountClosing)
async def end_with_the_account(session: AsyncSession, event: AccountClosing) -> None:
    """End the live ones, and keep no words to the person."""
    mine = update(Referral).where(Referral.worker_id == event.account_id)
    await session.execute(mine.values(note=None))
    live = mine.where(Referral.state.in_(LIVE))
    await session.execute(live.values(state=ReferralState.DECLINED, changed_at=clock.now()))


@belongs
def sent_of(account_id: UUID) -> Select[UUID]:
    """Return what the ledger says of a person under her or his referrals (index worker_id, id)."""
    return select(Referral.id).where(Referral.worker_id == account_id)


@holds("referrals")
async def referrals_of(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Return what is held about a person's referrals (index worker_id, id)."""
    found = await session.scalars(
        select(Referral).where(Referral.worker_id == account_id).order_by(Referral.id)
    )
    names = ("id", "job_id", "shift_id", "state", "reason", "note", "sent_at", "kept_until", "engagement_id")
    return [{name: getattr(one, name) for name in names} for one in found]


async def _move(
    session: AsyncSession,
    worker_id: UUID,
    shift_id: UUID,
    from_: tuple[ReferralState, ...],
    **values: Any,
) -> UUID | None:
    """Move the newest referral of a worker to a shift, if it is in one of the states; return which."""
    newest = (
        select(Referral.id)
        .where(Referral.worker_id == worker_id, Referral.shift_id == shift_id, Referral.state.in_(from_))
        .order_by(Referral.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return await session.scalar(
        update(Referral)
        .where(Referral.id == newest)
        .values(changed_at=clock.now(), **values)
        .returning(Referral.id)
    )
