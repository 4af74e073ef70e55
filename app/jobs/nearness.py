"""Nearness: how the order by true distance is had from an index that knows only the plane.

An index gives listings in order of their planar distance from an origin: the `rank`. The true distance
differs from it by what is known beforehand, so whoever has read the first ranks knows which of them are
surely the nearest. Near the city the origin is the caller's own place on the plane. From afar the plane is
no longer true; then the origin is a point of the plane that sees the city as the caller does: in the
caller's direction, at the radius that wavefronts from there have when they reach the city.
"""

import math
from typing import NamedTuple

from app.core.bind import Bind
from app.geo.points import STRETCH, Wgs84, project, true_distance_sql

# Linfen's counties lie within 110.369..112.569°E, 35.388..36.937°N; metres of the plane for eastings.
WEST, EAST, SOUTH, NORTH = 110.36, 112.58, 35.38, 36.95
_CENTRE = Wgs84((WEST + EAST) / 2, (SOUTH + NORTH) / 2)
_EASTERNMOST = 143_700.0  # from the central meridian, further than the westernmost
_FAR = 2.6  # degrees around that box, 200 km and more: true_distance holds to a metre up to there
_ROUNDING = 0.01  # metres: the ranks of one place by two columns differ by less
_RADIUS = 6_371_000.0
_ACROSS = 400.0  # metres, more than true distance less rank varies over the city: 214 seen from 73°E 3°N


class Origin(NamedTuple):
    """Where ranks are measured from: easting and northing, metres."""

    x: float
    y: float
    caller: Wgs84
    far: bool

    def true_sql(self, bind: Bind) -> str:
        """Metres over the ellipsoid from the caller to a listing."""
        if not self.far:
            return true_distance_sql("pt[0]", "pt[1]", bind(self.x, "float8"), bind(self.y, "float8"))
        here = f"ST_MakePoint({bind(self.caller.lng, 'float8')}, {bind(self.caller.lat, 'float8')})"
        return f"ST_Distance(ST_Transform(g, 4326)::geography, ST_SetSRID({here}, 4326)::geography)"

    def least_beyond(self, rank: float, one: tuple[float, float]) -> float:
        """Return what every true distance is at least whose rank is at least this.

        `one` is the true distance and rank of any listing.
        """
        if self.far:
            return rank + one[0] - one[1] - _ACROSS
        return rank / self._most_stretched - _ROUNDING

    def rank_beyond(self, one: tuple[float, float]) -> float:
        """Return what every rank is at least whose true distance is at least that of `one`."""
        return one[1] - _ACROSS if self.far else one[0] - _ROUNDING

    def rank_within(self, true_m: float) -> float:
        """Return what a rank is at most within a true distance; for callers who are not far."""
        return true_m * self._most_stretched + _ROUNDING

    @property
    def _most_stretched(self) -> float:
        """The most by which the plane stretches a line from here to the city (points.true_distance)."""
        across = abs(self.x - 500_000) + _EASTERNMOST
        return 1 + STRETCH * 4 * across * across


def origin_of(caller: Wgs84) -> Origin:
    """Return the point of the plane from which the city's listings rank as they do for the caller."""
    lng, lat = caller
    if WEST - _FAR <= lng <= EAST + _FAR and SOUTH - _FAR <= lat <= NORTH + _FAR:
        return Origin(*project(caller), caller, far=False)
    x, y = project(_CENTRE)
    azimuth, angle = _seen_from_centre(caller)
    # The direction on the plane, by a short step in it: meridians converge.
    step = 1e-3
    step_x, step_y = project(
        Wgs84(
            _CENTRE.lng + step * math.sin(azimuth) / math.cos(math.radians(_CENTRE.lat)),
            _CENTRE.lat + step * math.cos(azimuth),
        )
    )
    radius = _RADIUS * math.tan(angle) / math.hypot(step_x - x, step_y - y)
    return Origin(x + (step_x - x) * radius, y + (step_y - y) * radius, caller, far=True)


def _seen_from_centre(caller: Wgs84) -> tuple[float, float]:
    """Azimuth and angular distance of the caller from the city's centre, radians, on the sphere."""
    here, there = math.radians(_CENTRE.lat), math.radians(caller.lat)
    east = math.radians(caller.lng - _CENTRE.lng)
    north = math.cos(here) * math.sin(there) - math.sin(here) * math.cos(there) * math.cos(east)
    right = math.sin(east) * math.cos(there)
    up = math.sin(here) * math.sin(there) + math.cos(here) * math.cos(there) * math.cos(east)
    return math.atan2(right, north), math.atan2(math.hypot(north, right), up)
