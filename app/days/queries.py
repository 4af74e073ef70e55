"""Deadlines in working days."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.days.models import OfficialDay

_SATURDAY = 5
# Enough calendar days for any deadline of ours, the longest holidays included.
_SPAN = 3
_HOLIDAYS = 30


async def working_days_after(session: AsyncSession, instant: datetime, days: int) -> datetime:
    """Return the end of the n-th working day after an instant's day in Shanghai.

    The first day does not count (民法典 201). A day is as announced
    (official_days, primary key); one not announced yet is as its weekday says.
    """
    first = clock.day_of(instant) + timedelta(days=1)
    last = first + timedelta(days=days * _SPAN + _HOLIDAYS)
    announced = await session.scalars(select(OfficialDay).where(OfficialDay.day.between(first, last)))
    return counted({official.day: official.works for official in announced}, instant, days)


def counted(announced: Mapping[date, bool], instant: datetime, days: int) -> datetime:
    """Count working days where it is known which announced days are worked; pure."""
    day, left = clock.day_of(instant) + timedelta(days=1), days
    while True:
        left -= announced.get(day, day.weekday() < _SATURDAY)
        if left <= 0:
            return clock.start_of(day + timedelta(days=1))
        day += timedelta(days=1)
