"""The hall's screen: what is open near the station, seen by everybody, without anybody's personal data."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from app.hall import boards
from app.stations.models import Area, Role
from tests.processes import Api, serving
from tests.world import HOUMA, Json, World, ok, refused, shift

SOON_S = 10  # sooner than the comment that keeps a stream alive, at which it looks again anyway
_IDLE = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = $1"


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY_S", 0.0)


async def station_of(world: World, division: str) -> str:
    officer = await world.staff(division, Role.CLERK)
    return str(ok(await officer.get("/admin/v1/me"))["station_id"])


async def board(world: World, station_id: str) -> Json:
    found: Json = ok(await world.nobody.get(f"/admin/v1/board/{station_id}"))
    return found


async def test_a_board_shows_what_is_open_in_the_stations_area(world: World) -> None:
    employer = await world.employer(trusted=True)
    few = await employer.posts_job(title="卸两车瓷砖", shifts=[shift(days=3, headcount=2)])
    many = await employer.posts_job(title="分拣苹果", shifts=[shift(days=4, headcount=9)])
    soon = await employer.posts_job(title="搬家", shifts=[shift(hour=0, days=1)])
    elsewhere = await employer.posts_job(title="侯马卸货", place=HOUMA)

    county = await board(world, await station_of(world, "141002"))
    assert county["station"]["name"] == "尧都区就业服务中心"
    assert (county["jobs"], county["places"]) == (3, 12)
    assert [job["id"] for job in county["newest"]] == [soon["id"], many["id"], few["id"]]
    assert [job["id"] for job in county["urgent"]] == [soon["id"]]
    assert [job["places_left"] for job in county["most_places"]] == [9, 2, 1]
    city = await board(world, await station_of(world, "1410"))
    assert elsewhere["id"] in [job["id"] for job in city["newest"]]
    township = await board(world, await station_of(world, few["division"]))
    assert township["jobs"] == 3
    other = "141002101" if few["division"] != "141002101" else "141002102"
    assert (await board(world, await station_of(world, other)))["newest"] == []


async def test_a_station_shows_the_townships_assigned_to_it(world: World) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job()
    other = "141002101" if job["division"] != "141002101" else "141002102"
    station_id = await station_of(world, other)
    async with world.session() as session:
        session.add(Area(township=job["division"], station_id=station_id))
    assert [one["id"] for one in (await board(world, station_id))["newest"]] == [job["id"]]


async def test_who_has_seen_it_is_told_that_nothing_changed(world: World) -> None:
    employer = await world.employer(trusted=True)
    path = f"/admin/v1/board/{await station_of(world, '141002')}"
    first = await world.nobody.get(path)
    known = {"headers": {"If-None-Match": first.headers["ETag"]}}
    assert (await world.nobody.get(path, **known)).status_code == 304
    await employer.posts_job()
    assert (await world.nobody.get(path, **known)).status_code == 200


async def test_the_page_needs_nothing_from_elsewhere(world: World) -> None:
    station_id = await station_of(world, "141002")
    page = await world.nobody.get(f"/board/{station_id}")
    assert page.status_code == 200
    assert f'data-station="{station_id}"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in ("board.css", "board.js"):
        asset = await world.nobody.get(f"/board/static/{name}")
        assert asset.status_code == 200
        assert "http://" not in asset.text
        assert "https://" not in asset.text
    refused(await world.nobody.get("/board/static/board.html"), 404, "not_found")


async def test_a_station_that_is_not_there_has_no_board(world: World) -> None:
    nowhere = "0193a3c0-0000-7000-8000-000000000000"
    for path in (f"/admin/v1/board/{nowhere}", f"/admin/v1/board/{nowhere}/stream", f"/board/{nowhere}"):
        refused(await world.nobody.get(path), 404, "not_found")


class Screen:
    """A screen that follows the stream."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def shown(self) -> Json:
        """Return the next board that is pushed."""
        async with asyncio.timeout(SOON_S):
            async for line in self._lines:
                if line.startswith("data: "):
                    found: Json = json.loads(line.removeprefix("data: "))
                    return found
        raise EOFError

    async def ended(self) -> None:
        async with asyncio.timeout(SOON_S):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def screen(api: Api, station_id: str) -> AsyncIterator[Screen]:
    async with (
        httpx.AsyncClient(base_url=api.address, timeout=30) as client,
        client.stream("GET", f"/admin/v1/board/{station_id}/stream") as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Screen(response)


async def test_every_screen_shows_the_new_gig_and_that_it_is_taken(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    station_id = await station_of(world, "141002")
    async with (
        serving(world.settings) as api,
        screen(api, station_id) as one,
        screen(api, station_id) as two,
    ):
        assert (await one.shown())["jobs"] == (await two.shown())["jobs"] == 0
        job = await employer.posts_job()
        for each in (one, two):
            assert [shown["id"] for shown in (await each.shown())["newest"]] == [job["id"]]
        ok(await worker.applies(job), 201)
        assert (await one.shown())["jobs"] == (await two.shown())["jobs"] == 0


async def test_screens_end_with_the_process_and_hold_no_connection(world: World, superuser_url: str) -> None:
    station_id = await station_of(world, "141002")
    async with serving(world.settings) as api, screen(api, station_id) as one:
        await one.shown()
        assert await _in_transaction(superuser_url, urlsplit(world.settings.database_url).path[1:]) == 0
        await asyncio.to_thread(api.stop)
        await one.ended()


async def _in_transaction(superuser_url: str, database: str) -> Any:
    server = await asyncpg.connect(superuser_url)
    try:
        return await server.fetchval(_IDLE, database)
    finally:
        await server.close()


async def test_an_address_has_so_many_screens_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "MOST_OF_AN_ADDRESS", 0)
    path = f"/admin/v1/board/{await station_of(world, '141002')}/stream"
    refused(await world.nobody.get(path), 503, "not_ready")
