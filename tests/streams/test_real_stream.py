"""A real stream, from an encoder through nginx-rtmp to a viewer, and what stays of it."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.streams.studio import ABSENT, Studio, new_stream, studio
from tests.world import World

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")

STATE = "SELECT state FROM streams WHERE id = $1"
RUNS = "SELECT count(*) FROM stream_runs WHERE stream_id = $1"
REPLAYS = "SELECT id FROM stream_runs WHERE stream_id = $1 AND replay_key IS NOT NULL ORDER BY started_at"


async def until(found: Callable[[], Awaitable[bool]], what: str, within_s: float = 12) -> None:
    try:
        async with asyncio.timeout(within_s):
            while not await found():  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s: {what}") from None


async def segment(address: str) -> bytes:
    """Fetch the playlist and its last segment, as a player does; nothing yet is nothing."""
    async with httpx.AsyncClient() as viewer:
        playlist = await viewer.get(address)
        names = [line for line in playlist.text.splitlines() if line.endswith(".ts")]
        if playlist.status_code != httpx.codes.OK or not names:
            return b""
        assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert playlist.headers["access-control-allow-origin"] == "*"
        piece = await viewer.get(f"{address.rpartition('/')[0]}/{names[-1]}")
        assert piece.headers["content-type"] == "video/mp2t"
        return piece.content


async def test_a_stream_is_published_watched_dropped_resumed_ended_and_watched_again(world: World) -> None:
    stream = await new_stream(world)

    async def is_now(state: str) -> bool:
        return bool(await world.look(STATE, stream.id) == state)

    async with studio(world) as here:
        assert await here.refused(here.address(stream, secret="another"))
        assert await is_now("waiting")
        here.note("a wrong key is refused")

        with here.publishing(here.address(stream)):
            await until(lambda: is_now("live"), "on air")
            here.note("the right key: on air")
            hls = f"{here.server.play_url}/{stream.name}.m3u8"
            await until(lambda: _is_transport_stream(hls), "HLS")
            here.note("HLS playlist and segment fetched")
            assert await here.refused(here.address(stream))
            assert await is_now("live")
            here.note("a second publisher is refused, the first goes on")
        await until(lambda: is_now("dropped"), "dropped")
        here.note("the encoder was killed: dropped")

        with here.publishing(here.address(stream)):
            await until(lambda: is_now("live"), "on air again")
            here.note("back within the time allowed: on air again")
            await asyncio.sleep(4)
            assert await is_now("live"), "the drop's clock must not end what came back"
            assert await world.look(RUNS, stream.id) == 2
        await until(lambda: is_now("ended"), "ended")
        here.note("away for too long: ended")

        async def both_kept() -> bool:
            return await world.count("stream_runs", "replay_key IS NOT NULL") == 2

        await until(both_kept, "replays")
        here.note("both recordings kept as replays")
        await _can_be_jumped_about_in(here, world, stream.id)
        here.note("replay fetched by ranges")
        assert not list(here.server.recordings.glob(f"{stream.name}*")), "the recordings are gone"


async def _is_transport_stream(address: str) -> bool:
    return (await segment(address))[:1] == b"\x47"


async def _can_be_jumped_about_in(here: Studio, world: World, stream_id: object) -> None:
    run_id = await world.look(REPLAYS, stream_id)
    whole = await here.api.get(f"/v1/replays/{run_id}")
    part = await here.api.get(f"/v1/replays/{run_id}", headers={"Range": "bytes=1000-1999"})
    behind = await here.api.get(f"/v1/replays/{run_id}", headers={"Range": f"bytes={len(whole.content)}-"})

    assert whole.headers["content-type"] == "video/mp4"
    assert whole.content[4:8] == b"ftyp"
    assert whole.content.index(b"moov") < whole.content.index(b"mdat"), "the index comes first"
    assert part.status_code == httpx.codes.PARTIAL_CONTENT
    assert part.content == whole.content[1000:2000]
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole.content)}"
    assert behind.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE
    seconds = await world.look("SELECT duration_ms FROM stream_runs WHERE id = $1", run_id)
    assert seconds > 1000
