"""Which stations and staff one may see, and which one runs."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.keyring import keys
from app.core.problems import NotFound
from app.geo.models import Division
from app.stations.models import Area, Role, Staff, Station, StationKind


def run_by(officer: Officer) -> ColumnElement[bool]:
    """Return the predicate for the stations that a manager runs: the own one and all below.

    A walk-in market has nothing below it; townships assigned to a station are served, not run, by it.
    """
    if officer.station.kind is StationKind.MARKET:
        return Station.id == officer.station.id
    return Station.division.startswith(officer.station.division, autoescape=True)


async def one_in_reach(session: AsyncSession, officer: Officer, station_id: UUID) -> Station:
    """Return a station within reach, a closed one too; else 404."""
    statement = select(Station).where(Station.id == station_id, officer.reaches(Station.division))
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def page_of_stations(
    session: AsyncSession,
    officer: Officer,
    *,
    parent_id: UUID | None,
    kind: StationKind | None,
    division: str | None,
    closed: bool,
    limit: int,
    cursor: str | None,
) -> tuple[list[Station], str | None]:
    """Return a page by division and id: a few hundred stations are sorted at once (index division)."""
    scope = f"stations/{officer.station.division}/{parent_id}/{kind}/{division}/{closed}"
    statement = select(Station).where(officer.reaches(Station.division))
    statement = statement.where(Station.closed_at.is_not(None) if closed else Station.closed_at.is_(None))
    if parent_id:
        statement = statement.where(Station.parent_id == parent_id)
    if kind:
        statement = statement.where(Station.kind == kind)
    if division:
        statement = statement.where(Station.division.startswith(division, autoescape=True))
    if cursor:
        code, last = keys().cursors.read(cursor, scope)
        statement = statement.where(tuple_(Station.division, Station.id) > (code, UUID(last)))
    ordered = statement.order_by(Station.division, Station.id).limit(limit + 1)
    found = list(await session.scalars(ordered))
    rows = found[:limit]
    more = len(found) > limit
    return rows, keys().cursors.sign([rows[-1].division, rows[-1].id], scope) if more else None


async def townships_of(session: AsyncSession, station_id: UUID) -> list[str]:
    """Return the townships assigned to a station (index station_id)."""
    statement = select(Area.township).where(Area.station_id == station_id).order_by(Area.township)
    return list(await session.scalars(statement))


async def count_staff(session: AsyncSession, station_id: UUID) -> int:
    statement = (
        select(func.count())
        .select_from(Staff)
        .where(Staff.station_id == station_id, Staff.dismissed_at.is_(None))
    )
    return await session.scalar(statement) or 0


async def boundary_of(session: AsyncSession, station: Station) -> str | None:
    """Return the drawn boundary of a zone as GeoJSON in WGS-84, with six decimals."""
    if station.kind is not StationKind.ZONE:
        return None
    statement = select(func.ST_AsGeoJSON(Division.boundary, 6)).where(Division.code == station.division)
    found: str | None = await session.scalar(statement)
    return found


def staff_run_by(
    officer: Officer, station_id: UUID | None = None, role: Role | None = None, *, dismissed: bool = False
) -> Select[Staff, Station]:
    """Return the staff of the stations that a manager runs (index station_id; some hundreds in all)."""
    gone = Staff.dismissed_at.is_not(None)
    statement = (
        select(Staff, Station)
        .join(Station, Station.id == Staff.station_id)
        .where(run_by(officer), gone if dismissed else ~gone)
    )
    if station_id:
        statement = statement.where(Staff.station_id == station_id)
    return statement.where(Staff.role == role) if role else statement


async def member_run_by(session: AsyncSession, officer: Officer, staff_id: UUID) -> tuple[Staff, Station]:
    """Return one of the staff, dismissed or not; else 404."""
    statement: Any = (
        select(Staff, Station)
        .join(Station, Station.id == Staff.station_id)
        .where(and_(run_by(officer), Staff.id == staff_id))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]
