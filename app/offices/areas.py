"""What a station is responsible for: the zone's boundary, the townships assigned to a station."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.geo.models import Division, Level
from app.geo.points import Datum, Wgs84, shown, to_wgs84
from app.geo.queries import BORDER_TOLERANCE_M
from app.offices.problems import BoundaryUnfit, DivisionUnfit, NoArea
from app.offices.queries import boundary_of, townships_of
from app.offices.running import locked, written
from app.offices.schemas import BoundaryGiven, MultiPolygon, Polygon, vertices
from app.stations.models import WITH_AREAS, Area, Station, StationKind

MOST_VERTICES = 5_000


async def draw_boundary(
    session: AsyncSession, officer: Officer, station_id: UUID, given: BoundaryGiven, version: int | None
) -> Station:
    """Draw the boundary of a development zone, or clear it.

    What is posted or registered within it from now on is the zone's; what was begun stays where it is.
    """
    station = await locked(session, officer, station_id, version)
    if station.kind is not StationKind.ZONE:
        raise NoArea
    before = await boundary_of(session, station)
    drawn = None
    if given.boundary is not None:
        drawn = func.ST_Multi(
            func.ST_SetSRID(func.ST_GeomFromGeoJSON(_in_wgs84(given.boundary, given.datum)), 4326)
        )
        await _must_fit(session, station, drawn)
    await session.execute(
        update(Division)
        .where(Division.code == station.division)
        .values(boundary=drawn)
        .execution_options(synchronize_session=False)
    )
    after = await boundary_of(session, station)
    await written(session, officer, station, "boundary", _kept(before), _kept(after))
    return station


async def assign_townships(
    session: AsyncSession, officer: Officer, station_id: UUID, codes: list[str], version: int | None
) -> Station:
    """Make a station responsible for exactly these townships of its county, besides its own.

    Its staff reach them from the next request on. Taken from whoever had them, which the officer runs.
    """
    station = await locked(session, officer, station_id, version)
    if station.kind not in WITH_AREAS:
        raise NoArea
    wanted = sorted(set(codes))
    county = and_(
        Division.level == Level.TOWNSHIP,
        Division.parent_code == station.division[:6],
        # Nobody gives what is not the own: a township's station can't take the neighbour's by itself.
        Division.code.startswith(officer.station.division, autoescape=True),
    )
    known = set(await session.scalars(select(Division.code).where(Division.code.in_(wanted), county)))
    for place, code in enumerate(codes):
        if code not in known:
            raise DivisionUnfit.at(f"/townships/{place}")
    before = await townships_of(session, station.id)
    # Nor does anybody lay down what was assigned from above.
    if not all(code in wanted or code.startswith(officer.station.division) for code in before):
        raise DivisionUnfit.at("/townships")
    await session.execute(delete(Area).where(Area.station_id == station.id, Area.township.not_in(wanted)))
    if wanted:
        rows = [{"township": code, "station_id": station.id} for code in wanted]
        added = insert(Area).values(rows)
        taken = {"station_id": added.excluded.station_id}
        await session.execute(added.on_conflict_do_update(index_elements=[Area.township], set_=taken))
    await written(session, officer, station, "townships", {"townships": before}, {"townships": wanted})
    return station


def shown_in(boundary: str | None, datum: Datum) -> dict[str, Any] | None:
    """Return a boundary that is kept in WGS-84 as GeoJSON in another datum."""
    if boundary is None:
        return None
    polygons = json.loads(boundary)["coordinates"]
    turned = [
        [[list(shown(Wgs84(*vertex), datum)) for vertex in ring] for ring in rings] for rings in polygons
    ]
    return {"type": "MultiPolygon", "coordinates": turned}


def _in_wgs84(given: Polygon | MultiPolygon, datum: Datum) -> str:
    """Return what was drawn as GeoJSON in WGS-84; refuses rings that are not closed, and too much of it."""
    polygons = given.coordinates if isinstance(given, MultiPolygon) else [given.coordinates]
    closed = all(ring[0] == ring[-1] for rings in polygons for ring in rings)
    if not closed or vertices(given) > MOST_VERTICES:
        raise BoundaryUnfit.at("/boundary")
    turned = [
        [[list(to_wgs84(lng, lat, datum)) for lng, lat in ring] for ring in rings] for rings in polygons
    ]
    return json.dumps({"type": "MultiPolygon", "coordinates": turned})


async def _must_fit(session: AsyncSession, station: Station, drawn: Any) -> None:
    """Refuse what is no area, or leaves the county by more than the border's own tolerance."""
    around = func.geometry(func.ST_Buffer(Division.boundary, BORDER_TOLERANCE_M))
    fits = select(
        and_(func.ST_IsValid(drawn), func.ST_Area(drawn) > 0, func.ST_CoveredBy(drawn, around))
    ).where(Division.code == station.division[:6])
    if not await session.scalar(fits):
        raise BoundaryUnfit.at("/boundary")


def _kept(boundary: str | None) -> dict[str, Any]:
    """Return what the ledger keeps of a boundary: small, and telling one from another."""
    if boundary is None:
        return {"boundary": None}
    polygons = json.loads(boundary)["coordinates"]
    corners = [vertex for rings in polygons for ring in rings for vertex in ring]
    lngs, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return {"vertices": len(corners), "bbox": [min(lngs), min(lats), max(lngs), max(lats)]}
