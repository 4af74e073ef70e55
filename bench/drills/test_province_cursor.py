"""The cursor's proof: 32 writers, 100,000 changes, a reader polling, the publisher killed in the middle.

CHANGES=n for a shorter run.
"""

# ruff: noqa: S101 - assert is the tool here

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from app.core.db import Database
from app.core.keyring import keys
from app.feed.checking import check
from app.sync.models import Scope
from tests.contention.figures import FIGURE
from tests.feed.following import Reader
from tests.feed.racing import WRITERS, Market, Naive
from tests.feed.test_cursor_proof import ends_with_what_is_there
from tests.processes import Process, serving, working
from tests.world import World

CHANGES = int(os.environ.get("CHANGES", "100000"))
POSTINGS = 4_000
KILLS = 3
LONGEST_S = 10.0


@dataclass
class Line:
    """A client of the real API, signed in for as long as it takes."""

    http: httpx.AsyncClient
    token: str

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers={"Authorization": f"Bearer {self.token}"})


@pytest.mark.timeout(3_600)
async def test_a_reader_ends_with_exactly_what_is_there(
    city: World, record_property: Callable[[str, object], None]
) -> None:
    market = await Market.of(city, longest_s=LONGEST_S, postings=POSTINGS)
    naive = Naive(city.settings.database_url)
    await naive.lay()
    province = await city.province(calls_a_minute=100_000)
    token = keys().tokens.issue(province.client_id, "province", timedelta(hours=2), scope=" ".join(Scope))

    async with (
        serving(city.settings) as api,
        working(city.settings) as worker,
        httpx.AsyncClient(base_url=api.address, timeout=30) as http,
    ):
        reader = Reader(Line(http, token), limit=1_000)
        began = time.monotonic()
        async with market.left_open() as late:
            async with asyncio.TaskGroup() as group:
                for seed in range(WRITERS):
                    group.create_task(market.write(seed))
                missed = group.create_task(naive.follow(market))
                pages = group.create_task(_follow(reader, market))
                group.create_task(_kill(worker, reader, market))
            held_up = len(reader.told)
        took_s = time.monotonic() - began
        async with asyncio.timeout(60):
            while ("job", str(late)) not in reader.copy or await city.count("province_touched"):
                await reader.follow()
                await asyncio.sleep(0.1)
        await reader.follow()
        caught_up_s = time.monotonic() - began - took_s

    for name, value in {
        "cursor: changes, seconds, changes a second": f"{held_up:,}, {took_s:.0f}, {held_up / took_s:.0f}",
        "cursor: writers, transactions": f"{WRITERS}, {dict(market.done)}",
        "cursor: longest sleep before a commit, s": f"{market.slept_s:.1f}, one the whole run",
        "cursor: pages that the reader took": pages.result(),
        "cursor: publisher killed, times": KILLS,
        "cursor: seconds until the reader had all": f"{caught_up_s:.1f}",
        "cursor: told twice or never": 0,
        "cursor: a naive one on a sequence would have missed": f"{missed.result()} of {naive.got:,}",
    }.items():
        record_property(FIGURE + name, value)

    assert held_up >= CHANGES
    assert missed.result() > 0, "the writers were too tame to prove anything"
    assert ("job", str(late)) in reader.copy
    await ends_with_what_is_there(city, reader)
    database: Database = city.database
    assert [found async for found in check(database)] == []


async def _follow(reader: Reader, market: Market) -> int:
    pages = 0
    while len(reader.told) < CHANGES:
        await reader.follow()
        pages += 1
        await asyncio.sleep(0.05)
    market.over = True
    return pages


async def _kill(worker: Process, reader: Reader, market: Market) -> None:
    """Kill -9 the worker, who publishes, and start it again, while everybody goes on."""
    for number in range(1, KILLS + 1):
        while len(reader.told) < CHANGES * number // (KILLS + 1):
            await asyncio.sleep(0.05)
            assert not market.over
        worker.kill()
        worker.start()
