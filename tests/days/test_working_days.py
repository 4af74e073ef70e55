"""Deadlines in working days, over weekends and announced holidays."""

from datetime import datetime, timedelta

import pytest

from app.core.clock import SHANGHAI
from app.days.models import OfficialDay
from app.days.queries import working_days_after
from tests.world import World

# 2026: the National Day's holidays are 1 to 7 October; 20 September and 10 October are worked instead.
CASES = [
    ("a Monday", "2026-11-23T09:00", 1, "2026-11-25T00:00"),
    ("late on a Friday", "2026-11-27T23:59", 1, "2026-12-01T00:00"),
    ("a Saturday", "2026-11-28T10:00", 1, "2026-12-01T00:00"),
    ("the eve of a long holiday", "2026-09-30T17:00", 1, "2026-10-09T00:00"),
    ("a weekend that is worked", "2026-10-09T17:00", 1, "2026-10-11T00:00"),
    ("five days over the holiday", "2026-09-29T08:00", 5, "2026-10-13T00:00"),
    ("a year that nobody has announced", "2031-10-01T08:00", 2, "2031-10-04T00:00"),
]


@pytest.mark.parametrize(("what", "begins", "days", "ends"), CASES, ids=[case[0] for case in CASES])
async def test_the_first_day_does_not_count_and_holidays_neither(
    world: World, what: str, begins: str, days: int, ends: str
) -> None:
    async with world.session() as session:
        due = await working_days_after(session, at(begins), days)
    assert due == at(ends), what


async def test_a_day_that_the_city_enters_counts(world: World) -> None:
    tuesday = at("2031-11-25T00:00")
    async with world.session() as session:
        session.add(OfficialDay(day=tuesday.date(), works=False, name="演练"))
        await session.flush()
        due = await working_days_after(session, tuesday - timedelta(hours=5), 1)
        await session.rollback()
    assert due == at("2031-11-27T00:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
