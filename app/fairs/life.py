"""A fair's life while it is on: it follows its stream, or what staff say, or in the end the clock."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import at_once, emit
from app.core.problems import NotFound
from app.fairs.audience import ToldKind
from app.fairs.events import FairCancelled, FairEnded, FairLive
from app.fairs.feed import tell
from app.fairs.models import AHEAD, Fair, FairState
from app.fairs.noting import note
from app.fairs.planning_queries import in_reach_of
from app.streams import actions as streams
from app.streams.events import StreamEnded, StreamStarted
from app.streams.models import LiveKind, Stream, StreamState
from app.streams.owners import locked_before

# A stream that comes earlier is a rehearsal: the fair goes live when this much is left, if it still runs.
EARLY = timedelta(hours=1)
FORGOTTEN = timedelta(hours=2)
ON_AIR = (StreamState.LIVE, StreamState.DROPPED)


async def in_hand(session: AsyncSession, officer: Officer, fair_id: UUID) -> Fair:
    """Return a fair within reach, locked; who reserves or asks in the meantime does not wait for it."""
    statement = in_reach_of(officer).where(Fair.id == fair_id)
    fair = await session.scalar(statement.with_for_update(key_share=True))
    if fair is None:
        raise NotFound
    return fair


async def start(session: AsyncSession, officer: Officer, fair: Fair) -> None:
    """Say that the fair is on; a stream that tells us nothing of itself is on with it.

    One that was ended may be started again until its planned end.
    """
    before = fair.state
    fair.must_be(*AHEAD, *([FairState.ENDED] if clock.now() < fair.ends_at else []))
    await begin(session, fair)
    stream = await _stream_of(session, fair)
    if stream and stream.kind is not LiveKind.OWN and stream.state not in ON_AIR:
        await streams.begin_by_hand(session, stream)
    await _note(session, officer, fair, "fair.start", before)


async def stop(session: AsyncSession, officer: Officer, fair: Fair) -> None:
    """Say that the fair is over, and with it its stream: its push address is closed."""
    before = fair.state
    fair.must_be(FairState.LIVE)
    await finish(session, fair)
    if stream := await _stream_of(session, fair):
        await streams.end_by_hand(session, stream)
    await _note(session, officer, fair, "fair.end", before)


async def begin(session: AsyncSession, fair: Fair) -> None:
    """Let a locked fair be live, from now or again."""
    now = clock.now()
    fair.state, fair.ended_at = FairState.LIVE, None
    fair.live_at, fair.opened_at = fair.live_at or now, fair.opened_at or now
    await _turned(session, fair)
    await emit(session, FairLive(fair_id=fair.id))


async def finish(session: AsyncSession, fair: Fair) -> None:
    """Let a locked fair be over."""
    fair.state, fair.ended_at = FairState.ENDED, clock.now()
    await _turned(session, fair)
    await emit(session, FairEnded(fair_id=fair.id))


@locked_before
async def lock_fair(session: AsyncSession, stream: Stream) -> None:
    """Lock the fair whose stream it is: always before the stream itself."""
    await _fair_of(session, stream.id)


@at_once(StreamStarted)
async def goes_live(session: AsyncSession, event: StreamStarted) -> None:
    fair = await _fair_of(session, event.stream_id)
    if fair is not None:
        await _follow(session, fair)


@at_once(StreamEnded)
async def ends(session: AsyncSession, event: StreamEnded) -> None:
    fair = await _fair_of(session, event.stream_id)
    if fair is not None and fair.state is FairState.LIVE:
        await finish(session, fair)


@at_once(FairCancelled)
async def is_cancelled(session: AsyncSession, event: FairCancelled) -> None:
    """Tell who listens, and close the stream for good."""
    fair = await session.get_one(Fair, event.fair_id, with_for_update={"key_share": True})
    await tell(session, fair, ToldKind.STATE)
    if stream := await _stream_of(session, fair):
        await streams.end_by_hand(session, stream)


@work.at_times("* * * * *")
async def turn_by_the_clock(database: Database) -> None:
    """Begin what is streamed since before its time, and end what nobody ended (index on)."""
    now = clock.now()
    on_air = Stream.state.in_(ON_AIR)
    near = Fair.starts_at <= now + EARLY, Fair.ends_at > now
    rehearsed = select(Fair.id).join(Stream, Stream.id == Fair.stream_id)
    await rounds.each(database, rehearsed.where(Fair.state.in_(AHEAD), *near, on_air), _begin_late)
    # What the media server tells of ends when it tells so, however late.
    told_of = on_air & (Stream.kind == LiveKind.OWN)
    over = select(Fair.id).outerjoin(Stream, Stream.id == Fair.stream_id)
    over = over.where(Fair.state.in_([FairState.BOOKABLE, FairState.LIVE]), Fair.ends_at < now - FORGOTTEN)
    await rounds.each(database, over.where(or_(Stream.id.is_(None), ~told_of)), _end_forgotten)


async def _begin_late(session: AsyncSession, fair_id: UUID) -> None:
    fair = await session.get_one(Fair, fair_id, with_for_update={"key_share": True})
    stream = await _stream_of(session, fair)
    if stream and stream.state in ON_AIR:
        await _follow(session, fair)


async def _end_forgotten(session: AsyncSession, fair_id: UUID) -> None:
    fair = await session.get_one(Fair, fair_id, with_for_update={"key_share": True})
    if fair.state not in (FairState.BOOKABLE, FairState.LIVE) or fair.ends_at >= clock.now() - FORGOTTEN:
        return
    await finish(session, fair)
    if stream := await _stream_of(session, fair):
        await streams.end_by_hand(session, stream)


async def _follow(session: AsyncSession, fair: Fair) -> None:
    """Go live with the stream: not for a rehearsal, and after an end only until the planned one."""
    now = clock.now()
    again = fair.state is FairState.ENDED and now < fair.ends_at
    if again or (fair.state in AHEAD and fair.starts_at - EARLY <= now):
        await begin(session, fair)


async def _fair_of(session: AsyncSession, stream_id: UUID) -> Fair | None:
    statement = select(Fair).where(Fair.stream_id == stream_id).with_for_update(key_share=True)
    return await session.scalar(statement.execution_options(populate_existing=True))


async def _stream_of(session: AsyncSession, fair: Fair) -> Stream | None:
    return await session.get(Stream, fair.stream_id) if fair.stream_id else None


async def _turned(session: AsyncSession, fair: Fair) -> None:
    fair.version += 1
    fair.changed_at = clock.now()
    await tell(session, fair, ToldKind.STATE)


async def _note(session: AsyncSession, officer: Officer, fair: Fair, deed: str, before: FairState) -> None:
    was, now = {"state": before.value}, {"state": fair.state.value}
    await note(session, officer.actor, fair, deed, before=was, after=now)
