"""Points: the three datums of Chinese maps, the city's plane in metres, and true distances on it."""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class Datum(StrEnum):
    """Where the zero of a coordinate lies; off by up to 700 m between one and the next in Linfen."""

    wgs84 = "wgs84"
    gcj02 = "gcj02"
    bd09 = "bd09"


class Wgs84(NamedTuple):
    """What satellites say, and what is stored. Degrees."""

    lng: float
    lat: float


class Gcj02(NamedTuple):
    """What Chinese map SDKs (Amap, Tencent) give. Degrees."""

    lng: float
    lat: float


class Bd09(NamedTuple):
    """What Baidu's maps give. Degrees."""

    lng: float
    lat: float


def to_wgs84(lng: float, lat: float, datum: Datum) -> Wgs84:
    """Read a position in degrees that came in under a datum; the inverse of `shown` to within 4 mm."""
    match datum:
        case Datum.wgs84:
            return Wgs84(lng, lat)
        case Datum.gcj02:
            return wgs84_of(Gcj02(lng, lat))
        case Datum.bd09:
            return wgs84_of(gcj02_of_bd09(Bd09(lng, lat)))


def shown(point: Wgs84, datum: Datum) -> tuple[float, float]:
    """Longitude and latitude under the datum that the caller asked for, to six decimals (0.1 m)."""
    match datum:
        case Datum.wgs84:
            lng, lat = point
        case Datum.gcj02:
            lng, lat = gcj02_of(point)
        case Datum.bd09:
            lng, lat = bd09_of(gcj02_of(point))
    return round(lng, 6), round(lat, 6)


# --- GCJ-02 and BD-09, after PRCoords (Mingye Wang, CC0) ---

_KRASOVSKY_A = 6_378_245.0
_KRASOVSKY_EE = 0.00669342162296594323


def gcj02_of(point: Wgs84) -> Gcj02:
    """Shift as China's public maps do; outside China both are the same."""
    if not _in_china(*point):
        return Gcj02(*point)
    return Gcj02(*_shifted(*point))


def wgs84_of(point: Gcj02) -> Wgs84:
    """Undo the shift by iteration, to a tenth of a millimetre."""
    if not _in_china(*point):
        return Wgs84(*point)
    return Wgs84(*_undone(_shifted, *point))


def bd09_of(point: Gcj02) -> Bd09:
    """Shift once more, as Baidu does."""
    return Bd09(*_shifted_by_baidu(*point))


def gcj02_of_bd09(point: Bd09) -> Gcj02:
    """Undo Baidu's shift by iteration."""
    return Gcj02(*_undone(_shifted_by_baidu, *point))


def _in_china(lng: float, lat: float) -> bool:
    """Tell by the rectangle that the published algorithm uses, not by the border."""
    return 72.004 <= lng <= 137.8347 and 0.8293 <= lat <= 55.8271  # noqa: PLR2004


