"""What our media server tells us: who begins to publish, goes on, stops, and what it recorded."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.events import emit
from app.core.live.own import admits
from app.core.ports import ports
from app.streams import owners
from app.streams.events import StreamDropped, StreamStarted
from app.streams.models import LiveKind, Stream, StreamRun, StreamState
from app.streams.problems import PublishRefused, StreamBusy

# It tells of each publisher every 10 s (deploy/nginx-live.conf); not told of for longer is gone, whether
# it could say so or not.
UNSEEN = timedelta(seconds=25)


async def begin(session: AsyncSession, name: str, key: str, client: str) -> None:
    """Let somebody publish who has a good key and is the only one; the stream is on air then."""
    stream = await _own(session, name)
    now = clock.now()
    _must_admit(stream, key, timely=True)
    await owners.lock(session, stream)
    _must_admit(stream, key, timely=True)
    if (running := await _running(session, stream.id)) is not None:
        if running.seen_at is None or now - running.seen_at < UNSEEN:
            raise StreamBusy
        running.ended_at = running.seen_at
        await session.flush()
    session.add(StreamRun(stream_id=stream.id, client=client, started_at=now, seen_at=now))
    stream.state, stream.dropped_at, stream.changed_at = StreamState.LIVE, None, now
    await session.flush()
    await emit(session, StreamStarted(stream_id=stream.id))


async def go_on(session: AsyncSession, name: str, key: str, client: str) -> None:
    """Note that the publisher is still there; refuses, and so drops, whose key was closed meanwhile."""
    stream = await _own(session, name)
    _must_admit(stream, key, timely=False)
    running = await _running(session, stream.id)
    if running is None:
        await owners.lock(session, stream)
        _must_admit(stream, key, timely=False)
        running = await _taken_for_gone(session, stream)
    if running is None or running.client != client:
        raise PublishRefused
    running.seen_at = clock.now()
    if running.ended_at is not None:
        running.ended_at = None
        stream.state, stream.dropped_at, stream.changed_at = StreamState.LIVE, None, running.seen_at
        await session.flush()
        await emit(session, StreamStarted(stream_id=stream.id))


async def stop(session: AsyncSession, name: str, client: str) -> None:
    """Note that the publisher is gone: a drop, until it has lasted for too long."""
    stream = await _own(session, name)
    await owners.lock(session, stream)
    running = await _running(session, stream.id)
    if running is not None and running.client == client:
        await drop(session, stream, running, clock.now())


async def drop(session: AsyncSession, stream: Stream, running: StreamRun, at: datetime) -> None:
    """End the run and let the stream wait for its publisher; whoever calls holds the locks."""
    running.ended_at = stream.dropped_at = max(at, running.started_at)
    stream.state, stream.changed_at = StreamState.DROPPED, clock.now()
    await session.flush()
    await emit(session, StreamDropped(stream_id=stream.id))
    about = {"stream_id": str(stream.id)}
    await work.promise(session, "streams.end_if_away", about, at=running.ended_at + ports().live.drop)


async def recorded(session: AsyncSession, name: str, client: str, path: str) -> None:
    """Note what was recorded of a run and promise its replay; `path` as the media server knows it."""
    stream = await _own(session, name)
    file = path.rpartition("/")[2]
    if not re.fullmatch(rf"{re.escape(stream.name)}-[0-9]{{1,12}}\.flv", file):
        raise PublishRefused
    # Connections are numbered anew when the media server is: the last one of the number is meant.
    run = await session.scalar(
        select(StreamRun)
        .where(StreamRun.stream_id == stream.id, StreamRun.client == client)
        .order_by(StreamRun.started_at.desc())
        .limit(1)
        .with_for_update()
    )
    if run is None:
        raise PublishRefused
    run.recording = file
    await session.flush()
    await work.promise(session, "streams.keep_recording", {"run_id": str(run.id)})


async def may_play(session: AsyncSession, name: str) -> None:
    """Let anybody play what is on air."""
    if (await _own(session, name)).state is not StreamState.LIVE:
        raise PublishRefused


async def _own(session: AsyncSession, name: str) -> Stream:
    stream = await session.scalar(select(Stream).where(Stream.name == name, Stream.kind == LiveKind.OWN))
    if stream is None:
        raise PublishRefused
    return stream


async def _running(session: AsyncSession, stream_id: UUID) -> StreamRun | None:
    # uq_stream_runs_on_air; locked, for who is told of may be taken for gone at the same moment
    statement = select(StreamRun).where(StreamRun.stream_id == stream_id, StreamRun.ended_at.is_(None))
    running: StreamRun | None = await session.scalar(statement.with_for_update())
    return running


async def _taken_for_gone(session: AsyncSession, stream: Stream) -> StreamRun | None:
    """Return the last run, for the API was away and not the publisher; none if that may not be."""
    last: StreamRun | None = await session.scalar(
        select(StreamRun)
        .where(StreamRun.stream_id == stream.id)
        .order_by(StreamRun.started_at.desc())
        .limit(1)
    )
    gone = last is None or last.recording is not None or last.ended_at != last.seen_at
    return None if gone else last


def _must_admit(stream: Stream, key: str, *, timely: bool) -> None:
    if not admits(stream.name, stream.key or "", key, clock.now() if timely else None):
        raise PublishRefused
