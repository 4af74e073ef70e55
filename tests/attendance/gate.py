"""A gate to come through: one worker taken on for one shift, and a way to stand at any moment of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import time_machine

from tests.contracts.furnished import picture
from tests.world import YAODU, Actor, Employer, Worker, World, ok, shift, tomorrow

Json = dict[str, Any]
STARTS, ENDS = timedelta(), timedelta(hours=8)
HERE = YAODU | {"accuracy_m": 20}


def metres_north(metres: float, accuracy_m: float | None = 20) -> Json:
    """Return a position so far north of the site; a degree of latitude is 111.195 km on the sphere."""
    return YAODU | {"lat": 36.0889 + metres / 111_195.08, "accuracy_m": accuracy_m}


@dataclass
class Gate:
    """Times are told from the start of the shift, which lasts eight hours."""

    world: World
    employer: Employer
    worker: Worker
    job: Json
    id: str
    starts_at: datetime

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.id}"

    def moment(self, since_start: timedelta) -> datetime:
        return self.starts_at + since_start

    @asynccontextmanager
    async def at(self, since_start: timedelta, *others: Actor) -> AsyncIterator[None]:
        """Let it be some time from the start; everyone is signed in anew."""
        with time_machine.travel(self.moment(since_start), tick=False):
            for actor in (self.worker, self.employer, *others):
                actor.token = await self.world.fresh_token(actor)
            yield

    async def comes(self, place: Json | None = HERE, **given: Any) -> httpx.Response:
        return await self.worker.post(f"{self.path}/check-in", _body(place, given))

    async def goes(self, place: Json | None = HERE, **given: Any) -> httpx.Response:
        return await self.worker.post(f"{self.path}/check-out", _body(place, given))

    async def engagement(self) -> Json:
        found: Json = ok(await self.employer.get(self.path))
        return found

    async def state(self) -> str:
        state: str = (await self.engagement())["state"]
        return state

    async def notes(self) -> list[Json]:
        found: list[Json] = ok(await self.employer.get(f"{self.path}/attendance"))["items"]
        return found

    async def claims(self) -> list[Json]:
        found: list[Json] = ok(await self.employer.get(f"{self.path}/attendance"))["claims"]
        return found

    async def upload(self, actor: Actor) -> str:
        """Let somebody upload a picture; return its id."""
        answer = await actor.post("/v1/me/files", files={"file": ("a.png", picture(), "image/png")})
        sent: str = ok(answer, 201)["id"]
        return sent


def _body(place: Json | None, given: Json) -> Json:
    return given if place is None or "site_code" in given else {"place": place} | given


async def gate(world: World, *, consents: bool = True, **posting: Any) -> Gate:
    """Take a worker on for tomorrow, 8:00 to 16:00."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    if consents:
        ok(await worker.put("/v1/me/consents", {"position": True}))
    job = await employer.posts_job(**{"shifts": [shift(8, 8)]} | posting)
    ok(await worker.applies(job), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    return Gate(world, employer, worker, job, engagement["id"], tomorrow(8))
