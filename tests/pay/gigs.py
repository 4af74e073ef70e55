"""A gig that was agreed, and the days on which things happen to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from sqlalchemy import update

from app.core import clock
from app.engagements.models import Engagement, EngagementState
from tests.world import Actor, Employer, Json, Worker, World, ok, shift

PARTS = ("open_fen", "reported_fen", "settled_fen", "contested_fen", "cancelled_fen")


@dataclass
class Gig:
    """One worker taken on by one employer for one shift."""

    world: World
    employer: Employer
    worker: Worker
    engagement: Json

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.engagement['id']}"

    @property
    def starts_at(self) -> datetime:
        return datetime.fromisoformat(self.engagement["shift"]["starts_at"])

    @property
    def ends_at(self) -> datetime:
        return datetime.fromisoformat(self.engagement["shift"]["ends_at"])

    @property
    def midnight(self) -> datetime:
        """The end of the day on which the shift ends."""
        return clock.start_of(clock.day_of(self.ends_at) + timedelta(days=1))

    @asynccontextmanager
    async def at(self, moment: datetime) -> AsyncIterator[None]:
        """Let it be another time, at which both are signed in."""
        with time_machine.travel(moment.astimezone(UTC), tick=False):
            for actor in (self.employer, self.worker):
                actor.token = await self.world.fresh_token(actor)
            yield

    async def confirms(self, **figures: int) -> Json:
        body = figures or {"minutes": 480}
        return dict(ok(await self.employer.post(f"{self.path}/confirm-hours", body)))

    async def reports(self, amount_fen: int, **more: Any) -> Json:
        return dict(ok(await self.employer.post(f"{self.path}/pay-report", paid(amount_fen, **more))))

    async def answers(self, **said: Any) -> Json:
        return dict(ok(await self.worker.post(f"{self.path}/pay-confirmation", said)))

    async def contests(self, **said: Any) -> Json:
        body = {"minutes": 600, "text": "做到晚上八点"} | said
        return dict(ok(await self.worker.post(f"{self.path}/contest-hours", body)))

    async def record(self) -> Json:
        return dict(ok(await self.worker.get(f"{self.path}/pay"))["items"][0])

    async def state(self) -> str:
        return str(ok(await self.worker.get(self.path))["state"])

    async def attended(self, came: datetime, went: datetime) -> None:
        """Set what a check-in and a check-out leave."""
        async with self.world.session() as session:
            await session.execute(
                update(Engagement)
                .where(Engagement.id == self.engagement["id"])
                .values(state=EngagementState.CHECKED_OUT, checked_in_at=came, checked_out_at=went)
            )


def paid(amount_fen: int, **more: Any) -> Json:
    """Return a report of a payment made now."""
    return {"amount_fen": amount_fen, "method": "wechat", "paid_at": clock.now().isoformat()} | more


async def gig(
    world: World, *, employer: Employer | None = None, worker: Worker | None = None, **posting: Any
) -> Gig:
    """Post a job for tomorrow at eight to four, 200 yuan the day, and take a worker on."""
    employer = employer or await world.employer(trusted=True)
    worker = worker or await world.worker()
    job = await employer.posts_job(**posting)
    ok(await worker.applies(job), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    return Gig(world, employer, worker, engagement)


async def gigs_of(world: World, employer: Employer, count: int) -> list[Gig]:
    """Take several workers on for one job."""
    job = await employer.posts_job(shifts=[shift(headcount=count)])
    found = []
    for _ in range(count):
        worker = await world.worker()
        ok(await worker.applies(job), 201)
        engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
        found.append(Gig(world, employer, worker, engagement))
    return found


def parts(record: Json) -> dict[str, int]:
    """Return where the fen of a record are, leaving out what is empty."""
    assert record["owed_fen"] == sum(record[part] for part in PARTS)
    assert all(record[part] >= 0 for part in PARTS)
    return {part: record[part] for part in PARTS if record[part]}


async def staff_at(world: World, *given: Any) -> Actor:
    """Return a member of staff whose token is of the present time, which a test may have moved."""
    return await world.staff(*given)
