"""Telling stations what they must look at now; each thing once a station."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.types import new_id
from app.notifications.kinds import Values, rendered
from app.notifications.models import Alert
from app.notifications.words.alerts import ALERTS
from app.stations.models import Station, StationKind


async def alert(
    session: AsyncSession, station_id: UUID, kind: str, key: str, values: Values, data: dict[str, Any]
) -> None:
    """Put an alert before a station, unless it is there already."""
    wording, said = ALERTS[kind], rendered(values, english=False)
    await session.execute(
        insert(Alert)
        .values(
            id=new_id(),
            station_id=station_id,
            kind=kind,
            key=key,
            title=wording.title,
            text=wording.text.format_map(said),
            data=data,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["station_id", "kind", "key"])
    )


async def county_above(session: AsyncSession, station_id: UUID) -> UUID:
    """Return the station above a township's; a county's, the zone's or the centre's own."""
    station = await session.get_one(Station, station_id)
    if (
        station.kind in (StationKind.CENTRE, StationKind.COUNTY, StationKind.ZONE)
        or station.parent_id is None
    ):
        return station.id
    return station.parent_id


async def mark_seen(session: AsyncSession, officer: Officer, ids: list[UUID] | None) -> int:
    """Mark alerts within reach as seen; without ids the own station's alone, and return how many were not.

    Somebody in the city who clears the own list must not clear a township's: it has to see for itself.
    No entry in the ledger: the row itself keeps who saw it and when, and nothing else changes.
    """
    within = select(Station.id).where(officer.reaches(Station.division))
    statement = update(Alert).where(Alert.seen_at.is_(None), Alert.station_id.in_(within))
    if ids is None:
        statement = statement.where(Alert.station_id == officer.station.id)
    else:
        statement = statement.where(Alert.id.in_(ids))
    seen = await session.scalars(
        statement.values(seen_at=clock.now(), seen_by=officer.staff.id)
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    )
    return len(seen.all())
