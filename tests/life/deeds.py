"""The same deeds in the model and over HTTP, and a city in which they are done."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app.access.actions import ABSOLUTE
from app.core import clock
from app.core.keyring import keys
from app.core.types import new_id
from app.stations.models import Role
from tests.contention.crowd import crowd
from tests.life.model import OK, Market
from tests.world import Actor, Employer, Json, Worker, World, ok

WORKERS = 4
DAY_FEN = 20000


@dataclass(frozen=True)
class Deed:
    """Something that somebody does: the name of the model's method, and what it takes."""

    name: str
    worker: int
    given: tuple[tuple[str, Any], ...] = ()

    def in_the(self, market: Market) -> str:
        said: str = getattr(market, self.name)(self.worker, **dict(self.given))
        return said

    def is_possible_in(self, market: Market) -> bool:
        """Tell whether there is anything to do it to; whether it is allowed is for the market to say."""
        if self.name == "apply":
            return True
        if self.name == "leave_the_queue":
            return self.worker in market.queue
        engagement = market.engaged.get(self.worker)
        if engagement is None or self.worker in market.queue:
            return False
        return self.name != "decide_no_show" or engagement.claim == "contested"


@dataclass
class City:
    """One posting with one shift, hired at once; a few workers, its employer, and a mediator."""

    world: World
    employer: Employer
    mediator: Actor
    workers: list[Worker] = field(default_factory=list)
    job: Json = field(default_factory=dict)
    applications: dict[int, str] = field(default_factory=dict)

    @property
    def shift_id(self) -> UUID:
        return UUID(self.job["shifts"][0]["id"])

    @classmethod
    async def founded(cls, world: World) -> "City":
        employer = await world.employer(trusted=True)
        mediator = await world.staff(role=Role.MEDIATOR)
        return cls(world, employer, mediator)

    async def begins(self, starts: datetime, headcount: int) -> None:
        """Set the scene for one sequence: new workers and a new posting, at the present time."""
        await self.refreshes_tokens()
        self.applications = {}
        members = await crowd(self.world, WORKERS)
        self.workers = [Worker(self.world, token=member.token, id=member.id) for member in members]
        times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=8)).isoformat()}
        self.job = await self.employer.posts_job(
            shifts=[times | {"headcount": headcount}],
            pay={"amount_fen": DAY_FEN, "per": "day"},
            valid_until=(starts + timedelta(days=25)).isoformat(),
        )

    async def refreshes_tokens(self) -> None:
        """Sign everybody in anew: time has moved."""
        for actor in (self.employer, *self.workers):
            actor.token = await self.world.fresh_token(actor)
        async with self.world.session() as session:
            await session.execute(
                text("UPDATE staff_sessions SET seen_at = :now, started_at = :now WHERE staff_id = :id"),
                {"now": clock.now(), "id": self.mediator.id},
            )
            signed_in = await session.scalar(
                text("SELECT id FROM staff_sessions WHERE staff_id = :id"), {"id": self.mediator.id}
            )
        claims = {"sid": str(signed_in)}
        self.mediator.token = keys().tokens.issue(str(self.mediator.id), "admin", ABSOLUTE, **claims)

    async def does(self, deed: Deed) -> str:
        """Do it over HTTP; return `ok` or the problem's code."""
        while True:
            answer = await getattr(self, f"_{deed.name}")(deed.worker, **dict(deed.given))
            # Too busy for now: nothing was done, and who asks tries again.
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(int(answer.headers["Retry-After"]))
        if answer.status_code < 300:
            return OK
        said: str = answer.json()["code"]
        assert answer.status_code in {404, 409, 422}, answer.text
        return said

    async def _apply(self, worker: int) -> httpx.Response:
        answer = await self.workers[worker].applies(self.job)
        if answer.status_code == 201:
            self.applications[worker] = answer.json()["id"]
        return answer

    async def _leave_the_queue(self, worker: int) -> httpx.Response:
        return await self.workers[worker].post(f"/v1/applications/{self.applications[worker]}/withdraw", {})

    async def _worker_cancels(self, worker: int) -> httpx.Response:
        return await self.workers[worker].post(await self._at(worker, "cancel"), {"reason": "家里有事"})

    async def _employer_cancels(self, worker: int, *, refill: bool) -> httpx.Response:
        body = {"reason": "材料没到", "refill": refill}
        return await self.employer.post(await self._at(worker, "cancel"), body)

    async def _check_in(self, worker: int) -> httpx.Response:
        return await self.employer.post(await self._at(worker, "check-in"), {})

    async def _check_out(self, worker: int) -> httpx.Response:
        return await self.employer.post(await self._at(worker, "check-out"), {})

    async def _no_show(self, worker: int) -> httpx.Response:
        return await self.employer.post(await self._at(worker, "no-show"), {})

    async def _answer_claim(self, worker: int, *, agrees: bool) -> httpx.Response:
        body = {"agrees": agrees, "text": "我到了,门卫可以作证"}
        return await self.workers[worker].post(await self._at(worker, "claim/answer"), body)

    async def _decide_no_show(self, worker: int, *, attended: bool) -> httpx.Response:
        items = ok(await self.workers[worker].get("/v1/me/disputes"))["items"]
        dispute, *_ = [one for one in items if one["kind"] == "no_show"]
        path = f"/admin/v1/disputes/{dispute['id']}"
        await self.mediator.post(f"{path}/accept", {})  # another may have accepted it meanwhile
        outcome = {"outcome": "for_worker" if attended else "for_employer", "attended": attended}
        return await self.mediator.post(f"{path}/resolve", outcome | {"text": "已核实"})

    async def _confirm_hours(self, worker: int, minutes: int) -> httpx.Response:
        return await self.employer.post(await self._at(worker, "confirm-hours"), {"minutes": minutes})

    async def _report_pay(self, worker: int, amount: int) -> httpx.Response:
        body = {"amount_fen": amount, "method": "wechat", "paid_at": clock.now().isoformat()}
        return await self.employer.post(await self._at(worker, "pay-report"), body)

    async def _answer_pay(self, worker: int, received: int | None) -> httpx.Response:
        body: Json = {"received": True}
        if received is not None:
            body = {"received": False, "amount_fen": received, "text": "只收到一部分"}
        return await self.workers[worker].post(await self._at(worker, "pay-confirmation"), body)

    async def _accept_contest(self, worker: int) -> httpx.Response:
        record = ok(await self.employer.get(await self._at(worker, "pay")))["items"]
        reports = [r for one in record if one["owed_for"] == "wage" for r in one["reports"]]
        contested = [r["id"] for r in reports if r["state"] == "contested"]
        chosen = contested[0] if contested else str(new_id())
        return await self.employer.post(await self._at(worker, f"pay-reports/{chosen}/accept-contest"), {})

    async def _at(self, worker: int, what: str) -> str:
        async with self.world.session() as session:
            found = await session.scalar(
                text(
                    "SELECT id FROM engagements WHERE worker_id = :worker AND job_id = :job"
                    " ORDER BY id DESC LIMIT 1"
                ),
                {"worker": self.workers[worker].id, "job": UUID(self.job["id"])},
            )
        return f"/v1/engagements/{found}/{what}"


