"""The tree of stations: the centre, 17 county institutions, the zone, 158 township stations."""

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.models import Division, Level
from app.geo.places import read_back, stored
from app.geo.reference import ZONE as ZONE_CODE
from app.stations.models import Station, StationKind

HOURS = "周一至周五 8:00-12:00、14:30-18:00"
ZONE = "临汾经济开发区就业服务中心"
_KINDS = {
    Level.CITY: (StationKind.CENTRE, "就业服务中心"),
    Level.COUNTY: (StationKind.COUNTY, "就业服务中心"),
    Level.TOWNSHIP: (StationKind.TOWNSHIP, "就业服务站"),
}


async def load(session: AsyncSession) -> None:
    """Insert the stations that are missing; what staff changed stays."""
    found = await session.scalars(select(Division).order_by(Division.code))
    divisions = [division for division in found if division.level in _KINDS]
    names = {division.code: division.name for division in divisions}
    rows = []
    for division in divisions:
        kind, suffix = _KINDS[division.level]
        county = names[division.code[:6]] if division.level is Level.TOWNSHIP else ""
        rows.append(
            {
                "id": _id(division.code),
                "kind": kind,
                "name": f"{county}{division.name}{suffix}",
                "parent_id": _id(division.parent_code) if division.parent_code else None,
                "division": division.code,
                "opening_hours": HOURS,
                "position": stored(read_back(division.seat)) if division.seat else None,
                "position_source": division.position_source,
            }
        )
    zone = {"kind": StationKind.ZONE, "name": ZONE, "division": ZONE_CODE, "parent_id": _id("1410")}
    rows.append(rows[0] | zone | {"id": _id("zone"), "position": None, "position_source": None})
    await session.execute(insert(Station).on_conflict_do_nothing(), rows)
    # A county has no seat of its own in the data: a point surely inside it stands in, and says so.
    counties = select(Division.code, func.ST_PointOnSurface(func.geometry(Division.boundary))).where(
        Division.boundary.is_not(None), Division.level == Level.COUNTY
    )
    for code, inside in (await session.execute(counties)).all():
        station = await session.get_one(Station, _id(code))
        if station.position is None:
            station.position, station.position_source = stored(read_back(inside)), "approximate"


def _id(code: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"linfen-gigs/stations/{code}")
