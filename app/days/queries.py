"""Deadlines in working days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.days.models import OfficialDay

_SATURDAY = 5
# Enough calendar days for any deadline of ours, the longest holidays included.
_SPAN = 3
_HOLIDAYS = 30
_YEAR = 366


async def working_days_after(session: AsyncSession, instant: datetime, days: int) -> datetime:
    """Return the end of the n-th working day after an instant's day in Shanghai.

    The first day does not count (民法典 201). A day is as announced
    (official_days, primary key); one not announced yet is as its weekday says.
    """
    first = clock.day_of(instant) + timedelta(days=1)
    last = first + timedelta(days=days * _SPAN + _HOLIDAYS)
    announced = await session.scalars(select(OfficialDay).where(OfficialDay.day.between(first, last)))
    return counted({official.day: official.works for official in announced}, instant, days)


@dataclass(frozen=True)
class Calendar:
    """The days that were announced as other than their weekday says, for many deadlines at once."""

    announced: Mapping[date, bool]

    def due(self, since: datetime, days: int) -> datetime:
        """Return the end of the n-th working day after the day of an instant."""
        return counted(self.announced, since, days)

    def late_if_before(self, now: datetime, days: int) -> datetime:
        """Return the instant such that what began before it, and nothing else, is past `due` by now."""
        day = clock.day_of(now)
        while counted(self.announced, clock.start_of(day), days) > now:
            day -= timedelta(days=1)
        return clock.start_of(day + timedelta(days=1))


async def calendar(session: AsyncSession) -> Calendar:
    """Return the calendar of the year past and of what is announced to come (primary key)."""
    recent = select(OfficialDay).where(OfficialDay.day > clock.today() - timedelta(days=_YEAR))
    return Calendar({official.day: official.works for official in await session.scalars(recent)})


def counted(announced: Mapping[date, bool], instant: datetime, days: int) -> datetime:
    """Count working days where it is known which announced days are worked; pure."""
    day, left = clock.day_of(instant) + timedelta(days=1), days
    while True:
        left -= announced.get(day, day.weekday() < _SATURDAY)
        if left <= 0:
            return clock.start_of(day + timedelta(days=1))
        day += timedelta(days=1)
