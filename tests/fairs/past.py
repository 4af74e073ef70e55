"""Fairs as rows, in whatever state a test needs them: for what is counted, not for how they come about."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core import clock
from app.core.types import new_id
from app.fairs.audience import Mark
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairMode, FairState
from app.stations.models import Station, StationKind
from tests.world import Actor, Employer, Json, World

COUNTY = "141002"


async def fair(world: World, state: FairState = FairState.LIVE, **given: Any) -> UUID:
    """Put a fair there; by default in Yaodu, on now."""
    now = clock.now()
    division = given.setdefault("division", COUNTY)
    given.setdefault("title", "直播带岗专场")
    given.setdefault("mode", FairMode.ONLINE)
    given.setdefault("starts_at", now - timedelta(minutes=30))
    given.setdefault("ends_at", given["starts_at"] + timedelta(hours=2))
    if state in (FairState.LIVE, FairState.ENDED):
        given.setdefault("live_at", given["starts_at"])
    if state is FairState.ENDED:
        given.setdefault("ended_at", given["ends_at"])
    if state is FairState.CANCELLED:
        given.setdefault("cancelled_at", now)
    async with world.session() as session:
        station = await session.scalars(
            select(Station.id).where(
                Station.division == division, Station.kind != StationKind.MARKET, Station.closed_at.is_(None)
            )
        )
        made = Fair(
            id=new_id(),
            state=state,
            station_id=station.one(),
            changed_at=now,
            county_code=division[:6] if len(division) > len("1410") else None,
            **given,
        )
        session.add(made)
    return made.id


async def booth(world: World, fair_id: UUID, employer: Employer, *jobs: Json, order: int = 1) -> UUID:
    """Give an employer a booth, with jobs."""
    async with world.session() as session:
        of = await session.get_one(Fair, fair_id)
        made = Booth(
            id=new_id(),
            fair_id=fair_id,
            employer_id=UUID(employer.employer_id),
            state=BoothState.ACCEPTED,
            order=order,
            starts_at=of.starts_at,
            ends_at=of.ends_at,
        )
        session.add(made)
        await session.flush()
        session.add_all(
            FairJob(fair_id=fair_id, job_id=UUID(job["id"]), booth_id=made.id, order=n)
            for n, job in enumerate(jobs, 1)
        )
    return made.id


async def mark(world: World, fair_id: UUID, job: Json, staff: Actor, at: datetime | None = None) -> UUID:
    """Say that a job is shown from then on."""
    async with world.session() as session:
        made = Mark(
            id=new_id(), fair_id=fair_id, job_id=UUID(job["id"]), at=at or clock.now(), staff_id=staff.id
        )
        session.add(made)
    return made.id


async def turn(world: World, fair_id: UUID, state: FairState) -> None:
    """Put a fair into another state."""
    async with world.session() as session:
        changes: Json = {"state": state}
        if state is FairState.ENDED:
            changes["ended_at"] = clock.now()
        await session.execute(update(Fair).where(Fair.id == fair_id).values(**changes))
