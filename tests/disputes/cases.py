"""Scenes for disputes: an engagement that was agreed, pay that is late, somebody who complains."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import select, text

from app.access.actions import ABSOLUTE
from app.core import clock
from app.core.events import emit
from app.core.keyring import keys
from app.core.types import new_id
from app.engagements.models import Engagement
from app.pay.events import PayOverdue
from app.pay.models import OwedFor, PayRecord, PayState
from app.stations.models import Role, StaffSession
from tests.contracts.furnished import picture
from tests.world import Actor, Employer, Json, Worker, World, ok

TOWNSHIP, OTHER_TOWNSHIP = "141002001", "141002002"
COUNTY, OTHER_COUNTY, CITY = "141002", "141081", "1410"


@dataclass
class Scene:
    """One worker taken on by one employer."""

    world: World
    employer: Employer
    worker: Worker
    engagement_id: str
    division: str
    station_id: str

    def draft(self, kind: str = "wage_arrears", **more: Any) -> Json:
        return {"kind": kind, "engagement_id": self.engagement_id, "text": "干了一天,工资没有给。"} | more

    async def complains(self, kind: str = "wage_arrears", **more: Any) -> Json:
        """Return the dispute that the worker opens."""
        opened: Json = ok(await self.worker.post("/v1/disputes", self.draft(kind, **more)), 201)
        return opened

    async def mediator(self, division: str | None = None) -> Actor:
        """Return a mediator of the station of the place of work, or of another division."""
        return await self.world.staff(division or self.division, Role.MEDIATOR)

    async def owed(self, *, contested_fen: int = 0, overdue: bool = True) -> UUID:
        """Let the engagement be confirmed and its pay of 200 yuan be due or past due; return the record."""
        late = clock.now() if overdue else None
        async with self.world.session() as session:
            engagement = await session.get_one(Engagement, UUID(self.engagement_id))
            record = PayRecord(
                id=new_id(),
                engagement_id=engagement.id,
                owed_for=OwedFor.WAGE,
                worker_id=engagement.worker_id,
                employer_id=engagement.employer_id,
                division=engagement.division,
                county_code=engagement.county_code or COUNTY,
                station_id=engagement.station_id,
                owed_fen=20000,
                open_fen=20000 - contested_fen,
                contested_fen=contested_fen,
                state=PayState.CONTESTED if contested_fen else PayState.OVERDUE if late else PayState.DUE,
                due_at=clock.now() - timedelta(hours=1),
                overdue_at=late,
            )
            session.add(record)
            await session.execute(
                text(
                    "UPDATE engagements SET state = 'confirmed', minutes = 480, confirmed_at = now()"
                    " WHERE id = :id"
                ),
                {"id": self.engagement_id},
            )
            await session.flush()
            if overdue:
                await emit(session, PayOverdue(record.id))
        return record.id


async def scene(world: World) -> Scene:
    """Return a worker taken on for tomorrow, at a place in Yaodu."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    ok(await worker.applies(await employer.posts_job()), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    async with world.session() as session:
        row = (
            await session.execute(
                select(Engagement.division, Engagement.station_id).where(
                    Engagement.id == UUID(engagement["id"])
                )
            )
        ).one()
    return Scene(world, employer, worker, engagement["id"], row.division, str(row.station_id))


async def evidence_of(actor: Actor) -> str:
    """Return the id of a picture that the actor has uploaded."""
    form = {"files": {"file": ("photo.png", picture(), "image/png")}}
    uploaded: str = ok(await actor.post("/v1/me/files", **form), 201)["id"]
    return uploaded


@asynccontextmanager
async def at(world: World, moment: datetime, *actors: Actor) -> AsyncIterator[None]:
    """Do something at another time, with tokens that are valid then."""
    with time_machine.travel(moment, tick=False):
        for actor in actors:
            await fresh(world, actor)
        yield


async def fresh(world: World, actor: Actor) -> None:
    """Sign an actor in anew, at the present time."""
    if actor.phone:
        actor.token = await world.fresh_token(actor)
        return
    async with world.session() as session:
        started = StaffSession(id=new_id(), staff_id=actor.id, seen_at=clock.now(), started_at=clock.now())
        session.add(started)
    actor.token = keys().tokens.issue(str(actor.id), "admin", ABSOLUTE, sid=str(started.id))
