"""Where a station is: correcting what was approximate, and moving house."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.geo.models import Division
from app.geo.places import PlaceGiven, read_back, stored
from app.offices.running import STAFFS, locked, must_lie_in, parent_for, written
from app.offices.schemas import OfficeMove
from app.stations.models import Station, StationKind


async def correct_position(
    session: AsyncSession, officer: Officer, station_id: UUID, place: PlaceGiven, version: int | None
) -> Station:
    """Put a station where it really is; a township whose seat was a guess is there from now on, too."""
    station = await locked(session, officer, station_id, version)
    before = _facts(station)
    await _stand_at(session, station, place)
    await written(session, officer, station, "position", before, _facts(station))
    return station


async def move(
    session: AsyncSession, officer: Officer, station_id: UUID, given: OfficeMove, version: int | None
) -> Station:
    """OfficeMove a station to another address, and under another parent if one is named."""
    station = await locked(session, officer, station_id, version)
    before = _facts(station)
    if given.parent_id and given.parent_id != station.parent_id:
        station.parent_id = (await parent_for(session, officer, station, given.parent_id)).id
    await _stand_at(session, station, given.place)
    await written(session, officer, station, "move", before, _facts(station), given.reason)
    return station


async def _stand_at(session: AsyncSession, station: Station, place: PlaceGiven) -> None:
    await must_lie_in(session, station.division, place.point)
    station.position, station.position_source = stored(place.point), STAFFS
    station.address = place.address or station.address
    if station.kind is StationKind.TOWNSHIP:
        # A seat that GeoNames knows is better than an office's door.
        await session.execute(
            update(Division)
            .where(Division.code == station.division, Division.position_source != "geonames")
            .values(seat=stored(place.point), position_source=STAFFS)
            .execution_options(synchronize_session=False)
        )


def _facts(station: Station) -> dict[str, Any]:
    """Return what the ledger keeps; stations stand in public."""
    point = read_back(station.position) if station.position is not None else None
    return {
        "lng": point and round(point.lng, 6),
        "lat": point and round(point.lat, 6),
        "position_source": station.position_source,
        "address": station.address,
        "parent_id": str(station.parent_id) if station.parent_id else None,
    }
