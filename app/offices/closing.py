"""Closing a station: everything that it had goes to its successor, in one transaction."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.actions import sign_out
from app.access.asking import Officer
from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound, must_be_fresh
from app.offices.problems import StationClosedAlready, StationNotClosable, SuccessorUnfit
from app.offices.queries import run_by, townships_of
from app.offices.running import written
from app.offices.schemas import OfficeClosing
from app.offices.staffing import must_grant
from app.stations.events import StaffMoved, StationClosed
from app.stations.models import Area, Staff, Station, StationKind

STAY = (StationKind.CENTRE, StationKind.COUNTY)


async def close(
    session: AsyncSession, officer: Officer, station_id: UUID, given: OfficeClosing, version: int | None
) -> Station:
    """Close a station for good, by a manager above it.

    Its area, the stations below it, its staff (signed out, as their reach changes) and, by the floors
    above, all its rows go to the successor, by default the parent.
    """
    station, successor = await _both(session, officer, station_id, given.successor_id)
    if station.closed_at is not None:
        raise StationClosedAlready
    must_be_fresh(version, station.version)
    if station.kind in STAY or station.id == officer.station.id:
        raise StationNotClosable
    # Of the same rank or above: so whatever is below the closed one can stand below it, without a cycle.
    # And where the tree lets it be: in the county, or the centre.
    if (
        successor is None
        or successor.closed_at is not None
        or successor.rank > station.rank
        or not station.division.startswith(successor.division[:6])
    ):
        raise SuccessorUnfit.at("/successor_id")
    station.closed_at, station.successor_id = clock.now(), successor.id
    station.version += 1
    await session.flush()
    townships = await _hand_area_over(session, station, successor)
    children = update(Station).where(Station.parent_id == station.id, Station.closed_at.is_(None))
    await session.execute(
        children.values(parent_id=successor.id, version=Station.version + 1).execution_options(
            synchronize_session=False
        )
    )
    moved = await _move_staff(session, officer, station, successor)
    after = {"successor_id": str(successor.id), "townships": townships, "staff": [str(id_) for id_ in moved]}
    await written(session, officer, station, "close", after=after, reason=given.reason)
    await emit(session, StationClosed(station.id, successor.id))
    return station


async def _both(
    session: AsyncSession, officer: Officer, station_id: UUID, successor_id: UUID | None
) -> tuple[Station, Station | None]:
    """Lock both in the order of their ids, against everything that would begin at either."""
    known = await session.scalar(select(Station).where(Station.id == station_id, run_by(officer)))
    if known is None:
        raise NotFound
    named = successor_id or known.parent_id
    if named == station_id:
        raise SuccessorUnfit.at("/successor_id")
    found = await session.scalars(
        select(Station)
        .where(Station.id.in_([station_id, named]), run_by(officer))
        .order_by(Station.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    both = {station.id: station for station in found}
    return both[station_id], both.get(named) if named else None


async def _hand_area_over(session: AsyncSession, station: Station, successor: Station) -> list[str]:
    """Give the successor what the station was responsible for: assigned townships, and its own."""
    townships = await townships_of(session, station.id)
    await session.execute(
        update(Area)
        .where(Area.station_id == station.id)
        .values(station_id=successor.id)
        .execution_options(synchronize_session=False)
    )
    if station.kind is not StationKind.MARKET:
        own = {"township": station.division, "station_id": successor.id}
        await session.execute(insert(Area).values(own).on_conflict_do_nothing())
    return townships


async def _move_staff(
    session: AsyncSession, officer: Officer, station: Station, successor: Station
) -> list[UUID]:
    """Move the staff along, as far as the officer may; what they reach changes, so they sign in again."""
    members = select(Staff).where(Staff.station_id == station.id, Staff.dismissed_at.is_(None))
    found = await session.scalars(
        members.order_by(Staff.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    moved = []
    for member in found:
        must_grant(officer, member.role)
        member.station_id = successor.id
        member.version += 1
        moved.append(member.id)
        await sign_out(session, member.id)
    await session.flush()
    for id_ in moved:
        await emit(session, StaffMoved(id_))
    return moved
