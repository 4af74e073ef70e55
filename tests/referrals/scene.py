"""A clerk, a worker, an employer and a posting with few places."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from app.stations.models import Role
from tests.world import Actor, Employer, Json, Worker, World, ok, shift

DAY = timedelta(days=1)


@dataclass
class Scene:
    world: World
    employer: Employer
    worker: Worker
    clerk: Actor
    job: Json

    async def sends(self, *, clerk: Actor | None = None, **changes: Any) -> httpx.Response:
        body = {
            "job_id": self.job["id"],
            "shift_ids": [self.job["shifts"][0]["id"]],
            "worker_id": str(self.worker.id),
        } | changes
        return await (clerk or self.clerk).post("/admin/v1/referrals", body)

    async def sent(self, **changes: Any) -> str:
        """Refer the worker; return the referral's id."""
        return str(ok(await self.sends(**changes), 201)["items"][0]["id"])

    async def referral(self, id_: str) -> Json:
        found: Json = ok(await self.clerk.get(f"/admin/v1/referrals/{id_}"))
        return found

    async def state(self, id_: str) -> str:
        return str((await self.referral(id_))["state"])

    async def shift(self) -> Json:
        """Return the first shift as the employer sees it."""
        found: Json = ok(await self.employer.get(f"/v1/jobs/{self.job['id']}"))["shifts"][0]
        return found

    async def choice(self, answer: httpx.Response) -> str:
        """Return what became of an application's first shift."""
        return str(ok(answer, 201)["shifts"][0]["state"])


async def scene(world: World, *, headcount: int = 1, clerk: str = "141002", **posting: Any) -> Scene:
    """Return one in Yaodu; the shift is in three days, so that no hold reaches it."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(**{"shifts": [shift(headcount=headcount, days=3)]} | posting)
    return Scene(world, employer, worker, await world.staff(clerk, Role.CLERK), job)
