"""Whoever follows the feed ends with exactly what is there, however late anybody commits.

The short form of `make drill ARGS=bench/drills/test_province_cursor.py`.
"""

import asyncio
import json

from app.feed.publishing import publish
from tests.feed.following import Reader
from tests.feed.racing import STATE, WRITERS, Market, as_state
from tests.world import World

CHANGES = 3_000


async def _publish(world: World, market: Market) -> None:
    while not market.over:
        if not await publish(world.database):
            await asyncio.sleep(0.01)


async def _follow(reader: Reader, market: Market) -> None:
    while len(reader.told) < CHANGES:
        await reader.follow()
        await asyncio.sleep(0.01)
    market.over = True


async def test_a_reader_ends_with_exactly_what_is_there(world: World) -> None:
    market = await Market.of(world, longest_s=1.0, postings=400)
    reader = Reader(await world.province(calls_a_minute=100_000), limit=1_000)

    async with asyncio.timeout(120), market.left_open() as late:
        async with asyncio.TaskGroup() as group:
            for seed in range(WRITERS):
                group.create_task(market.write(seed))
            group.create_task(_publish(world, market))
            group.create_task(_follow(reader, market))
        held_up = len(reader.told)
    await world.publish()
    await reader.follow()

    assert held_up >= CHANGES, "the transaction that stayed open held nobody up"
    assert ("job", str(late)) in reader.copy
    await ends_with_what_is_there(world, reader)
    assert market.done["committed"] > WRITERS
    assert market.done["rolled back"]


async def ends_with_what_is_there(world: World, reader: Reader) -> None:
    """Each change once, none missing; the copy is the records', and both are what the city has."""
    numbers = [int(item["cursor"].split("-")[0], 16) for item in reader.told]
    assert numbers == list(range(1, len(numbers) + 1))
    rows = json.loads(
        await world.look("SELECT json_agg(json_build_array(kind, entity_id, data)) FROM province_records")
    )
    copy = {key: data for key, (_, data) in reader.copy.items() if data is not None}
    assert copy == {(kind, id_): json.loads(data) for kind, id_, data in rows}
    there = json.loads(await world.look(STATE) or "{}")
    assert {id_: as_state(data) for (kind, id_), data in copy.items() if kind == "job"} == there
