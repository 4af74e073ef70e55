"""The clock: a stream that is away for too long has ended, and who can't say so any more is away."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import emit
from app.core.ports import ports
from app.streams import owners, publishing
from app.streams.events import StreamEnded
from app.streams.models import Stream, StreamRun, StreamState


@work.task("streams.end_if_away")
async def end_if_away(database: Database, *, stream_id: str) -> None:
    """End a stream whose last drop has lasted for too long by now."""
    async with database.transaction() as session:
        await _end_if_away(session, UUID(stream_id))


@work.at_times("* * * * *")
async def look_for_the_away(database: Database) -> None:
    """Find what nobody told us of: the API or the media server was away, or a promise came early."""
    # uq_stream_runs_on_air
    unseen = select(StreamRun.id).where(
        StreamRun.ended_at.is_(None), StreamRun.seen_at < clock.now() - publishing.UNSEEN
    )
    await rounds.each(database, unseen, _drop_if_unseen)
    # ix_streams_dropped
    away = select(Stream.id).where(
        Stream.state == StreamState.DROPPED, Stream.dropped_at <= clock.now() - ports().live.drop
    )
    await rounds.each(database, away, _end_if_away)


async def _end_if_away(session: AsyncSession, stream_id: UUID) -> None:
    stream = await session.get_one(Stream, stream_id)
    await owners.lock(session, stream)
    if stream.dropped_at is None or clock.now() - stream.dropped_at < ports().live.drop:
        return
    stream.state, stream.dropped_at, stream.changed_at = StreamState.ENDED, None, clock.now()
    await session.flush()
    await emit(session, StreamEnded(stream_id=stream.id))


async def _drop_if_unseen(session: AsyncSession, run_id: UUID) -> None:
    run = await session.get_one(StreamRun, run_id)
    stream = await session.get_one(Stream, run.stream_id)
    await owners.lock(session, stream)
    await session.refresh(run)
    if run.ended_at is None and run.seen_at and run.seen_at < clock.now() - publishing.UNSEEN:
        await publishing.drop(session, stream, run, run.seen_at)
