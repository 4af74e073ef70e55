"""Where a stream is published, watched and watched again, and how much of it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.files import FileAbsent
from app.core.live import Play, PlayAddress
from app.core.ports import ports
from app.core.problems import NotFound
from app.streams.models import LiveKind, Stream, StreamRun
from app.streams.problems import LiveServerAbsent, StreamWithoutKey

__all__ = [
    "PlayAddress",
    "ReplayPart",
    "kept_replay",
    "place_in_replay",
    "play_addresses",
    "push_address",
    "replay",
    "runs_of",
    "seconds_sent",
]


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """One run's recording; `starts_at_s` counts as marks do: seconds sent by the stream before it."""

    run_id: UUID
    url: str
    starts_at_s: int
    duration_s: int


def push_address(stream: Stream, until: datetime) -> str:
    """Return where the stream is published until an instant: for who runs it alone."""
    if stream.kind is LiveKind.OUTSIDE:
        raise StreamWithoutKey
    server = ports().live.servers.get(stream.kind.value)
    if server is None:
        raise LiveServerAbsent
    return server.push_address(stream.name, stream.key or "", until)


def play_addresses(stream: Stream, until: datetime) -> list[PlayAddress]:
    """Return where the stream is watched, the best first; none when its server is not set up any more."""
    if stream.kind is LiveKind.OUTSIDE:
        return [PlayAddress(Play.PAGE, stream.link)] if stream.link else []
    server = ports().live.servers.get(stream.kind.value)
    return server.play_addresses(stream.name, until) if server else []


async def runs_of(session: AsyncSession, stream_id: UUID) -> Sequence[StreamRun]:
    """Return the stretches for which the stream was on air, the first one first."""
    # ix_stream_runs_stream_id_started_at
    runs = select(StreamRun).where(StreamRun.stream_id == stream_id).order_by(StreamRun.started_at)
    return (await session.scalars(runs)).all()


async def seconds_sent(session: AsyncSession, stream_id: UUID, at: datetime) -> int | None:
    """Return how many seconds the stream had sent at an instant; None when it was not on air then.

    Drops do not count, so it is also the place in the replay, whose parts follow one another. In a drop that
    lasts it is the place at which the stream goes on.
    """
    sent, last = 0.0, None
    for run in await runs_of(session, stream_id):
        if run.started_at <= at and (run.ended_at is None or at < run.ended_at):
            return int(sent + (at - run.started_at).total_seconds())
        if run.ended_at is not None and run.ended_at <= at:
            sent, last = sent + (run.ended_at - run.started_at).total_seconds(), run.ended_at
    dropped_at = await session.scalar(select(Stream.dropped_at).where(Stream.id == stream_id))
    return int(sent) if last is not None and last == dropped_at else None


async def replay(session: AsyncSession, stream_id: UUID, since: datetime | None = None) -> list[ReplayPart]:
    """Return the recordings that can be watched, in order; a run without one leaves its time out.

    What was over before `since` is left out, though its time counts: a rehearsal is not for everybody.
    """
    parts, sent = [], 0.0
    for run in await runs_of(session, stream_id):
        rehearsed = since is not None and run.ended_at is not None and run.ended_at <= since
        if run.duration_ms is not None and not rehearsed:
            parts.append(
                ReplayPart(run.id, f"/v1/replays/{run.id}", int(sent), max(1, run.duration_ms // 1000))
            )
        if run.ended_at is not None:
            sent += (run.ended_at - run.started_at).total_seconds()
    return parts


async def kept_replay(session: AsyncSession, run_id: UUID) -> tuple[str, int]:
    """Return where the file store has a run's replay, and its bytes; refuses with NotFound.

    What was on air was seen by everybody, so its replay is: a fair that is live is public.
    """
    key = await session.scalar(select(StreamRun.replay_key).where(StreamRun.id == run_id))
    if key is None:
        raise NotFound
    try:
        return key, await ports().files.size(key)
    except FileAbsent:
        raise NotFound from None


def place_in_replay(parts: Sequence[ReplayPart], at_s: int) -> tuple[ReplayPart, int] | None:
    """Return the part in which a second of the stream is, and the seconds into it.

    A second that was not recorded is found at the end of the part before it; None without any part.
    """
    before = [part for part in parts if part.starts_at_s <= at_s]
    if not before:
        return (parts[0], 0) if parts else None
    part = before[-1]
    return part, min(at_s - part.starts_at_s, max(0, part.duration_s - 1))
