"""Setting up a fair's stream: by which server or room it goes, and its push address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.types import new_id
from app.fairs.clashes import must_not_clash
from app.fairs.models import AHEAD, Fair, FairState
from app.fairs.noting import note
from app.fairs.problems import FairWithoutStream
from app.streams import actions as streams
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun
from app.streams.queries import PlayAddress, play_addresses, push_address, runs_of

# A fair runs over now and then: so long after its planned end its addresses are still good.
LONGER = timedelta(hours=6)


@dataclass(frozen=True)
class Stage:
    """A fair's stream as staff see it."""

    stream: Stream
    runs: Sequence[StreamRun]
    play: list[PlayAddress]


async def put_up(
    session: AsyncSession,
    officer: Officer,
    fair: Fair,
    kind: LiveKind,
    platform: LivePlatform | None,
    room: str | None,
    link: str | None,
) -> Stage:
    """Say by which way a locked fair is streamed; another way gives other addresses. Not while on air.

    Refuses an outside room in which another fair is at that time.
    """
    fair.must_be(*AHEAD, FairState.LIVE)
    stream = await _stream_of(session, fair)
    before = _told(stream) if stream else None
    if stream is None:
        stream = await streams.create(session, new_id(), kind, platform=platform, room=room, link=link)
        fair.stream_id = stream.id
        await session.flush()
    else:
        await streams.change(session, stream, kind, platform=platform, room=room, link=link)
    await must_not_clash(session, officer, fair)
    await note(session, officer.actor, fair, "fair.set_stream", before=before, after=_told(stream))
    return await _shown(session, fair, stream)


async def hand_out(session: AsyncSession, officer: Officer, fair: Fair) -> tuple[str, datetime]:
    """Return a new push address and until when it is good; what was handed out before is closed."""
    fair.must_be(*AHEAD, FairState.LIVE, FairState.ENDED)
    stream = await _must_have_stream(session, fair)
    await streams.new_key(session, stream)
    until = fair.ends_at + LONGER
    address = push_address(stream, until)
    await note(session, officer.actor, fair, "fair.new_stream_key")
    return address, until


async def link_replay(session: AsyncSession, officer: Officer, fair: Fair, link: str | None) -> Stage:
    """Say where a recording that is not ours is watched."""
    stream = await _must_have_stream(session, fair)
    before = {"replay_link": stream.replay_link}
    await streams.link_replay(session, stream, link)
    await note(session, officer.actor, fair, "fair.link_replay", before=before, after={"replay_link": link})
    return await _shown(session, fair, stream)


async def stage_of(session: AsyncSession, fair: Fair) -> Stage:
    return await _shown(session, fair, await _must_have_stream(session, fair))


async def _must_have_stream(session: AsyncSession, fair: Fair) -> Stream:
    stream = await _stream_of(session, fair)
    if stream is None:
        raise FairWithoutStream
    return stream


async def _stream_of(session: AsyncSession, fair: Fair) -> Stream | None:
    return await session.get(Stream, fair.stream_id) if fair.stream_id else None


async def _shown(session: AsyncSession, fair: Fair, stream: Stream) -> Stage:
    return Stage(stream, await runs_of(session, stream.id), play_addresses(stream, fair.ends_at + LONGER))


def _told(stream: Stream) -> dict[str, Any]:
    platform = stream.platform.value if stream.platform else None
    return {"kind": stream.kind.value, "platform": platform, "room": stream.room, "link": stream.link}
