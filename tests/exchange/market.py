"""A city whose market goes on at random: what the province hears of, by the doors that people use."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import httpx

from app.stations.models import Role
from tests.fairs.planned import FAIRS, draft
from tests.world import Actor, Employer, Json, Worker, World, ok, shift, tomorrow

# What may be told of a deed that came too late, and hurts nobody.
EXPECTED = {200, 201, 204, 404, 409, 412, 422, 503}
Deed = Callable[["Market"], Awaitable[httpx.Response | None]]


@dataclass
class Market:
    """Its people, what they did, and how often."""

    world: World
    random: Random
    staff: Actor
    manager: Actor
    employers: list[Employer] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    jobs: list[tuple[Employer, Json]] = field(default_factory=list)
    fairs: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def founded(cls, world: World, seed: int, *, employers: int = 3, workers: int = 4) -> "Market":
        market = cls(world, Random(seed), await world.staff(), await world.staff("141002", Role.MANAGER))
        market.employers = [await world.employer(trusted=True) for _ in range(employers)]
        market.workers = [await world.worker() for _ in range(workers)]
        return market

    async def goes_on(self, deeds: int, *, at_once: int = 3) -> None:
        """Let people do things at random, several at a time."""
        left = iter(range(deeds))

        async def one_after_another() -> None:
            for _ in left:
                deed = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                answer = await deed(self)
                if answer is not None:
                    assert answer.status_code in EXPECTED, answer.text
                    self.done["done" if answer.is_success else "refused"] += 1

        await asyncio.gather(*(one_after_another() for _ in range(at_once)))

    async def post(self) -> httpx.Response:
        employer = self.random.choice(self.employers)
        draft_ = employer.draft(
            title=f"仓库卸货 {self.random.randrange(1000)}",
            hiring=self.random.choice(["instant", "review"]),
            shifts=[shift(headcount=3, days=2 + n) for n in range(self.random.randint(1, 3))],
        )
        made = await employer.post("/v1/jobs", draft_)
        if not made.is_success:
            return made
        job = made.json()
        self.jobs.append((employer, job))
        return await employer.post(f"/v1/jobs/{job['id']}/submit")

    async def add_shifts(self) -> httpx.Response | None:
        if not self.jobs:
            return None
        employer, job = self.random.choice(self.jobs)
        more = {"shifts": [shift(days=self.random.randint(5, 20))]}
        return await employer.post(f"/v1/jobs/{job['id']}/shifts", more)

    async def prolong(self) -> httpx.Response | None:
        if not self.jobs:
            return None
        employer, job = self.random.choice(self.jobs)
        until = tomorrow(0, days=self.random.randint(22, 30)).isoformat()
        return await employer.patch(f"/v1/jobs/{job['id']}", {"valid_until": until})

    async def close(self) -> httpx.Response | None:
        if not self.jobs:
            return None
        employer, job = self.random.choice(self.jobs)
        return await employer.post(f"/v1/jobs/{job['id']}/close")

    async def remove(self) -> httpx.Response | None:
        if not self.jobs:
            return None
        _, job = self.random.choice(self.jobs)
        return await self.staff.post(f"/admin/v1/jobs/{job['id']}/remove", {"reason": "内容不实"})

    async def apply(self) -> httpx.Response | None:
        if not self.jobs:
            return None
        _, job = self.random.choice(self.jobs)
        return await self.random.choice(self.workers).applies(job)

    async def apply_above(self) -> httpx.Response | None:
        """Apply for one of the province's vacancies; who has not consented to it is refused."""
        found = ok(await self.world.nobody.get("/v1/jobs", params={"sort": "newest", "limit": 100}))["items"]
        shown = [one["job"]["id"] for one in found if one["job"]["source"] == "province"]
        if not shown:
            return None
        job = (await self.world.nobody.get(f"/v1/jobs/{self.random.choice(shown)}")).json()
        if "shifts" not in job:  # closed meanwhile
            return None
        return await self.random.choice(self.workers).applies(job, 0)

    async def cancel(self) -> httpx.Response | None:
        worker = self.random.choice(self.workers)
        engaged = ok(await worker.get("/v1/me/engagements"))["items"]
        if not engaged:
            return None
        return await worker.post(
            f"/v1/engagements/{self.random.choice(engaged)['id']}/cancel", {"reason": "有事"}
        )

    async def consent(self) -> httpx.Response:
        worker = self.random.choice(self.workers)
        return await worker.put("/v1/me/consents", {"province": self.random.random() < 0.6})

    async def rename(self) -> httpx.Response:
        worker = self.random.choice(self.workers)
        profile = ok(await worker.get("/v1/me/worker"))
        kept = {name: profile[name] for name in ("name_shown", "home", "trades")}
        groups = self.random.sample(["graduate", "migrant_worker", "veteran"], self.random.randrange(3))
        return await worker.put("/v1/me/worker", kept | {"key_groups": groups})

    async def ban(self) -> httpx.Response | None:
        if len(self.employers) < 2:
            return None
        employer = self.employers.pop(self.random.randrange(len(self.employers)))
        path = f"/admin/v1/employers/{employer.employer_id}/ban"
        banned = await self.staff.post(path, {"reason": "拖欠工资"})
        self.employers.append(await self.world.employer(trusted=True))
        return banned

    async def plan_a_fair(self) -> httpx.Response:
        planned = await self.manager.post(FAIRS, draft(days=self.random.randint(3, 60)))
        if not planned.is_success:
            return planned
        self.fairs.append(planned.json()["id"])
        return await self.manager.post(f"{FAIRS}/{self.fairs[-1]}/open")

    async def cancel_a_fair(self) -> httpx.Response | None:
        if not self.fairs:
            return None
        return await self.manager.post(f"{FAIRS}/{self.random.choice(self.fairs)}/cancel", {"reason": "停电"})


# Much is posted and applied for, little is banned.
WEIGHTS: dict[Deed, int] = {
    Market.post: 20,
    Market.add_shifts: 8,
    Market.prolong: 4,
    Market.close: 5,
    Market.remove: 2,
    Market.apply: 25,
    Market.apply_above: 15,
    Market.cancel: 10,
    Market.consent: 8,
    Market.rename: 4,
    Market.ban: 2,
    Market.plan_a_fair: 4,
    Market.cancel_a_fair: 2,
}
