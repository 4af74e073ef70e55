"""Limits count exactly: at once, over processes, over crashes."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock, limits
from app.core.limits import Rate
from app.core.problems import TooMany
from app.maintenance import forget
from tests.processes import Api, serving
from tests.world import World, refused

HOURLY = Rate("tests", 5, timedelta(hours=1))


async def takes(world: World, rate: Rate, who: str) -> int | None:
    """Take one; return the seconds to wait where it was refused."""
    try:
        async with world.session() as session:
            await limits.take(session, rate, who)
    except TooMany as refusal:
        return int(refusal.headers["Retry-After"])
    return None


async def test_five_hundred_at_once_get_five(world: World) -> None:
    told = await asyncio.gather(*(takes(world, HOURLY, f"n{n % 2}") for n in range(1_000)))

    assert Counter(wait is None for wait in told) == {True: 10, False: 990}


async def test_a_place_comes_back_with_each_step(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as moving:
        assert [await takes(world, HOURLY, "a") for _ in range(5)] == [None] * 5
        wait = await takes(world, HOURLY, "a")
        assert wait == 720

        moving.shift(wait - 1)
        assert await takes(world, HOURLY, "a") == 1
        moving.shift(1)
        assert await takes(world, HOURLY, "a") is None
        assert await takes(world, HOURLY, "a") == 720

        moving.shift(3600)
        assert [await takes(world, HOURLY, "a") for _ in range(6)] == [None] * 5 + [720]


async def test_what_is_refused_later_in_the_request_is_not_counted(world: World) -> None:
    async def refused_afterwards() -> None:
        async with world.session() as session:
            await limits.take(session, HOURLY, "a")
            raise TooMany

    for _ in range(20):
        with pytest.raises(TooMany):
            await refused_afterwards()

    assert [await takes(world, HOURLY, "a") for _ in range(6)][-2:] == [None, 720]


async def test_only_what_is_free_again_is_forgotten(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as moving:
        for _ in range(5):
            await takes(world, HOURLY, "a")
        moving.shift(3599)
        await forget(world.database)
        assert await world.count("allowances", "key = 'tests:a'") == 1

        moving.shift(2)
        await forget(world.database)
        assert await world.count("allowances", "key = 'tests:a'") == 0


@settings(max_examples=200, deadline=None)
@given(times=st.integers(1, 10_000), per_s=st.integers(1, 86_400))
def test_all_of_a_rate_fits_into_one_instant(times: int, per_s: int) -> None:
    rate = Rate("any", times, timedelta(seconds=per_s))

    assert rate.step * times <= rate.per < rate.step * (times + 1) + timedelta(microseconds=times + 1)


async def test_counters_outlive_a_crash(world: World) -> None:
    async with serving(world.settings) as api:
        assert (await _asks_for_a_code(api)).status_code == 202
        api.kill()
        await api.up()
        again = await _asks_for_a_code(api)

    refused(again, 429, "too_many_requests")
    assert 0 < int(again.headers["Retry-After"]) <= 60


async def _asks_for_a_code(api: Api) -> httpx.Response:
    async with httpx.AsyncClient(base_url=api.address, trust_env=False) as client:
        return await client.post("/v1/auth/codes", json={"phone": "13912345678"})
