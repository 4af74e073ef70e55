"""Somebody who asked for a vacancy of the province."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import time_machine
from sqlalchemy import delete, update

from app.employers.models import Employer, Member
from app.jobs.models import Job
from tests.world import Actor, Json, Province, Worker, World, ok, shift


async def vacancy(world: World, **posting: Any) -> Json:
    """Return a posting that shows a vacancy of the province, for an employer that nobody here acts for."""
    employer = await world.employer(trusted=True)
    job = await employer.posts_job(**{"hiring": "review", "shifts": [shift(headcount=3, days=4)]} | posting)
    async with world.session() as session:
        id_ = UUID(employer.employer_id)
        await session.execute(delete(Member).where(Member.employer_id == id_))
        await session.execute(update(Employer).where(Employer.id == id_).values(source="province"))
        its = update(Job).where(Job.id == UUID(job["id"]))
        await session.execute(its.values(source="province", source_id=f"SX-{job['id'][-8:]}"))
    return job


async def sharing(world: World, **profile: Any) -> Worker:
    """Return a worker who consents to sharing with the province."""
    worker = await world.worker(**profile)
    ok(await worker.put("/v1/me/consents", {"real_name": True, "province": True}))
    return worker


@dataclass
class Asked:
    """An application for a vacancy, and the province's machine that answers it."""

    world: World
    worker: Worker
    province: Province
    job: Json
    id: str

    @property
    def begins(self) -> datetime:
        return datetime.fromisoformat(self.job["shifts"][0]["starts_at"])

    async def says(self, outcome: str, version: int = 1, **given: Any) -> httpx.Response:
        body = {"version": version, "outcome": outcome} | given
        return await self.province.put(f"/sync/v1/inbound/applications/{self.id}", body)

    async def states(self) -> list[str]:
        """Return the states of the shifts as the worker sees them."""
        mine = ok(await self.worker.get("/v1/me/applications"))["items"]
        return [one["state"] for one in next(it for it in mine if it["id"] == self.id)["shifts"]]

    async def engagement(self) -> Json:
        found: Json = ok(await self.worker.get("/v1/me/engagements"))["items"][0]
        return found

    @asynccontextmanager
    async def after(self, hours: float) -> AsyncIterator[None]:
        """Be so many hours after the start of the first shift, both signed in anew."""
        with time_machine.travel(self.begins + timedelta(hours=hours), tick=False):
            actors: list[Actor] = [self.worker, self.province]
            before = [actor.token for actor in actors]
            self.worker.token = await self.world.fresh_token(self.worker)
            self.province.token = await self.world.province_token(self.province.client_id)
            yield
        for actor, token in zip(actors, before, strict=True):
            actor.token = token


async def asked(world: World, **posting: Any) -> Asked:
    """Let a worker ask for all shifts of a vacancy."""
    job, worker = await vacancy(world, **posting), await sharing(world)
    application = ok(await worker.applies(job), 201)
    return Asked(world, worker, await world.province(), job, application["id"])
