"""Places around township seats, inside their county, with addresses that could be there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.geo.points import Wgs84, project, true_distance
from app.geo.reference import ZONE
from scripts.demo.chance import Chance
from scripts.demo.reference import Reference, Ring, Township

FURTHEST_M = 3_000
_M_PER_DEGREE = 111_000
# Where people live and work, roughly: counties and their seats against the countryside.
_COUNTIES = {"141002": 30, "141024": 15, "141081": 12, "141023": 8, "141082": 7, "141021": 6, "141022": 6}
_ELSEWHERE = 2
_SEAT = 5
_ZONE = 200  # small, and full of factories
_KNOWN_STREETS = {
    "141002": (
        "鼓楼北大街",
        "鼓楼西大街",
        "解放东路",
        "解放西路",
        "五一东路",
        "向阳路",
        "平阳北街",
        "滨河东路",
    ),
    "141024": ("虹通大道", "车站街", "古槐北路", "恒富大街"),
    "141081": ("新田路", "浍滨街", "市府路", "合欢街"),
}
_STREETS = (
    "人民路",
    "建设路",
    "迎宾大街",
    "府前街",
    "新建路",
    "东大街",
    "西环路",
    "兴业路",
    "文化巷",
    "振兴街",
)
_SPOTS = ("农贸市场", "便民服务中心旁", "文化广场东侧", "汽车站对面", "中心小学北侧", "物流园")
_VILLAGES = (
    "东张村",
    "西王村",
    "上院村",
    "下庄村",
    "南李村",
    "北柴村",
    "桥头村",
    "坡底村",
    "新庄村",
    "大槐村",
)


@dataclass(frozen=True)
class Place:
    """A point with its address; its township is the zone, or that of the nearest seat in the county."""

    point: Wgs84
    address: str
    township: Township


class Places:
    """Draws places by the weight of where people are."""

    def __init__(self, reference: Reference) -> None:
        self._boundaries = reference.boundaries
        self._townships = list(reference.townships.values())
        self._weights = [_weight(township) for township in self._townships]
        self._seats: dict[str, list[tuple[float, float, Township]]] = {}
        for township in self._townships:
            if township.code == ZONE:
                self._zone = township
                continue
            seats = self._seats.setdefault(township.county_code, [])
            seats.append((*project(township.seat), township))

    def anywhere(self, chance: Chance) -> Place:
        """Draw a place in the city."""
        return self.around(chance, chance.choices(self._townships, self._weights)[0])

    def around(self, chance: Chance, town: Township, within_m: int = FURTHEST_M) -> Place:
        """Draw a place near a township's seat, denser towards it, inside the county."""
        while True:
            away_m, angle = within_m * chance.random(), chance.random() * math.tau
            lng = town.seat.lng + away_m * math.cos(angle) / _M_PER_DEGREE / math.cos(
                math.radians(town.seat.lat)
            )
            lat = town.seat.lat + away_m * math.sin(angle) / _M_PER_DEGREE
            point = Wgs84(round(lng, 6), round(lat, 6))
            if _inside(point, self._boundaries[town.county_code]):
                nearest = self._nearest(point, town.county_code)
                return Place(point, _address(chance, nearest), nearest)

    def _nearest(self, point: Wgs84, county_code: str) -> Township:
        if county_code == self._zone.county_code and _inside(point, self._boundaries[ZONE]):
            return self._zone
        here = project(point)
        return min(self._seats[county_code], key=lambda seat: true_distance(*here, seat[0], seat[1]))[2]


def _weight(township: Township) -> float:
    if township.code == ZONE:
        return _ZONE
    seat = township.code.endswith("100") or township.code[6] == "0"
    return _COUNTIES.get(township.county_code, _ELSEWHERE) * (_SEAT if seat else 1)


def _inside(point: Wgs84, rings: Sequence[Ring]) -> bool:
    """Tell by the parity of borders to the east; holes count as outside."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > point.lat) != (y2 > point.lat) and point.lng < x1 + (point.lat - y1) * (x2 - x1) / (
                y2 - y1
            ):
                inside = not inside
    return inside


def _address(chance: Chance, town: Township) -> str:
    start = f"{town.county_name}{town.name}"
    if town.name.endswith("街道"):
        street = chance.choice(_KNOWN_STREETS.get(town.county_code, _STREETS))
        return f"{start}{street} {chance.randint(1, 180)} 号"
    kind = chance.random()
    if kind < 0.45:  # noqa: PLR2004
        return f"{start}{chance.choice(_STREETS)} {chance.randint(1, 90)} 号"
    if kind < 0.65:  # noqa: PLR2004
        return f"{start}{chance.choice(_SPOTS)}"
    return f"{start}{chance.choice(_VILLAGES)} {chance.randint(1, 120)} 号"
