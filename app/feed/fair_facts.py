"""Facts of fairs, with their booths and jobs, and of stations."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import day_of
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairState
from app.feed.models import Reason
from app.feed.scope import Found, among
from app.geo.places import read_back
from app.mapping.facts import BoothFacts, FairFacts, PlaceFacts, ShownFacts, StationFacts
from app.stations.models import Station


async def fairs(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return the fairs that can be booked, are on, or have been; with the booths that were accepted.

    A booth may name an employer or a job that the province has no longer: the timetable stays as it is.
    """
    booths = await _booths(session, ids)
    found = await session.scalars(select(Fair).where(among(Fair.id, ids)))
    return {one.id: _fair(one, booths[one.id]) for one in found}


async def _booths(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[BoothFacts]]:
    shown: dict[UUID, list[ShownFacts]] = defaultdict(list)
    jobs = select(FairJob).where(among(FairJob.fair_id, ids)).order_by(FairJob.order, FairJob.job_id)
    for job in await session.scalars(jobs):
        shown[job.booth_id].append(ShownFacts(job.job_id, job.planned_at))
    booths: dict[UUID, list[BoothFacts]] = defaultdict(list)
    accepted = (
        select(Booth)
        .where(among(Booth.fair_id, ids), Booth.state == BoothState.ACCEPTED)
        .order_by(Booth.order, Booth.id)
    )
    for one in await session.scalars(accepted):
        facts = BoothFacts(one.id, one.employer_id, one.order, one.starts_at, one.ends_at, shown[one.id])
        booths[one.fair_id].append(facts)
    return booths


def _fair(row: Fair, booths: Sequence[BoothFacts]) -> FairFacts | Reason:
    if row.state is FairState.CANCELLED:
        return Reason.CANCELLED
    if row.state is FairState.PLANNED:
        return Reason.LEFT_SCOPE
    return FairFacts(
        division=row.division,
        day=day_of(row.starts_at),
        title=row.title,
        text=row.text,
        mode=row.mode.value,
        state=row.state.value,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        station_id=row.station_id,
        key_group=row.key_group.value if row.key_group else None,
        trade=row.trade,
        venue=row.venue,
        organiser=row.organiser.value,
        agency_name=row.agency_name,
        licence_no=row.licence_no,
        booths=booths,
    )


async def stations(session: AsyncSession, ids: Sequence[UUID]) -> Found:
    """Return the stations that are open."""
    found = await session.scalars(select(Station).where(among(Station.id, ids)))
    return {one.id: Reason.CLOSED if one.closed_at else _station(one) for one in found}


def _station(row: Station) -> StationFacts:
    return StationFacts(
        division=row.division,
        day=day_of(row.created_at),
        kind=row.kind.value,
        name=row.name,
        parent_id=row.parent_id,
        phone=row.phone,
        place=PlaceFacts(*read_back(row.position), row.address) if row.position else None,
        address=row.address,
        opening_hours=row.opening_hours,
        hours=row.hours,
        services=row.services,
        opened_at=row.created_at,
    )
