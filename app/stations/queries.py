"""Which stations there are, and which one is responsible for a place."""

from typing import Any
from uuid import UUID

from sqlalchemy import Float, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.places import stored
from app.geo.points import Wgs84
from app.stations.models import Station, StationKind


async def responsible_for(session: AsyncSession, township: str) -> UUID:
    """Return the station of a township; the county's where the township has none (index division)."""
    found = await session.scalars(
        select(Station.id)
        .where(
            Station.division.in_([township, township[:6], township[:4]]),
            Station.kind.in_([StationKind.TOWNSHIP, StationKind.COUNTY, StationKind.CENTRE]),
        )
        .order_by(func.length(Station.division).desc())
        .limit(1)
    )
    return found.one()


def nearest(point: Wgs84) -> Select[Station, float]:
    """Return stations with their distance in metres, nearest first (GiST on position)."""
    here = stored(point)
    away: Any = Station.position.op("<->", return_type=Float)(here)
    return (
        select(Station, func.ST_Distance(Station.position, here))
        .where(Station.position.is_not(None))
        .order_by(away, Station.id)
    )
