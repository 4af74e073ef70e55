"""R7: through a line that delays, cuts, duplicates and reorders; after healing the difference is 0.

`make drill` does it at length (bench/drills/test_link.py).
"""

from pathlib import Path

import pytest

from tests.exchange.surviving import survive
from tests.world import World


@pytest.mark.timeout(240)
async def test_after_healing_both_sides_are_equal(world: World, tmp_path: Path) -> None:
    ran = await survive(world, tmp_path, seed=1410, deeds=100, sendings=60)

    assert ran.troubles > 10
    assert ran.done["done"] > 50
