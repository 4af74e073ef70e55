"""The inbox as it fills, over real processes: nothing lost, nothing doubled, in order, whatever breaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx

from app.core.settings import Settings
from app.notifications.actions import Letter, tell
from app.notifications.streams import MOST_OF_AN_ACCOUNT
from tests.processes import Api, serving
from tests.world import Actor, World, ok, refused

SOON_S = 10
Events = list[tuple[int, str]]


class Listening:
    """A client that follows a stream, as a browser's EventSource does."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def event(self) -> tuple[int, str]:
        """Return the next event's id and the kind of message; comments and retry lines are passed over."""
        found: dict[str, str] = {}
        async with asyncio.timeout(SOON_S):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line == "" and "data" in found:
                    assert found["event"] == "notification"
                    told = json.loads(found["data"])
                    assert told["number"] == int(found["id"])
                    return told["number"], told["kind"]
                found = {} if line == "" else found | {name: value}
        raise EOFError

    async def events(self, count: int) -> Events:
        return [await self.event() for _ in range(count)]

    async def ended(self) -> None:
        """Wait until the stream ends; whatever comes before is passed over."""
        async with asyncio.timeout(SOON_S):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def listening(api: Api, actor: Actor, after: int | None = None) -> AsyncIterator[Listening]:
    headers = {"Authorization": f"Bearer {actor.token}"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    async with (
        httpx.AsyncClient(base_url=api.address, timeout=30) as client,
        client.stream("GET", "/v1/me/stream", headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        listener = Listening(response)
        # The first bytes say that it is open: what is told from here on must come.
        async with asyncio.timeout(SOON_S):
            assert (await anext(listener._lines)).startswith("retry")
        yield listener


async def told(world: World, actor: Actor, *keys: object) -> None:
    """Tell somebody something, each in a transaction of its own."""
    for key in keys:
        async with world.session() as session:
            await tell(session, Letter(actor.id, "worker_verified", str(key), {}))


async def test_what_is_told_comes_at_once_and_after_a_break_nothing_is_missing(world: World) -> None:
    person = await world.person()
    await told(world, person, "before")
    async with serving(world.settings) as api:
        async with listening(api, person) as stream:
            await told(world, person, "a")
            assert await stream.event() == (2, "worker_verified")
        await told(world, person, "b", "c", "d")
        async with listening(api, person, after=2) as stream:
            assert [number for number, _ in await stream.events(3)] == [3, 4, 5]
            await told(world, person, "e")
            assert (await stream.event())[0] == 6


async def test_two_processes_hear_of_what_is_told_through_either(world: World) -> None:
    person, other = await world.person(), await world.person()
    async with (
        serving(world.settings) as one,
        serving(world.settings) as two,
        listening(one, person) as first,
        listening(two, person) as second,
    ):
        await told(world, other, "not for you")
        await told(world, person, "a", "b")
        assert await first.events(2) == await second.events(2)


async def test_nothing_is_lost_when_the_listening_connection_is_killed(
    world: World, superuser_url: str
) -> None:
    person = await world.person()
    server = await asyncpg.connect(superuser_url)
    async with serving(world.settings) as api, listening(api, person) as stream:
        await told(world, person, "a")
        assert (await stream.event())[0] == 1
        for turn in range(3):
            assert await killed(server, world.settings) == 1
            await told(world, person, turn)
            assert (await stream.event())[0] == turn + 2
            await until_listening(server, world.settings)
    await server.close()


async def killed(server: "asyncpg.Connection[Any]", settings: Settings) -> int:
    rows = await server.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'gigs-listener-inbox' AND datname = $1",
        urlsplit(settings.database_url).path[1:],
    )
    return len(rows)


async def until_listening(server: "asyncpg.Connection[Any]", settings: Settings) -> None:
    async with asyncio.timeout(SOON_S):
        while not await server.fetchval(  # noqa: ASYNC110 - another process has no event to wait for
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'gigs-listener-inbox' AND datname = $1",
            urlsplit(settings.database_url).path[1:],
        ):
            await asyncio.sleep(0.05)


async def test_two_hundred_told_at_once_come_gapless_and_in_order(world: World) -> None:
    person = await world.person()
    async with serving(world.settings) as api, listening(api, person) as stream:
        # Each thing twice, as at-least-once delivery may have it.
        await asyncio.gather(*(told(world, person, n % 200) for n in range(400)))
        assert [number for number, _ in await stream.events(200)] == list(range(1, 201))
        await told(world, person, "the last")
        assert (await stream.event())[0] == 201


async def test_a_restart_ends_the_stream_at_once_and_its_client_goes_on(world: World) -> None:
    person = await world.person()
    async with serving(world.settings) as api:
        async with listening(api, person) as stream:
            await told(world, person, "a")
            number, _ = await stream.event()
            async with asyncio.timeout(5):
                stopping = asyncio.create_task(asyncio.to_thread(api.stop))
                await stream.ended()
                await stopping
        await told(world, person, "b")
        await api.up()
        async with listening(api, person, after=number) as stream:
            assert (await stream.event())[0] == 2


async def test_a_stream_ends_with_its_sign_in(world: World) -> None:
    person = await world.person()
    async with serving(world.settings) as api, listening(api, person) as stream:
        await told(world, person, "a")
        await stream.event()
        ok(await person.delete("/v1/auth/sessions/current"), 204)
        await told(world, person, "b")
        await stream.ended()


async def test_a_sixth_stream_ends_the_oldest(world: World) -> None:
    person = await world.person()
    async with serving(world.settings) as api, AsyncExitStack() as open_:
        streams = [
            await open_.enter_async_context(listening(api, person)) for _ in range(MOST_OF_AN_ACCOUNT + 1)
        ]
        await streams[0].ended()
        await told(world, person, "a")
        assert [(await stream.event())[0] for stream in streams[1:]] == [1] * MOST_OF_AN_ACCOUNT


async def test_open_streams_hold_no_connection_of_the_pool(world: World) -> None:
    people = [await world.person() for _ in range(12)]
    async with serving(world.settings, DATABASE_POOL="2") as api, AsyncExitStack() as open_:
        streams = [await open_.enter_async_context(listening(api, one)) for one in people]
        for one in people:
            await told(world, one, "a")
        assert [(await stream.event())[0] for stream in streams] == [1] * 12


async def test_a_stream_wants_a_sign_in_and_a_number(world: World) -> None:
    person = await world.person()
    refused(await world.nobody.get("/v1/me/stream"), 401, "unauthenticated")
    for wrong in ("x", "-1", str(2**63)):
        refused(await person.get("/v1/me/stream", headers={"Last-Event-ID": wrong}), 422, "invalid")
        refused(await person.get("/v1/me/stream", params={"last_event_id": wrong}), 422, "invalid")
