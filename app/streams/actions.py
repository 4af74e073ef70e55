"""Making a stream, and what staff do to it by hand; what the media server does is in publishing.py."""

import secrets
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.ports import ports
from app.streams.events import StreamEnded, StreamStarted
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun, StreamState
from app.streams.problems import (
    LiveServerAbsent,
    OutsideRoomIncomplete,
    StreamNotByHand,
    StreamOnAir,
    StreamWithoutKey,
)

BY_HAND = "hand"  # the client of a run that nobody published to us
ON_AIR = (StreamState.LIVE, StreamState.DROPPED)


async def create(
    session: AsyncSession,
    id_: UUID,
    kind: LiveKind,
    *,
    platform: LivePlatform | None = None,
    room: str | None = None,
    link: str | None = None,
) -> Stream:
    """Make a stream of this id, with a name and, on our own server, a secret."""
    stream = Stream(id=id_, state=StreamState.WAITING)
    _be(stream, kind, platform, room, link)
    session.add(stream)
    await session.flush()
    return stream


async def change(
    session: AsyncSession,
    stream: Stream,
    kind: LiveKind,
    *,
    platform: LivePlatform | None = None,
    room: str | None = None,
    link: str | None = None,
) -> None:
    """Send the stream another way; its addresses are other ones afterwards. Refuses while it is on air.

    The caller holds the lock of what owns the stream; so in all that follows here.
    """
    await session.refresh(stream, with_for_update=True)
    if stream.state in ON_AIR:
        raise StreamOnAir
    _be(stream, kind, platform, room, link)
    await session.flush()


async def new_key(session: AsyncSession, stream: Stream) -> None:
    """Close the push addresses given out so far; `queries.push_address` makes the next one.

    Our own server drops within seconds who publishes by an old one. With the commercial platforms, whose
    keys are the account's, the stream gets another name, and so other play addresses: not while on air.
    """
    await session.refresh(stream, with_for_update=True)
    if stream.kind is LiveKind.OUTSIDE:
        raise StreamWithoutKey
    if stream.kind is LiveKind.OWN:
        stream.key = _secret()
    elif stream.state in ON_AIR:
        raise StreamOnAir
    else:
        stream.name = _name()
    stream.changed_at = clock.now()
    await session.flush()


async def link_replay(session: AsyncSession, stream: Stream, link: str | None) -> None:
    """Say where a recording that is not ours is watched."""
    await session.refresh(stream, with_for_update=True)
    stream.replay_link, stream.changed_at = link, clock.now()
    await session.flush()


async def begin_by_hand(session: AsyncSession, stream: Stream) -> None:
    """Say that a stream which tells us nothing is on air: outside rooms and the commercial platforms."""
    await session.refresh(stream, with_for_update=True)
    if stream.kind is LiveKind.OWN:
        raise StreamNotByHand
    if stream.state in ON_AIR:
        raise StreamOnAir
    now = clock.now()
    session.add(StreamRun(stream_id=stream.id, client=BY_HAND, started_at=now))
    stream.state, stream.changed_at = StreamState.LIVE, now
    await session.flush()
    await emit(session, StreamStarted(stream_id=stream.id))


async def end_by_hand(session: AsyncSession, stream: Stream) -> None:
    """End the stream for good; nothing happens twice. Its push addresses are closed, on air or not.

    So a cancelled fair's stream can't be published either, and our own server drops who still does.
    """
    await session.refresh(stream, with_for_update=True)
    if stream.kind is LiveKind.OWN:
        stream.key = _secret()
    now, was_on_air = clock.now(), stream.state in ON_AIR
    running = await session.scalar(
        select(StreamRun).where(StreamRun.stream_id == stream.id, StreamRun.ended_at.is_(None))
    )
    if running is not None:
        running.ended_at = max(now, running.started_at)
    if stream.state is not StreamState.ENDED:
        stream.state, stream.dropped_at, stream.changed_at = StreamState.ENDED, None, now
    await session.flush()
    if was_on_air:
        await emit(session, StreamEnded(stream_id=stream.id))


def _be(
    stream: Stream, kind: LiveKind, platform: LivePlatform | None, room: str | None, link: str | None
) -> None:
    outside = kind is LiveKind.OUTSIDE
    if outside != (platform is not None) or outside != (link is not None) or (room and not outside):
        raise OutsideRoomIncomplete
    if not outside and kind.value not in ports().live.servers:
        raise LiveServerAbsent
    stream.kind, stream.platform, stream.room, stream.link = kind, platform, room, link
    stream.name = _name()
    stream.key = _secret() if kind is LiveKind.OWN else None
    stream.state, stream.changed_at = StreamState.WAITING, clock.now()


def _name() -> str:
    return secrets.token_hex(8)


def _secret() -> str:
    return secrets.token_urlsafe(32)
