"""Opening stations, and changing what the sign on their doors says."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock
from app.core.problems import NotFound, must_be_fresh
from app.core.types import new_id
from app.geo.models import Division, Level
from app.geo.places import stored
from app.geo.points import Wgs84
from app.geo.queries import locate
from app.offices.problems import DivisionUnfit, OutsideItsDivision, ParentUnfit, StationClosedAlready
from app.offices.queries import run_by
from app.offices.schemas import OfficeChanges, OfficeDraft
from app.stations.models import RANKS, Area, Station, StationKind
from app.stations.schemas import in_words

STAFFS = "staff"  # where a position comes from that somebody put on the map
_LEVELS = {
    StationKind.TOWNSHIP: {Level.TOWNSHIP},
    StationKind.MARKET: {Level.TOWNSHIP, Level.ZONE},
}


async def open_station(session: AsyncSession, officer: Officer, draft: OfficeDraft) -> Station:
    """Open a township's station or a walk-in market within what the officer runs."""
    division = await session.get(Division, draft.division)
    own = officer.station
    if (
        division is None
        or own.kind is StationKind.MARKET
        or not draft.division.startswith(own.division)
        or division.level not in _LEVELS[draft.kind]
    ):
        raise DivisionUnfit.at("/division")
    may = run_by(officer) if draft.parent_id else None
    parent = await _parent(session, draft.kind, draft.division, draft.parent_id, may)
    await must_lie_in(session, draft.division, draft.place.point)
    station = Station(
        id=new_id(),
        kind=draft.kind,
        name=draft.name,
        parent_id=parent.id,
        division=draft.division,
        phone=draft.phone,
        address=draft.place.address,
        opening_hours=in_words(draft.hours),
        hours=[hour.model_dump(mode="json", by_alias=True) for hour in draft.hours],
        services=sorted(set(draft.services)),
        position=stored(draft.place.point),
        position_source=STAFFS,
        version=1,
        created_at=clock.now(),
    )
    session.add(station)
    await session.flush()
    if draft.kind is StationKind.TOWNSHIP and (assigned := await session.get(Area, draft.division)):
        await session.delete(assigned)  # it has a station of its own again
    after = {"kind": draft.kind.value, "name": draft.name, "parent_id": str(parent.id)}
    await written(session, officer, station, "open", after=after)
    return station


async def change(
    session: AsyncSession, officer: Officer, station_id: UUID, changes: OfficeChanges, version: int | None
) -> Station:
    """Change name, phone, address, hours or services; refuses a stale version."""
    station = await locked(session, officer, station_id, version)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}

    def put(field: str, value: Any) -> None:
        before[field], after[field] = getattr(station, field), value
        setattr(station, field, value)

    for field in ("name", "phone", "address"):
        if (value := getattr(changes, field)) is not None:
            put(field, value)
    if changes.services is not None:
        put("services", sorted(set(changes.services)))
    if changes.hours_notice is not None:
        put("hours_notice", changes.hours_notice or None)
    if changes.hours is not None:
        put("hours", [hour.model_dump(mode="json", by_alias=True) for hour in changes.hours])
        put("opening_hours", in_words(changes.hours))
    await written(session, officer, station, "change", before, after)
    return station


async def locked(
    session: AsyncSession, officer: Officer, station_id: UUID, version: int | None = None
) -> Station:
    """Lock a station that the officer runs, and count its version on; 404, or closed, or stale."""
    station = await session.scalar(
        select(Station)
        .where(Station.id == station_id, run_by(officer))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if station is None:
        raise NotFound
    if station.closed_at is not None:
        raise StationClosedAlready
    must_be_fresh(version, station.version)
    station.version += 1
    return station


async def parent_for(session: AsyncSession, officer: Officer, station: Station, parent_id: UUID) -> Station:
    """Return another parent for a station, of those that the officer runs."""
    return await _parent(session, station.kind, station.division, parent_id, run_by(officer))


async def _parent(
    session: AsyncSession,
    kind: StationKind,
    division: str,
    parent_id: UUID | None,
    may: ColumnElement[bool] | None,
) -> Station:
    """Return a parent, kept from closing; the county's institution where none is named."""
    county = (Station.kind == StationKind.COUNTY) & (Station.division == division[:6])
    statement = select(Station).where(
        Station.id == parent_id if parent_id else county, Station.closed_at.is_(None)
    )
    if may is not None:
        statement = statement.where(may)
    found = await session.scalar(statement.with_for_update(read=True, key_share=True))
    near = found is not None and (found.division == division[:4] or found.division[:6] == division[:6])
    if found is None or not near or found.rank >= RANKS[kind]:
        raise ParentUnfit.at("/parent_id")
    return found


async def must_lie_in(session: AsyncSession, division: str, point: Wgs84) -> None:
    """Refuse a place outside the county, or outside the zone whose boundary has been drawn."""
    location = await locate(session, point)
    if location is None or not location.county.code.startswith(division[:6]):
        raise OutsideItsDivision.at("/place")
    drawn = select(Division.code).where(
        Division.code == division, Division.level == Level.ZONE, Division.boundary.is_not(None)
    )
    if await session.scalar(drawn) not in (None, location.township.code):
        raise OutsideItsDivision.at("/place")


async def written(
    session: AsyncSession,
    officer: Officer,
    station: Station,
    verb: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write what was done to a station to the ledger."""
    await session.flush()
    await record(
        session,
        officer.actor,
        f"station.{verb}",
        object_kind="station",
        object_id=station.id,
        division=station.division,
        before=before,
        after=after,
        reason=reason,
    )
