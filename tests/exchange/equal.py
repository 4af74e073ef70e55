"""Whether both sides hold the same, seen from outside of both: the city's rows against a copy's."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.stubs.province.copy import TYPES, Copy, canonical
from tests.world import World

WITHIN_S = 90
_RECORDS = "SELECT array_agg(kind || ' ' || entity_id || ' ' || data) FROM province_records"
_BEHIND = """SELECT count(*) FROM province_subscriptions s WHERE position < (
  SELECT coalesce(max(id), 0) FROM province_changes c WHERE c.kind = ANY (s.kinds))"""
AGAIN_NOW = "UPDATE province_deliveries SET next_at = now() WHERE state = 'pending' AND next_at > now()"


async def rows_that_differ(world: World, copy: Copy) -> set[str]:
    """Return what only one side has, as it has it."""
    theirs = set(await world.look(_RECORDS) or [])
    ours = {f"{kind} {id_} {canonical(data)}" for kind in TYPES for id_, data in copy.all(kind).items()}
    return theirs ^ ours


async def everything_has_gone_up(world: World) -> None:
    """Wait until what was touched is published, and what was published is pushed."""

    async def done() -> bool:
        await world.look(AGAIN_NOW)
        return not (
            await world.count("province_touched")
            or await world.look(_BEHIND)
            or await world.count("province_deliveries", "state = 'pending'")
        )

    await until(done)


async def until(holds: Callable[[], Awaitable[bool]], within_s: float = WITHIN_S) -> None:
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)
