"""Somebody taken on, and a way to stand at any moment before or after the start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import time_machine

from tests.world import Actor, Employer, Json, Worker, World, ok, shift, tomorrow

STARTS, ENDS = timedelta(), timedelta(hours=8)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass
class Hired:
    """One worker taken on by one employer, for a shift of eight hours in four days, from 8:00."""

    world: World
    employer: Employer
    worker: Worker
    job: Json
    id: str
    application_id: str
    starts_at: datetime

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.id}"

    @asynccontextmanager
    async def at(self, since_start: timedelta, *others: Actor) -> AsyncIterator[None]:
        """Let it be some time from the start; everyone is signed in anew."""
        actors = (self.worker, self.employer, *others)
        before = [actor.token for actor in actors]
        with time_machine.travel(self.starts_at + since_start, tick=False):
            for actor in actors:
                actor.token = await self.world.fresh_token(actor)
            yield
        for actor, token in zip(actors, before, strict=True):
            actor.token = token

    async def shown(self, actor: Actor | None = None) -> Json:
        found: Json = ok(await (actor or self.worker).get(self.path))
        return found

    async def proposes(self, actor: Actor, **given: Any) -> httpx.Response:
        return await actor.post(f"{self.path}/changes", given)

    async def answers(self, actor: Actor, answer: str) -> httpx.Response:
        """Answer the newest change: accept or refuse."""
        change = (await self.shown(actor))["changes"][-1]
        return await actor.post(f"{self.path}/changes/{change['id']}/{answer}")

    async def places(self) -> Json:
        """Return head count, taken and listed places of the job's first shift."""
        one = ok(await self.employer.get(f"/v1/jobs/{self.job['id']}"))["shifts"][0]
        found = ok(await self.worker.get("/v1/jobs?sort=newest&limit=100"))["items"]
        left = [item["job"]["places_left"] for item in found if item["job"]["id"] == self.job["id"]]
        return {"headcount": one["headcount"], "hired": one["hired"], "left": sum(left)}


async def hired(world: World, **posting: Any) -> Hired:
    """Take a worker on; two places, so that the posting stays listed."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(**{"shifts": [shift(8, 8, headcount=2, days=4)]} | posting)
    asked = ok(await worker.applies(job, 0), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    return Hired(world, employer, worker, job, engagement["id"], asked["id"], tomorrow(8, days=4))
