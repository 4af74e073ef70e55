"""Many workers made at once, and clients that do not give up: what contention needs."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert

from app.core import clock
from app.core.keyring import blind_index, keys
from app.core.types import new_id
from app.identity.actions import ACCESS_FOR
from app.identity.id_numbers import IdKind
from app.identity.models import Account
from app.identity.models import Session as SignIn
from app.workers.models import Worker
from tests.world import Json, World

TRIED_FOR_S = 60
ANSWERED_LATER = {429, 502, 503, 504}
T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """A verified worker with a token, and nothing that would slow a client down."""

    id: UUID
    token: str


@dataclass(frozen=True)
class Answer:
    """What a client was told in the end, after how many tries, and how long the last one took."""

    status: int
    body: Json
    tries: int
    took_s: float

    @property
    def states(self) -> list[str]:
        """What became of each shift that was asked for."""
        return [one["state"] for one in self.body.get("shifts", [])] if self.status == 201 else []

    @property
    def outcome(self) -> str:
        """The state of the one shift that was asked for, or the refusal's code."""
        return self.states[0] if self.states else str(self.body.get("code", self.status))


async def crowd(world: World, size: int) -> list[Member]:
    """Make so many verified workers, signed in, with three statements."""
    now = clock.now()
    accounts, profiles, sign_ins, members = [], [], [], []
    for _ in range(size):
        account = Account.of_phone(f"+86{world.new_phone()}")
        sign_in = new_id()
        accounts.append(
            {"id": account.id, "phone_sealed": account.phone_sealed, "phone_index": account.phone_index}
        )
        profiles.append(
            {
                "id": account.id,
                "name_shown": "老李",
                "id_kind": IdKind.resident,
                "id_number_index": blind_index(str(account.id), "id-number"),
                "birth_date": date(1985, 5, 17),
                "verified_at": now,
            }
        )
        sign_ins.append(
            {"id": sign_in, "account_id": account.id, "device_name": "测试手机", "refreshed_at": now}
        )
        token = keys().tokens.issue(str(account.id), "mobile", ACCESS_FOR, sid=str(sign_in))
        members.append(Member(account.id, token))
    async with world.session() as session:
        await session.execute(insert(Account), accounts)
        await session.execute(insert(Worker), profiles)
        await session.execute(insert(SignIn), sign_ins)
    return members


class Lanes(httpx.AsyncBaseTransport):
    """Many small pools in turn: httpx searches its whole pool at each request."""

    def __init__(self, connections: int) -> None:
        limits = httpx.Limits(max_connections=10, max_keepalive_connections=10)
        count = -(-connections // 10)
        self._lanes = [httpx.AsyncHTTPTransport(verify=False, limits=limits) for _ in range(count)]
        self._turns = itertools.cycle(self._lanes)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await next(self._turns).handle_async_request(request)

    async def aclose(self) -> None:
        for lane in self._lanes:
            await lane.aclose()


@asynccontextmanager
async def line(address: str, connections: int) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that may use so many connections at once."""
    lanes = Lanes(connections)
    async with httpx.AsyncClient(base_url=address, transport=lanes, timeout=30, trust_env=False) as client:
        yield client


async def applies(client: httpx.AsyncClient, member: Member, job: Json, *, key: str | None = None) -> Answer:
    """Apply for all of a job's shifts until there is an answer, with one key through cuts and crashes."""
    body = {"shift_ids": [shift["id"] for shift in job["shifts"]]}
    return await insists(client, member, f"/v1/jobs/{job['id']}/applications", body, key=key)


async def insists(
    client: httpx.AsyncClient, member: Member, path: str, body: Any, *, key: str | None = None
) -> Answer:
    """POST until there is an answer: a cut connection, a server not ready or a key in use is none."""
    headers = {"Authorization": f"Bearer {member.token}", "Idempotency-Key": key or str(uuid4())}
    until, tries = time.monotonic() + TRIED_FOR_S, 0
    while True:
        began, tries = time.monotonic(), tries + 1
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            answer = None
        if answer is not None and not _unfinished(answer):
            return Answer(answer.status_code, answer.json(), tries, time.monotonic() - began)
        assert time.monotonic() < until, f"no answer in {TRIED_FOR_S} s: {answer and answer.text}"
        await asyncio.sleep(min(0.05 * 2 ** min(tries, 5), 1))


def _unfinished(answer: httpx.Response) -> bool:
    in_use = answer.status_code == 409 and answer.json()["code"] == "idempotency_key_in_use"
    return in_use or answer.status_code in ANSWERED_LATER


async def answered(asking: Collection["asyncio.Task[T]"], count: int) -> None:
    """Wait until so many of them have their answer."""
    open_ = set(asking)
    while len(asking) - len(open_) < count:
        _, open_ = await asyncio.wait(open_, return_when=asyncio.FIRST_COMPLETED)


def started(at_once: int, doing: Iterable[Coroutine[Any, Any, T]]) -> list["asyncio.Task[T]"]:
    """Start all of it, of which so many go on at a time."""
    gate = asyncio.Semaphore(at_once)

    async def through(one: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await one

    return [asyncio.create_task(through(one)) for one in doing]


async def withdraws(client: httpx.AsyncClient, member: Member, application_id: str) -> Answer:
    """Take an application back."""
    return await insists(client, member, f"/v1/applications/{application_id}/withdraw", {})


async def settle(world: World, within_s: float = 40) -> None:
    """Deliver until nothing is promised any more but what waits for the morning; retries included."""
    until = time.monotonic() + within_s
    waits = "status = 'todo' AND attempts = 0 AND coalesce(scheduled_at, now()) > now()"
    while await world.count("procrastinate_jobs", f"status IN ('todo', 'doing') AND NOT ({waits})"):
        assert time.monotonic() < until, f"something is promised still after {within_s} s"
        await world.deliver()
        await asyncio.sleep(0.2)
