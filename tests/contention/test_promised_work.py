"""What was promised is done once, although the worker is killed while it does it (trust.md, R2)."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import asyncpg

from tests.contention.figures import FIGURE
from tests.contention.promises import PIECES, REACTIONS, keep_under_fire, kept, nothing_left, take_on
from tests.processes import working
from tests.world import World

EVENTS, KILLS = 200, 2
# What was under way when the database went is given back after work.TOO_LONG_S, and must then be done.
AFTER_A_LOSS_S = 180


async def test_each_reaction_takes_effect_once_although_the_worker_is_killed(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    await take_on(world, EVENTS)
    url = world.settings.database_url

    async with working(world.settings) as worker:
        took_s = await keep_under_fire(worker, url, KILLS, EVENTS * PIECES)

    record_property(
        f"{FIGURE}{EVENTS} events, worker killed {KILLS} times, backlog empty after s", round(took_s)
    )
    now = await kept(url)
    assert now.delivered == EVENTS * REACTIONS
    assert (now.told, now.texts, now.sent, now.counted) == (EVENTS, EVENTS, EVENTS, EVENTS)


async def test_the_worker_outlives_the_loss_of_its_database(world: World, superuser_url: str) -> None:
    url = world.settings.database_url
    async with working(world.settings) as worker:
        await take_on(world, 2)
        await nothing_left(url)
        # What the worker sees of a PostgreSQL that is restarted.
        server = await asyncpg.connect(superuser_url)
        name = urlsplit(url).path[1:]
        await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cut = await server.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = $1 AND application_name = ''",
            name,
        )
        await asyncio.sleep(3)
        await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await server.close()
        assert cut
        await take_on(world, 2)
        await nothing_left(url, AFTER_A_LOSS_S)
        assert worker.is_running, worker.said()[-2000:]
    assert (await kept(url)).told == 4
