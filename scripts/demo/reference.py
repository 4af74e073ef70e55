"""What is there before the demo city comes: places, stations, trades, minimum wages."""

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.models import Division, Level
from app.geo.places import read_back
from app.geo.points import Wgs84
from app.jobs.models import MinimumWage
from app.stations.models import Station, StationKind
from app.trades.models import Trade

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Township:
    """A township with its seat and the station that serves it."""

    code: str
    name: str
    county_code: str
    county_name: str
    seat: Wgs84
    station_id: UUID


@dataclass(frozen=True)
class Reference:
    townships: dict[str, Township]
    boundaries: dict[str, list[Ring]]
    stations: dict[str, Station]
    trades: dict[str, Trade]
    wages: dict[str, list[tuple[date, int]]]

    def least_hourly_fen(self, county_code: str, day: date) -> int:
        """Return the minimum wage of a county on a day, in fen an hour; 0 where none is known."""
        wages = self.wages.get(county_code, [])
        place = bisect_right([since for since, _ in wages], day)
        return wages[place - 1][1] if place else 0


async def read(session: AsyncSession) -> Reference:
    """Read it as it stands in the database."""
    divisions = {d.code: d for d in await session.scalars(select(Division).order_by(Division.code))}
    stations = {
        station.division: station
        for station in await session.scalars(select(Station).where(Station.kind != StationKind.ZONE))
    }
    townships = {
        code: Township(
            code=code,
            name=division.name,
            county_code=code[:6],
            county_name=divisions[code[:6]].name,
            seat=read_back(division.seat),
            station_id=stations[code].id,
        )
        for code, division in divisions.items()
        if division.level is Level.TOWNSHIP and division.seat is not None
    }
    outlines = select(Division.code, func.ST_AsGeoJSON(Division.boundary, 9)).where(
        Division.boundary.is_not(None)
    )
    boundaries = {
        code: [ring for polygon in json.loads(outline)["coordinates"] for ring in polygon]
        for code, outline in (await session.execute(outlines)).all()
    }
    wages: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for wage in await session.scalars(select(MinimumWage).order_by(MinimumWage.effective_from)):
        wages[wage.county_code].append((wage.effective_from, wage.hourly_fen))
    trades = {trade.code: trade for trade in await session.scalars(select(Trade).order_by(Trade.code))}
    return Reference(townships, boundaries, stations, trades, dict(wages))
