"""What is there before the demo city comes: places, stations, trades, minimum wages."""

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.days.models import OfficialDay
from app.days.queries import counted
from app.geo.models import Division
from app.geo.places import read_back
from app.geo.points import Wgs84
from app.geo.reference import ZONES_COUNTY
from app.jobs.models import MinimumWage
from app.pay.models import LateCancellationShare
from app.pay.owed import share_for
from app.stations.models import Station, StationKind
from app.trades.models import Trade

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Township:
    """A township, or the zone, with its seat and the station that serves it."""

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
    markets: dict[str, Station]
    trades: dict[str, Trade]
    wages: dict[str, list[tuple[date, int]]]
    days: dict[date, bool]
    shares: dict[date, list[tuple[int, int]]]

    def least_hourly_fen(self, county_code: str, day: date) -> int:
        """Return the minimum wage of a county on a day, in fen an hour; 0 where none is known."""
        wages = self.wages.get(county_code, [])
        place = bisect_right([since for since, _ in wages], day)
        return wages[place - 1][1] if place else 0

    def deadline(self, instant: datetime, days: int) -> datetime:
        """Return the end of the n-th working day after an instant's."""
        return counted(self.days, instant, days).astimezone(UTC)

    def share_percent(self, starts_at: datetime, notice_minutes: int) -> int:
        """Return what an employer owes who cancels with such notice, by the table of the day of the start."""
        held = [since for since in self.shares if since <= clock.day_of(starts_at)]
        return share_for(self.shares[max(held)], notice_minutes) if held else 0


async def read(session: AsyncSession) -> Reference:
    """Read it as it stands in the database."""
    divisions = {d.code: d for d in await session.scalars(select(Division).order_by(Division.code))}
    every = (await session.scalars(select(Station).order_by(Station.division))).all()
    stations = {one.division: one for one in every if one.kind is not StationKind.MARKET}
    markets = {one.division: one for one in every if one.kind is StationKind.MARKET}
    townships = {
        code: Township(
            code=code,
            name=division.name,
            county_code=code[:6],
            county_name=divisions[code[:6]].name,
            seat=read_back(seat),
            station_id=stations[code].id,
        )
        for code, division in divisions.items()
        if len(code) > len(ZONES_COUNTY) and (seat := division.seat or stations[code].position) is not None
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
    days = {official.day: official.works for official in await session.scalars(select(OfficialDay))}
    shares: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for share in await session.scalars(select(LateCancellationShare)):
        shares[share.effective_from].append((share.within_minutes, share.share_percent))
    return Reference(townships, boundaries, stations, markets, trades, dict(wages), days, dict(shares))
