"""What the demo city adds to the tree of stations: the zone's boundary, two walk-in markets, doors and hours.

The boundary is invented: no official one is published. It is a plausible square mile and a half in the east
of Yaodu, to be replaced by `PUT /admin/v1/stations/{id}/boundary`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor
from app.audit.models import ActorKind
from app.geo.models import Division
from app.geo.places import stored
from app.geo.points import Wgs84
from app.geo.reference import ZONE
from app.stations.models import Role, Service, Staff, Station, StationKind
from app.stations.schemas import Hours, in_words
from scripts.demo.chance import Chance
from scripts.demo.copying import Values
from scripts.demo.ledger import entry
from scripts.demo.reference import Reference

_CORNERS = (
    (111.585, 36.110), (111.612, 36.106), (111.622, 36.118), (111.612, 36.130), (111.588, 36.128),
    (111.580, 36.119), (111.585, 36.110),
)  # fmt: skip
_BOUNDARY = f"MULTIPOLYGON((({','.join(f'{lng} {lat}' for lng, lat in _CORNERS)})))"
_OFFICE = (("08:00", "12:00"), ("14:30", "18:00"))
_EVERY_DAY, _WEEK = range(1, 8), range(1, 6)
_HALL = (Service.JOB_SEEKING, Service.POSTING, Service.ASSISTANCE, Service.SELF_SERVICE)
_SMALL = (Service.ASSISTANCE, Service.JOB_SEEKING, Service.RIGHTS)
_FULL = tuple(sorted(Service))


@dataclass(frozen=True)
class Door:
    """How a station stands in the street; without a point it stays where the reference data have it."""

    phone: str
    address: str
    services: tuple[Service, ...]
    point: Wgs84 | None = None
    days: range = _WEEK
    hours: tuple[tuple[str, str], ...] = _OFFICE
    notice: str | None = None


# By division. Numbers that begin with 0357-555 belong to nobody.
_DOORS = {
    "1410": Door("0357-5550001", "临汾市尧都区五一东路 1 号", _FULL, Wgs84(111.5190, 36.0889)),
    "141002": Door("0357-5550002", "尧都区鼓楼西大街 26 号", _FULL, Wgs84(111.5102, 36.0892)),
    ZONE: Door("0357-5550400", "临汾经济开发区创业路 9 号", _FULL, Wgs84(111.6005, 36.1185)),
    "141024": Door("0357-5550024", "洪洞县虹通大道 18 号", _FULL, Wgs84(111.6745, 36.2561)),
    "141081": Door("0357-5550081", "侯马市新田路 102 号", _FULL, Wgs84(111.3721, 35.6190)),
    "141002002": Door("0357-5552002", "尧都区鼓楼西街街道便民服务中心一楼", _SMALL),
    "141002101": Door("0357-5552101", "尧都区乔李镇政府西侧", _SMALL, notice="逢五赶集日中午不休息"),
    "141024100": Door("0357-5554100", "洪洞县大槐树镇便民服务中心", _SMALL),
    "141081200": Door("0357-5558200", "侯马市新田乡政府院内", _SMALL),
}
_MARKETS = {
    "141002007": (
        "尧都区铁路东零工市场",
        "141002",
        Door(
            "0357-5552007", "尧都区铁路东街道车站南路 3 号", _HALL, Wgs84(111.5079, 36.0811), _EVERY_DAY,
            (("05:30", "12:00"), ("14:00", "19:00")), "早市五点半开门,备有热水",
        ),
    ),
    "141081001": (
        "侯马市路东零工市场",
        "141081",
        Door(
            "0357-5558001", "侯马市路东街道合欢街 40 号", _HALL, Wgs84(111.3704, 35.6143), _EVERY_DAY,
            (("06:00", "18:00"),),
        ),
    ),
}  # fmt: skip
MARKETS = tuple(_MARKETS)


async def open_up(session: AsyncSession, today: datetime) -> None:
    """Draw the zone, hang out the signs, and open the markets; before anybody is put anywhere."""
    boundary = func.ST_GeogFromText(_BOUNDARY)
    await session.execute(update(Division).where(Division.code == ZONE).values(boundary=boundary))
    ids = dict((await session.execute(select(Station.division, Station.id))).all())
    for division, door in _DOORS.items():
        await session.execute(update(Station).where(Station.id == ids[division]).values(_sign(door)))
    for division, (name, county, door) in _MARKETS.items():
        market = Station(
            id=_id(division),
            kind=StationKind.MARKET,
            name=name,
            parent_id=ids[county],
            division=division,
            version=1,
            created_at=today - timedelta(days=_OPENED),
        )
        for key, value in _sign(door).items():
            setattr(market, key, value)
        session.add(market)
    await session.flush()
    # What follows reads them as they are in the database.
    session.expunge_all()


_OPENED = 300


def deeds(reference: Reference, staff: list[Staff], today: datetime) -> list[Values]:
    """Return the ledger's lines about what is no part of the reference data."""
    zone = reference.stations[ZONE]
    chance, managers = Chance("premises"), {one.station_id: one for one in staff if one.role is Role.MANAGER}
    at = today - timedelta(days=_OPENED) + timedelta(hours=10)
    city = managers[zone.parent_id] if zone.parent_id else staff[0]
    corners = {"vertices": len(_CORNERS)}
    written = [
        entry(chance, at, _by(city), "station.boundary", zone, before={"boundary": None}, after=corners)
    ]
    for market in reference.markets.values():
        by = managers[market.parent_id] if market.parent_id else city
        facts = {"name": market.name, "parent_id": str(market.parent_id)}
        written.append(entry(chance, at, _by(by), "station.open", market, after=facts))
    return written


def _by(one: Staff) -> Actor:
    return Actor(ActorKind.STAFF, one.id, one.name)


def _sign(door: Door) -> dict[str, Any]:
    hours = [
        Hours.model_validate({"weekday": day, "from": begins, "until": ends})
        for day in door.days
        for begins, ends in door.hours
    ]
    sign = {
        "phone": door.phone,
        "address": door.address,
        "opening_hours": in_words(hours),
        "hours": [hour.model_dump(mode="json", by_alias=True) for hour in hours],
        "hours_notice": door.notice,
        "services": sorted(door.services),
    }
    if door.point:
        sign |= {"position": stored(door.point), "position_source": "staff"}
    return sign


def _id(division: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"linfen-gigs/demo/markets/{division}")
