"""One of everything about fairs that can be told of, written straight into the tables, with its events."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Event
from app.core.types import new_id
from app.engagements.models import Engagement
from app.fairs import events as fairs
from app.fairs.audience import Question, QuestionState, Reservation
from app.fairs.models import Booth, BoothState, Fair, FairMode, FairState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def of_fairs(session: AsyncSession, one: Engagement, staff_id: UUID) -> AsyncIterator[Event]:
    """Yield what happens to a fair that takes place, with a booth in each state, and to one that does not."""
    for state, mode in ((FairState.BOOKABLE, FairMode.BOTH), (FairState.CANCELLED, FairMode.ONLINE)):
        fair = Fair(
            id=new_id(),
            title="春风行动专场",
            mode=mode,
            state=state,
            venue="滨河西路 8 号" if mode is FairMode.BOTH else None,
            starts_at=clock.now() + 2 * DAY,
            ends_at=clock.now() + 2 * DAY + HOUR,
            division=one.division,
            station_id=one.station_id,
            cancelled_at=clock.now() if state is FairState.CANCELLED else None,
            changed_at=clock.now(),
        )
        session.add(fair)
        await session.flush()
        session.add(Reservation(fair_id=fair.id, account_id=one.worker_id, created_at=clock.now()))
        if state is FairState.CANCELLED:
            await _booth(session, fair, one, BoothState.CANCELLED)
            yield fairs.FairCancelled(fair.id)
            continue
        yield fairs.FairMoved(fair.id)
        declined = await _booth(session, fair, one, BoothState.DECLINED)
        for by_station in (True, False):
            yield fairs.BoothEnded(declined.id, by_station=by_station)
        booth = await _booth(session, fair, one, BoothState.INVITED)
        yield fairs.BoothInvited(booth.id)
        booth.state = BoothState.APPLIED
        yield fairs.BoothApplied(booth.id)
        booth.state = BoothState.ACCEPTED
        for by_station in (True, False):
            yield fairs.BoothAccepted(booth.id, by_station=by_station)
        yield fairs.BoothChanged(booth.id)
        question = Question(
            id=new_id(),
            fair_id=fair.id,
            account_id=one.worker_id,
            state=QuestionState.ANSWERED,
            answer="管住,四人一间。",
            staff_id=staff_id,
            asked_at=clock.now(),
            changed_at=clock.now(),
        )
        session.add(question)
        await session.flush()
        yield fairs.QuestionAnswered(question.id)


async def _booth(session: AsyncSession, fair: Fair, one: Engagement, state: BoothState) -> Booth:
    booth = Booth(
        id=new_id(),
        fair_id=fair.id,
        employer_id=one.employer_id,
        state=state,
        order=1,
        starts_at=fair.starts_at,
        ends_at=fair.ends_at,
    )
    session.add(booth)
    await session.flush()
    return booth
