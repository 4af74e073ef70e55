"""R2: ten thousand events, the worker killed twenty times, each reaction once."""

# ruff: noqa: S101 - assert is the tool here

from collections.abc import Callable

import pytest

from tests.contention.figures import FIGURE
from tests.contention.promises import PIECES, REACTIONS, keep_under_fire, kept, take_on
from tests.processes import working
from tests.world import World

EVENTS, KILLS = 10_000, 20


@pytest.mark.timeout(1_800)
async def test_each_reaction_takes_effect_once(
    city: World, record_property: Callable[[str, object], None]
) -> None:
    await take_on(city, EVENTS)
    url = city.settings.database_url

    async with working(city.settings) as worker:
        took_s = await keep_under_fire(worker, url, KILLS, EVENTS * PIECES)

    now = await kept(url)
    for name, value in {
        "R2 events, reactions promised": f"{EVENTS}, {EVENTS * REACTIONS}",
        "R2 worker killed, times": KILLS,
        "R2 reactions that took effect": now.delivered,
        "R2 told in the inbox, by SMS, counted": f"{now.told}, {now.sent}, {now.counted}",
        "R2 seconds until nothing was left": round(took_s, 1),
    }.items():
        record_property(FIGURE + name, value)
    assert now.delivered == EVENTS * REACTIONS
    assert (now.told, now.texts, now.sent, now.counted) == (EVENTS, EVENTS, EVENTS, EVENTS)
