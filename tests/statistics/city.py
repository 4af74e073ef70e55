"""A look at what is kept, and a small city with something of each kind in it."""

from datetime import date
from typing import Any

from sqlalchemy import text

from app.core import clock
from app.statistics.keeping import catch_up, count_whole_day, measure_what_stands
from app.statistics.models import ALL_TRADES
from tests.world import World

Kept = dict[tuple[Any, ...], int]


async def count(world: World) -> None:
    """Let the clock's rounds come by."""
    await catch_up(world.database)
    await measure_what_stands(world.database)


async def kept(world: World) -> Kept:
    """Return every figure that is kept."""
    async with world.session() as session:
        rows = await session.execute(
            text("SELECT day, division, trade, key_group, figure, value FROM daily_figures ORDER BY 1, 2, 5")
        )
        return {tuple(row[:5]): row[5] for row in rows}


async def active(world: World) -> set[tuple[Any, ...]]:
    async with world.session() as session:
        rows = await session.execute(text("SELECT day, division, part, person_id FROM active_days"))
        return {tuple(row) for row in rows}


async def sums(world: World, *, day: date | None = None, **given: str) -> dict[str, int]:
    """Add up what is kept by figure; of everybody, unless a key group is given."""
    group = given.get("key_group", "")
    found: dict[str, int] = {}
    for (on, division, trade, key_group, figure), value in (await kept(world)).items():
        if (
            trade == ALL_TRADES
            and key_group == group
            and day in (None, on)
            and division.startswith(given.get("division", ""))
        ):
            found[figure] = found.get(figure, 0) + value
    return found


async def count_all_anew(world: World) -> None:
    """Count each day that has anything, and those around today, from the tables alone."""
    async with world.session() as session:
        found = await session.execute(
            text(
                """SELECT DISTINCT shanghai_day(x.at) FROM (
                     SELECT starts_at FROM shifts UNION SELECT agreed_at FROM engagements
                     UNION SELECT created_at FROM applications UNION SELECT published_at FROM jobs
                     UNION SELECT created_at FROM employers UNION SELECT verified_at FROM workers
                     UNION SELECT opened_at FROM disputes UNION SELECT closed_at FROM disputes
                     UNION SELECT live_at FROM fairs) x(at)
                   WHERE x.at IS NOT NULL UNION SELECT DISTINCT day FROM daily_figures"""
            )
        )
        days = [row[0] for row in found]
    for day in {*days, clock.today()}:
        await count_whole_day(world.database, day)
