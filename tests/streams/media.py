"""The media server as the API hears it: the forms that nginx-rtmp posts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core import clock
from app.core.files import new_key
from app.core.live.own import key_until
from app.core.ports import ports
from app.core.settings import LOCAL_SECRET
from app.core.types import new_id
from app.streams import actions
from app.streams.models import LiveKind, LivePlatform, Stream
from tests.world import World

CALLS = {
    "on_publish": "publish",
    "on_publish_done": "publish_done",
    "on_update": "update_publish",
    "on_play": "play",
    "on_record_done": "record_done",
}


async def new_stream(world: World, kind: LiveKind = LiveKind.OWN, **given: Any) -> Stream:
    """Make a stream."""
    async with world.session() as session:
        return await actions.create(session, new_id(), kind, **given)


async def new_room(world: World) -> Stream:
    """Make a stream that is a room on somebody else's platform."""
    link = "https://live.example.com/room/1"
    return await new_stream(world, LiveKind.OUTSIDE, platform=LivePlatform.DOUYIN, room="1", link=link)


def key_of(stream: Stream, **later: float) -> str:
    """Return a key that is good for an hour, or as long as is said."""
    return key_until(stream.name, stream.key or "", clock.now() + timedelta(**(later or {"hours": 1})))


async def tells(
    world: World, callback: str, stream: Stream, client: int = 1, *, secret: str = LOCAL_SECRET, **more: str
) -> httpx.Response:
    """Post what the media server would, with the publish address's own words at its end."""
    form = {"call": CALLS[callback], "name": stream.name, "clientid": str(client)} | more
    return await world.nobody.call("POST", f"/live/{callback}?secret={secret}", data=form)


async def publishes(world: World, stream: Stream, client: int = 1, key: str | None = None) -> httpx.Response:
    """Let somebody begin to publish."""
    return await tells(world, "on_publish", stream, client, key=key or key_of(stream))


async def state(world: World, stream: Stream) -> str:
    """Return the stream's present state."""
    found: str = await world.look("SELECT state FROM streams WHERE id = $1", stream.id)
    return found


async def happened(world: World, stream_id: UUID) -> list[str]:
    """Return what happened to the stream, by the events' names."""
    rows: str | None = await world.look(
        "SELECT string_agg(kind, ' ' ORDER BY id) FROM events WHERE payload->>'stream_id' = $1",
        str(stream_id),
    )
    return (rows or "").split()


async def kept_replay(world: World) -> str:
    """Leave a run with a replay, as the worker does; return its id."""
    stream = await new_stream(world)
    await publishes(world, stream)
    await tells(world, "on_publish_done", stream)
    key = new_key("replays")
    await ports().files.put(key, b"\0\0\0\x18ftypisom" * 100, "video/mp4")
    kept = "UPDATE stream_runs SET replay_key = $1, duration_ms = 60000 WHERE stream_id = $2 RETURNING id"
    return str(await world.look(kept, key, stream.id))