def _shifted(lng: float, lat: float) -> tuple[float, float]:
    x, y = lng - 105, lat - 35
    both = 2 * math.sin(6 * math.pi * x) + 2 * math.sin(2 * math.pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north_m += (20 / 3) * (both + _waves(y, 16, 32))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east_m += (20 / 3) * (both + _waves(x, 15, 30))
    latitude = math.radians(lat)
    w = 1 - _KRASOVSKY_EE * math.sin(latitude) ** 2
    m_per_degree_north = math.radians(_KRASOVSKY_A * (1 - _KRASOVSKY_EE) / (w * math.sqrt(w)))
    m_per_degree_east = math.radians(_KRASOVSKY_A * math.cos(latitude) / math.sqrt(w))
    return lng + east_m / m_per_degree_east, lat + north_m / m_per_degree_north


def _waves(v: float, twelfth: float, thirtieth: float) -> float:
    return (
        2 * math.sin(math.pi * v)
        + 4 * math.sin(math.pi * v / 3)
        + twelfth * math.sin(math.pi * v / 12)
        + thirtieth * math.sin(math.pi * v / 30)
    )


def _shifted_by_baidu(lng: float, lat: float) -> tuple[float, float]:
    radius = math.hypot(lng, lat) + 0.00002 * math.sin(math.radians(3000 * lat))
    angle = math.atan2(lat, lng) + 0.000003 * math.cos(math.radians(3000 * lng))
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _undone(
    shift: Callable[[float, float], tuple[float, float]], lng: float, lat: float
) -> tuple[float, float]:
    """Find what the shift brings here: each round takes off what is still wrong (Cai Jun, 2014)."""
    guess_lng, guess_lat = lng, lat
    for _ in range(10):
        there_lng, there_lat = shift(guess_lng, guess_lat)
        off_lng, off_lat = there_lng - lng, there_lat - lat
        guess_lng -= off_lng
        guess_lat -= off_lat
        if abs(off_lng) + abs(off_lat) < 1e-9:  # noqa: PLR2004 - degrees, 0.1 mm
            break
    return guess_lng, guess_lat


# --- EPSG:4546, CGCS2000 / 3-degree Gauss-Krüger, central meridian 111°E ---

SRID = 4546
_FALSE_EASTING = 500_000.0
_A = 6_378_137.0
_F = 1 / 298.257222101
_E = math.sqrt(_F * (2 - _F))
_N = _F / (2 - _F)
_RECTIFYING = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ALPHA_1 = _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180
_ALPHA_2 = 13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440
_ALPHA_3 = 61 * _N**3 / 240 - 103 * _N**4 / 140


def project(point: Wgs84) -> tuple[float, float]:
    """Easting and northing in metres under EPSG:4546, as PostGIS's ST_Transform gives them.

    Krüger's series in the third flattening (Karney 2011, equations 7 to 11 and 35): three terms leave out
    less than 0.1 mm within 300 km of Linfen. WGS-84 counts as CGCS2000, as it does there.
    """
    latitude = math.radians(point.lat)
    longitude = math.radians(point.lng - 111)
    sine = math.sin(latitude)
    conformal = math.sinh(math.atanh(sine) - _E * math.atanh(_E * sine))
    cosine = math.cos(longitude)
    xi = math.atan2(conformal, cosine)
    eta = math.asinh(math.sin(longitude) / math.hypot(conformal, cosine))
    # Sines of 4ξ and 6ξ, 4η and 6η follow from those of 2ξ and 2η, at a third of the time.
    s2, c2 = math.sin(2 * xi), math.cos(2 * xi)
    sh2, ch2 = math.sinh(2 * eta), math.cosh(2 * eta)
    s4, c4, sh4, ch4 = 2 * s2 * c2, 2 * c2 * c2 - 1, 2 * sh2 * ch2, 2 * ch2 * ch2 - 1
    s6, c6, sh6, ch6 = s4 * c2 + c4 * s2, c4 * c2 - s4 * s2, sh4 * ch2 + ch4 * sh2, ch4 * ch2 + sh4 * sh2
    east = eta + _ALPHA_1 * c2 * sh2 + _ALPHA_2 * c4 * sh4 + _ALPHA_3 * c6 * sh6
    north = xi + _ALPHA_1 * s2 * ch2 + _ALPHA_2 * s4 * ch4 + _ALPHA_3 * s6 * ch6
    return _FALSE_EASTING + _RECTIFYING * east, _RECTIFYING * north


# Gauss's mean radius √(MN) = b / (1 - e² sin²φ) of the ellipsoid at 36.2°N, the middle of Linfen; metres.
_RADIUS = _A * (1 - _F) / (1 - (_E * math.sin(math.radians(36.2))) ** 2)
STRETCH = 1 / (24 * _RADIUS**2)


def true_distance(x1: float, y1: float, x2: float, y2: float) -> float:
    """Metres over the ellipsoid between two points of the plane (easting, northing of `project`).

    The reduction of distance of Gauss's projection (高斯投影距离改化; 孔祥元、郭际明《控制测量学》):
    D = s (1 + ym²/2R² + Δy²/24R²) with y the distance from the central meridian, ym its mean.
    """
    planar = math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    middle, across = x1 + x2 - 2 * _FALSE_EASTING, x2 - x1
    return planar / (1 + STRETCH * (3 * middle * middle + across * across))


def true_distance_sql(x1: str, y1: str, x2: str, y2: str) -> str:
    """`true_distance` as SQL arithmetic over four expressions of type double precision."""
    middle, across = f"(({x1}) + ({x2}) - {2 * _FALSE_EASTING!r})", f"(({x2}) - ({x1}))"
    north = f"(({y2}) - ({y1}))"
    return (
        f"(sqrt({across} * {across} + {north} * {north})"
        f" / (1 + {STRETCH!r} * (3 * {middle} * {middle} + {across} * {across})))"
    )
