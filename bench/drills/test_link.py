"""R7 at length: a market's life over a bad line, in both directions; then nothing differs."""

# ruff: noqa: S101 - assert is the tool here

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contention.figures import FIGURE
from tests.exchange.surviving import survive
from tests.world import World

DEEDS, SENDINGS = int(os.environ.get("LINK_DEEDS") or 2_000), 300


@pytest.mark.timeout(3_600)
async def test_the_link_survives(
    city: World, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    ran = await survive(city, tmp_path, seed=7, deeds=DEEDS, sendings=SENDINGS, chance=0.4)

    for name, value in {
        "R7 deeds in the city done, refused": f"{ran.done['done']}, {ran.done['refused']}",
        "R7 exchanges, of them in trouble": f"{(ran.up + ran.down).total()}, {ran.troubles}",
        "R7 changes, things held": f"{ran.changes}, {sum(ran.held.values())}",
        "R7 difference by digest, by row, pushed alone": "0, 0, 0",
    }.items():
        record_property(FIGURE + name, value)
    assert ran.held["application"] > 0
