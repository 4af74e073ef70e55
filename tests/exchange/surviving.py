"""A city and a province at work over a bad line, and what is to hold when it is healed."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.exchange.equal import everything_has_gone_up, rows_that_differ, until
from tests.exchange.link import linked
from tests.exchange.market import Market
from tests.exchange.sending import keep_answering, send_at_random
from tests.stubs.province.copy import TYPES
from tests.world import World

_SHOWN = "SELECT array_agg(source_id) FROM jobs WHERE source = 'province' AND state = 'open'"
_VERSIONS = "SELECT json_agg(json_build_array(source_id, version))::text FROM province_vacancies"


@dataclass(frozen=True)
class Ran:
    """What happened: deeds in the city, exchanges by what the line did to them, changes, things held."""

    done: Counter[str]
    up: Counter[str]
    down: Counter[str]
    changes: int
    held: dict[str, int]

    @property
    def troubles(self) -> int:
        return sum((self.up + self.down).values()) - (self.up + self.down)["well"]


async def survive(
    world: World, folder: Path, *, seed: int, deeds: int, sendings: int, chance: float = 0.3
) -> Ran:
    """Let both sides work over the bad line, heal it, and assert that nothing differs.

    By the digest, and row by row: for the copy that follows and is pushed to, and for the one that is only
    pushed to. The province's vacancies that are shown are those that it has sent and not taken back; each
    is at the version that it sent last.
    """
    market = await Market.founded(world, seed)
    await market.goes_on(10)
    async with linked(world, folder, seed=seed, chance=chance) as link:
        await link.begins()
        meanwhile = [
            asyncio.create_task(link.province.keep_following(0.1)),
            asyncio.create_task(keep_answering(link.province, seed)),
        ]
        _, sent = await asyncio.gather(market.goes_on(deeds), send_at_random(link.province, seed, sendings))
        for task in meanwhile:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        await link.heal()

        async def shown_are_those_sent() -> bool:
            return set(await world.look(_SHOWN) or []) == sent

        await until(shown_are_those_sent)
        versions = dict(json.loads(await world.look(_VERSIONS) or "[]"))
        assert versions == {id_: link.province.sent[id_] for id_ in versions}
        assert sent <= versions.keys()
        await everything_has_gone_up(world)
        await link.province.catch_up()
        assert await rows_that_differ(world, link.province.copy) == set()
        assert await rows_that_differ(world, link.listener.copy) == set()
        assert await link.province.compare() == []
        held = {kind: link.province.copy.count(kind) for kind in TYPES}
        changes = await world.count("province_changes")
        return Ran(market.done, link.up.seen, link.down.seen, changes, held)