SEEN = text(
    """SELECT s.hired, s.headcount,
         ARRAY(SELECT worker_id FROM application_shifts c WHERE c.shift_id = s.id AND c.state = 'waitlisted'
               ORDER BY c.id) AS queue,
         (SELECT jsonb_object_agg(worker_id, seen) FROM (
            SELECT DISTINCT ON (e.worker_id) e.worker_id, jsonb_build_object(
              'state', e.state,
              'claim', (SELECT c.state FROM claims c WHERE c.engagement_id = e.id AND c.state <> 'withdrawn'
                        ORDER BY c.id DESC LIMIT 1),
              'pay', (SELECT jsonb_object_agg(owed_for, jsonb_build_array(owed_fen, open_fen, reported_fen,
                        settled_fen, contested_fen, cancelled_fen, p.state, overdue_at IS NOT NULL,
                        (SELECT coalesce(jsonb_agg(jsonb_build_array(amount_fen, received_fen) ORDER BY r.id),
                           '[]') FROM pay_reports r WHERE r.record_id = p.id)))
                      FROM pay_records p WHERE p.engagement_id = e.id)) AS seen
            FROM engagements e WHERE e.shift_id = s.id ORDER BY e.worker_id, e.id DESC) latest) AS engaged
       FROM shifts s WHERE s.id = :shift"""
)


async def seen(city: City) -> Json:
    """Return what the database holds, in the model's words."""
    async with city.world.session() as session:
        row = (await session.execute(SEEN, {"shift": city.shift_id})).one()
    number = {str(worker.id): at for at, worker in enumerate(city.workers)}
    return {
        "hired": row.hired,
        "headcount": row.headcount,
        "queue": [number[str(one)] for one in row.queue],
        "engaged": {number[one]: state for one, state in (row.engaged or {}).items()},
    }


def expected(market: Market) -> Json:
    """Return what the model holds, in the same words."""
    return {
        "hired": market.hired,
        "headcount": market.headcount,
        "queue": market.queue,
        "engaged": {
            worker: {
                "state": one.state,
                "claim": one.claim,
                "pay": {
                    name: record.seen()
                    for name, record in (("wage", one.wage), ("late_cancellation", one.late))
                    if record
                }
                or None,
            }
            for worker, one in sorted(market.engaged.items())
        },
    }
