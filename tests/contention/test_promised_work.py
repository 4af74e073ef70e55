"""What was promised is done once, although the worker is killed while it does it (trust.md, R2)."""

from collections.abc import Callable

from tests.contention.figures import FIGURE
from tests.contention.promises import REACTIONS, keep_under_fire, kept, take_on
from tests.processes import working
from tests.world import World

EVENTS, KILLS = 200, 2


async def test_each_reaction_takes_effect_once_although_the_worker_is_killed(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    await take_on(world, EVENTS)
    url = world.settings.database_url

    async with working(world.settings) as worker:
        took_s = await keep_under_fire(worker, url, KILLS, EVENTS * REACTIONS)

    record_property(
        f"{FIGURE}{EVENTS} events, worker killed {KILLS} times, backlog empty after s", round(took_s)
    )
    now = await kept(url)
    assert now.delivered == EVENTS * REACTIONS
    assert (now.told, now.texts, now.sent, now.counted) == (EVENTS, EVENTS, EVENTS, EVENTS)
