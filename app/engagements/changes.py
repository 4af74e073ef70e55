"""Changes of what was agreed: asked by the posting, or proposed by one side; the other answers (rule 6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound
from app.core.types import new_id
from app.engagements import conditions
from app.engagements.agreement import agree_anew
from app.engagements.cancelling import refill_place
from app.engagements.conditions import Conditions
from app.engagements.eligibility import minors_night
from app.engagements.ending import REFUSED_A_CHANGE, let_go, proposed_for
from app.engagements.events import ChangeAnswered, ChangeProposed
from app.engagements.locking import locked
from app.engagements.models import Change, ChangeState, Engagement, EngagementState, Side, Terms
from app.engagements.problems import (
    ChangePending,
    EngagementStateConflict,
    MinorNight,
    OwnProposal,
    ShiftStarted,
)
from app.engagements.queries import terms_in_force
from app.jobs import listings
from app.jobs.models import Job, Shift
from app.stations.queries import responsible_for
from app.workers.models import Worker


async def put(
    session: AsyncSession,
    engagement: Engagement,
    by: Side,
    differs: tuple[Conditions, Conditions],
    *,
    binding: bool,
    note: str | None = None,
) -> Change:
    """Propose a change; a newer one supersedes the one that waits.

    Refuses to put aside a change of the posting for one that is not.
    """
    earlier = await proposed_for(session, engagement)
    if earlier and earlier.binding and not binding:
        raise ChangePending
    if earlier:
        earlier.state, earlier.answered_at = ChangeState.SUPERSEDED, clock.now()
        await session.flush()
    change = Change(
        id=new_id(),
        engagement_id=engagement.id,
        by=by,
        binding=binding,
        before=differs[0],
        after=differs[1],
        note=note,
        state=ChangeState.PROPOSED,
        proposed_at=clock.now(),
    )
    session.add(change)
    await session.flush()
    await emit(session, ChangeProposed(change.id))
    return change


async def ask(session: AsyncSession, engagements: Sequence[Engagement], names: Sequence[str]) -> None:
    """Ask those taken on to consent to what the posting says now; till then the old terms hold.

    What an earlier change of the posting asked and nobody answered is asked again; what has been put
    back to what was agreed is asked no more.
    """
    terms = await terms_in_force(session, [one.id for one in engagements])
    for engagement in engagements:
        posting = conditions.of_posting(
            await session.get_one(Job, engagement.job_id), await session.get_one(Shift, engagement.shift_id)
        )
        earlier = await proposed_for(session, engagement)
        asked = {*names, *(earlier.after if earlier and earlier.binding else {})}
        differs = conditions.difference(conditions.of_terms(terms[engagement.id].body), posting, asked)
        if differs:
            await put(session, engagement, Side.EMPLOYER, differs, binding=True)
        elif earlier and earlier.binding:
            earlier.state, earlier.answered_at = ChangeState.SUPERSEDED, clock.now()
    await session.flush()


async def answer(
    session: AsyncSession, engagement_id: UUID, change_id: UUID, by: Side, *, consents: bool
) -> Engagement:
    """Consent to a change, and new terms hold; or refuse it.

    Refusing leaves the old terms standing, unless the posting itself changed: then the worker is free,
    on the employer's side of the account. Refuses what was answered, superseded or is one's own,
    consent after the start, and consent to times that overlap with another engagement (the exclusion
    constraint).
    """
    engagement = await locked(session, engagement_id)
    change = await session.get(Change, change_id, with_for_update={"key_share": True})
    if change is None or change.engagement_id != engagement.id:
        raise NotFound
    if change.state is not ChangeState.PROPOSED or engagement.state is not EngagementState.AGREED:
        allowed = [EngagementState.AGREED.value]
        raise EngagementStateConflict(
            change=change.state.value, state=engagement.state.value, allowed=allowed
        )
    if change.by is by:
        raise OwnProposal
    if consents:
        await _consent(session, engagement, change)
    elif change.binding:
        shift = await session.get_one(Shift, engagement.shift_id)
        change.state, change.answered_at = ChangeState.REFUSED, clock.now()
        await session.flush()
        await let_go(session, engagement, shift, Side.EMPLOYER, REFUSED_A_CHANGE)
        await refill_place(session, shift)
        await listings.refresh(session, [shift.job_id])
    change.state = ChangeState.ACCEPTED if consents else ChangeState.REFUSED
    change.answered_at = clock.now()
    await session.flush()
    await emit(session, ChangeAnswered(change.id))
    return engagement


async def _consent(session: AsyncSession, engagement: Engagement, change: Change) -> Terms:
    after, now = change.after, clock.now()
    if engagement.starts_at <= now:
        raise ShiftStarted
    if "starts_at" in after:
        starts_at, ends_at = (datetime.fromisoformat(after[name]) for name in conditions.TIMES)
        if starts_at <= now:
            raise ShiftStarted
        await hold_to_rule_5(session, engagement, starts_at, ends_at)
        engagement.starts_at, engagement.ends_at = starts_at, ends_at
        await session.flush()
    if "division" in after:
        engagement.division, engagement.county_code = after["division"], after["division"][:6]
        engagement.station_id = await responsible_for(session, after["division"])
    last = (await terms_in_force(session, [engagement.id]))[engagement.id]
    return await agree_anew(session, engagement, last, after)


async def hold_to_rule_5(
    session: AsyncSession, engagement: Engagement, starts_at: datetime, ends_at: datetime
) -> None:
    """Refuse times at which a worker under eighteen would work by night."""
    worker = await session.get_one(Worker, engagement.worker_id)
    if worker.birth_date and minors_night(worker.birth_date, starts_at, ends_at):
        raise MinorNight


async def end_what_began(session: AsyncSession, most: int) -> int:
    """End the proposals that nobody answered before the start: the old terms hold; return how many."""
    found = await session.scalars(
        # index uq_engagement_changes_proposed: the proposals that wait
        select(Change)
        .join(Engagement, Engagement.id == Change.engagement_id)
        .where(Change.state == ChangeState.PROPOSED, Engagement.starts_at <= clock.now())
        .order_by(Change.id)
        .limit(most)
        .with_for_update(key_share=True, of=Change, skip_locked=True)
    )
    waits = found.all()
    for change in waits:
        change.state, change.answered_at = ChangeState.SUPERSEDED, clock.now()
    await session.flush()
    return len(waits)
