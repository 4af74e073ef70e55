"""Which stations there are, and which one is responsible for a place."""

from typing import Any
from uuid import UUID

from sqlalchemy import Float, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.models import Division
from app.geo.places import stored
from app.geo.points import Wgs84
from app.stations.models import Area, Station, StationKind


async def responsible_for(session: AsyncSession, township: str) -> UUID:
    """Return the station responsible for a township or a zone.

    The one that it was assigned to; else its own; else the nearest in the county; else the county's
    institution; else the centre: open ones alone. For transactions that write: the row is locked
    against closing, so that nothing is begun at a station while it hands everything over.
    """
    found = await session.scalar(_responsible(township))
    # Closed while we waited for it, the row is left out: the next look finds another.
    return found or (await session.scalars(_responsible(township))).one()


def _responsible(township: str) -> Select[UUID]:
    """Order what may be responsible (indexes division, pk_station_areas): a county has twenty-odd."""
    county, city = township[:6], township[:4]
    seat = select(Division.seat).where(Division.code == township).scalar_subquery()
    assigned = select(Area.station_id).where(Area.township == township).scalar_subquery()
    away = func.ST_Distance(Station.position, seat)
    own = and_(Station.division == township, Station.kind.in_([StationKind.TOWNSHIP, StationKind.ZONE]))
    near = and_(Station.kind == StationKind.TOWNSHIP, Station.division.startswith(county), away.is_not(None))
    institution = and_(Station.kind == StationKind.COUNTY, Station.division == county)
    centre = and_(Station.kind == StationKind.CENTRE, Station.division == city)
    first = case((Station.id == assigned, 0), (own, 1), (near, 2), (institution, 3), else_=4)
    return (
        select(Station.id)
        .where(Station.closed_at.is_(None), or_(Station.id == assigned, own, near, institution, centre))
        .order_by(first, away, Station.id)
        .limit(1)
        .with_for_update(read=True, key_share=True, of=Station)
    )


def nearest(point: Wgs84) -> Select[Station, float]:
    """Return stations with their distance in metres, nearest first (GiST on position)."""
    here = stored(point)
    away: Any = Station.position.op("<->", return_type=Float)(here)
    return (
        select(Station, func.ST_Distance(Station.position, here))
        .where(Station.position.is_not(None), Station.closed_at.is_(None))
        .order_by(away, Station.id)
    )
