"""A day, a month, a quarter or a year, as the figures that go up are asked for. Pure."""

import re
from datetime import date, timedelta
from typing import NamedTuple

# 2026-11-23, 2026-11, 2026-Q4, 2026
PATTERN = r"^20[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-Q[1-4])?$"
_QUARTER = 3
_DECEMBER = 12


class Period(NamedTuple):
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def is_a_day(self) -> bool:
        return self.first == self.last


def period_of(written: str) -> Period:
    """Return what is written by PATTERN. Raises ValueError for a day that no month has."""
    year = int(written[:4])
    quarter = re.search(r"Q([1-4])$", written)
    if quarter:
        first_month = _QUARTER * (int(quarter[1]) - 1) + 1
        return _months(year, first_month, _QUARTER)
    match written.split("-")[1:]:
        case [month, day]:
            only = date(year, int(month), int(day))
            return Period(only, only)
        case [month]:
            return _months(year, int(month), 1)
    return _months(year, 1, _DECEMBER)


def _months(year: int, first_month: int, count: int) -> Period:
    last_month = first_month + count - 1
    after = date(year + 1, 1, 1) if last_month == _DECEMBER else date(year, last_month + 1, 1)
    return Period(date(year, first_month, 1), after - timedelta(1))
