"""R7: through a line that delays, cuts, duplicates and reorders; after healing the difference is 0.

`make drill` does it at length (bench/drills/test_link.py).
"""

import asyncio
from pathlib import Path

import pytest

from tests.exchange.equal import both_sides_are_equal, until
from tests.exchange.link import linked
from tests.exchange.market import Market
from tests.exchange.sending import send_at_random
from tests.world import World

SEED = 1410
_SHOWN = "SELECT array_agg(source_id) FROM jobs WHERE source = 'province' AND state = 'open'"


@pytest.mark.timeout(240)
async def test_after_healing_both_sides_are_equal(world: World, tmp_path: Path) -> None:
    market = await Market.founded(world, SEED)
    await market.goes_on(10)
    async with linked(world, tmp_path, seed=SEED, chance=0.3) as link:
        await link.begins()
        following = asyncio.create_task(link.province.keep_following(0.1))
        _, sent = await asyncio.gather(market.goes_on(100), send_at_random(link.province, SEED, 30))
        following.cancel()

        await both_sides_are_equal(world, link)
        await until(lambda: _shown_are(world, sent))
        assert link.up.seen.total() - link.up.seen["well"] > 0
        assert link.down.seen.total() - link.down.seen["well"] > 0


async def _shown_are(world: World, sent: set[str]) -> bool:
    return set(await world.look(_SHOWN) or []) == sent
