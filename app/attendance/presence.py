"""Whether a position is at the site, and when a coming or going may be noted."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.attendance.models import AttendanceKind
from app.attendance.problems import TooEarly, TooLate
from app.core.problems import refuse_field
from app.geo.points import Wgs84

EARLIEST = timedelta(hours=2)  # before the start
LATEST_OUT = timedelta(hours=12)  # after the end
TAKEN_UNTIL = timedelta(hours=72)  # after the end: a phone may have been without a network for long
AHEAD = timedelta(minutes=2)  # what a phone's clock may be fast
LATE_AFTER = timedelta(minutes=10)
_MOST_DOUBT_M = 1000
_RADIUS_M = 6_371_008.8  # mean radius of the ellipsoid (IUGG)


@dataclass(frozen=True)
class Judged:
    """`doubtful`: the position alone does not decide it."""

    there: bool
    doubtful: bool


def judge(distance_m: float, radius_m: int, accuracy_m: int) -> Judged:
    """Judge a position: weak GPS is no reason to refuse, so its accuracy (at most 1 km) is taken off."""
    there = distance_m - min(accuracy_m, _MOST_DOUBT_M) <= radius_m
    return Judged(there, doubtful=distance_m > radius_m or accuracy_m > radius_m)


def distance_m(one: Wgs84, other: Wgs84) -> float:
    """Return metres over the sphere (haversine): within 0.3 % of the ellipsoid, for any two points."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    across = math.sin((lat2 - lat1) / 2) ** 2
    across += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    return 2 * _RADIUS_M * math.asin(math.sqrt(min(1.0, across)))


def instant_of(
    kind: AttendanceKind, given: datetime | None, now: datetime, starts_at: datetime, ends_at: datetime
) -> datetime:
    """Return when it happened: now, or as given; never after now, though clocks may be two minutes fast.

    Refuses what is in the future, before two hours ahead of the start, after the end (coming) or twelve
    hours after it (going), and what reaches us more than 72 hours after the end.
    """
    if given and given > now + AHEAD:
        raise refuse_field("/at", "in_the_future", "时间不能晚于现在", "It can't be in the future")
    at = min(given or now, now)
    opens_at = starts_at - EARLIEST
    closes_at = ends_at if kind is AttendanceKind.CHECK_IN else ends_at + LATEST_OUT
    if at < opens_at:
        raise TooEarly(opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
    if at > closes_at or now > ends_at + TAKEN_UNTIL:
        raise TooLate(
            opens_at=opens_at.isoformat(),
            closes_at=closes_at.isoformat(),
            taken_until=(ends_at + TAKEN_UNTIL).isoformat(),
        )
    return at


def is_late(at: datetime, received_at: datetime) -> bool:
    """Tell whether it reached us so long after it happened that it is marked: it may be contested."""
    return received_at - at > LATE_AFTER


def must_be_within(now: datetime, opens_at: datetime, closes_at: datetime) -> None:
    """Refuse what comes before or after its time."""
    if now < opens_at:
        raise TooEarly(opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
    if now > closes_at:
        raise TooLate(opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
