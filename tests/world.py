"""Actors who do things through HTTP, and the worker that keeps promises."""

import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Self, TypeVar
from uuid import UUID

import asyncpg
import httpx
import pyotp
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.actions import ABSOLUTE
from app.access.passwords import hashed
from app.core import clock, work
from app.core.db import Database
from app.core.keyring import keys
from app.core.settings import Settings
from app.core.types import new_id
from app.feed.publishing import publish
from app.identity.actions import ACCESS_FOR
from app.identity.models import Account
from app.identity.models import Session as SignIn
from app.inbound.keeping import settle_received
from app.stations.models import Role, Staff, StaffSession, Station, StationKind
from app.sync.models import Client, Scope
from scripts.demo.numbers import valid_id_number, valid_uscc

PASSWORD = "correct horse battery"
SECRET = "the-provinces-secret"
OWN_PASSWORD = "清晨六点大厅里排着队的人"
YAODU = {"lng": 111.519, "lat": 36.0889, "datum": "wgs84", "address": "鼓楼北大街 1 号"}
HOUMA = {"lng": 111.371, "lat": 35.62, "datum": "wgs84", "address": "侯马市 1 号"}
_numbers = itertools.count(1)
Json = dict[str, Any]
A = TypeVar("A", bound="Actor")


@cache
def password_hash() -> str:
    return hashed(PASSWORD)


def tomorrow(hour: int, *, days: int = 1) -> datetime:
    """Return an hour of a day to come, in Shanghai."""
    return clock.start_of(clock.today() + timedelta(days=days)) + timedelta(hours=hour)


def shift(hour: int = 8, hours: int = 8, headcount: int = 1, days: int = 1) -> Json:
    """Return a shift as a client sends it."""
    begins = tomorrow(hour, days=days)
    return {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=hours)).isoformat(),
        "headcount": headcount,
    }


@dataclass
class Actor:
    """Somebody with a token."""

    world: "World"
    token: str | None = None
    id: UUID = field(default_factory=new_id)
    phone: str = ""

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = dict(given.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return await self.world.http.request(method, path, headers=headers, **given)

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("GET", path, **given)

    async def post(self, path: str, json: Any = None, **given: Any) -> httpx.Response:
        return await self.call("POST", path, json=json, **given)

    async def put(self, path: str, json: Any = None, **given: Any) -> httpx.Response:
        return await self.call("PUT", path, json=json, **given)

    async def patch(self, path: str, json: Any = None, **given: Any) -> httpx.Response:
        return await self.call("PATCH", path, json=json, **given)

    async def delete(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("DELETE", path, **given)

    async def inbox(self) -> list[str]:
        """Return the kinds of the messages in the inbox, newest first."""
        items = ok(await self.get("/v1/me/notifications?limit=100"))["items"]
        return [item["kind"] for item in items]

    async def texts(self) -> list[str]:
        """Return what came by SMS, newest first."""
        items = ok(await self.get("/dev/messages", params={"to": self.phone}))["items"]
        return [item["text"] for item in items]


@dataclass
class Province(Actor):
    """A machine of the provincial platform."""

    client_id: str = ""


@dataclass
class Worker(Actor):
    """A worker."""

    async def applies(self, job: Json, *shifts: int, **given: Any) -> httpx.Response:
        """Apply for some of a job's shifts by their order, or for all."""
        chosen = [job["shifts"][n] for n in shifts] if shifts else job["shifts"]
        body = {"shift_ids": [one["id"] for one in chosen]}
        return await self.post(f"/v1/jobs/{job['id']}/applications", body, **given)


@dataclass
class Employer(Actor):
    """A person who acts for one employer."""

    employer_id: str = ""

    def draft(self, **changes: Any) -> Json:
        """Return a complete posting as a client sends it."""
        return {
            "employer_id": self.employer_id,
            "title": "仓库卸货",
            "trade": "0301",
            "description": "卸两车瓷砖,管一顿午饭。",
            "place": YAODU,
            "pay": {"amount_fen": 20000, "per": "day"},
            "pay_settlement": "daily",
            "hiring": "instant",
            "requirements": {"certificates": [], "text": None},
            "insurance": {"provided_by": "employer"},
            "shifts": [shift()],
            "valid_until": tomorrow(0, days=30).isoformat(),
        } | changes

    async def drafts_job(self, **changes: Any) -> Json:
        job: Json = ok(await self.post("/v1/jobs", self.draft(**changes)), 201)
        return job

    async def posts_job(self, **changes: Any) -> Json:
        """Draft, submit, and have staff approve a posting."""
        job = await self.drafts_job(**changes)
        job = ok(await self.post(f"/v1/jobs/{job['id']}/submit"))
        if job["state"] == "in_review":
            reviewer = await self.world.staff()
            ok(await reviewer.post(f"/admin/v1/jobs/{job['id']}/approve", {}))
        posted: Json = ok(await self.get(f"/v1/jobs/{job['id']}"))
        return posted


class World:
    """A city to act in."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://city"
        )
        self.nobody = Actor(self)
        self._owner: asyncpg.Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        if self._owner is not None:
            await self._owner.close()

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction of one's own, to look or to set the scene."""
        async with self.database.transaction() as session:
            yield session

    def new_phone(self) -> str:
        return f"139{next(_numbers):08}"

    async def person(self) -> Actor:
        """Return somebody signed in."""
        return await self._signed_in(Actor(self))

    async def worker(
        self, *, born: date = date(1985, 5, 17), verified: bool = True, **profile: Any
    ) -> Worker:
        """Return a worker with a profile, real-name verified unless told otherwise."""
        worker = await self._signed_in(Worker(self))
        ok(await worker.put("/v1/me/worker", {"name_shown": "老李", "home": YAODU} | profile))
        if verified:
            ok(await worker.put("/v1/me/consents", {"real_name": True}))
            number = valid_id_number("141002", born, next(_numbers) % 1000)
            while True:
                answer = await worker.post("/v1/me/worker/real-name", {"name": "李建国", "id_number": number})
                if answer.status_code != 409:
                    break
                number = valid_id_number("141002", born, next(_numbers) % 1000)
            ok(answer)
        return worker

    async def employer(
        self, *, verified: bool = True, trusted: bool = False, place: Json = YAODU, **changes: Any
    ) -> Employer:
        """Return somebody who acts for a new enterprise, verified unless told otherwise."""
        employer = await self._signed_in(Employer(self))
        body = {
            "kind": "enterprise",
            "name": f"平阳家政公司 {next(_numbers)}",
            "uscc": valid_uscc("141002", next(_numbers)),
            "contact": {"name": "王芳", "phone": employer.phone},
            "place": place,
        } | changes
        employer.employer_id = ok(await employer.post("/v1/employers", body), 201)["id"]
        if verified:
            reviewer = await self.staff()
            path = f"/admin/v1/employers/{employer.employer_id}/verify"
            ok(await reviewer.post(path, {"trusted": trusted}))
        return employer

    async def staff(self, division: str = "1410", role: Role = Role.REVIEWER) -> Actor:
        """Return a member of staff of a division's station, signed in."""
        async with self.session() as session:
            found = await session.scalars(
                select(Station.id).where(
                    Station.division == division,
                    Station.kind != StationKind.MARKET,  # a test may have opened one there
                    Station.closed_at.is_(None),
                )
            )
            staff = Staff(
                id=new_id(),
                username=f"{role}-{division}-{next(_numbers)}",
                name="张工",
                role=role,
                station_id=found.one(),
                password_hash=password_hash(),
            )
            staff.totp_secret = pyotp.random_base32()
            session.add(staff)
            await session.flush()
            now = clock.now()
            started = StaffSession(id=new_id(), staff_id=staff.id, started_at=now, seen_at=now)
            session.add(started)
        token = keys().tokens.issue(str(staff.id), "admin", ABSOLUTE, sid=str(started.id))
        return Actor(self, token=token, id=staff.id)

    async def province(self, *scopes: Scope, client_id: str = "", **given: Any) -> Province:
        """Return a new machine of the province, signed in with these scopes, or with all."""
        client_id = client_id or f"province-{next(_numbers)}"
        digest = hashlib.sha256(SECRET.encode()).digest()
        wanted = [scope.value for scope in scopes or Scope]
        values: Json = {"name": "省平台", "calls_a_minute": 6_000} | given
        async with self.session() as session:
            session.add(Client(id=client_id, secret_digest=digest, scopes=wanted, **values))
        province = Province(self, client_id=client_id)
        province.token = await self.province_token(client_id)
        return province

    async def province_token(self, client_id: str) -> str:
        """Return a fresh token of a machine of the province, through its door."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET}
        answer = ok(await self.nobody.post("/sync/v1/oauth/token", data=form))
        return str(answer["access_token"])

    async def appointed(self, manager: Actor, given: Json) -> Actor:
        """Return somebody whom a manager appointed: signed in, with a password of their own."""
        shown = ok(await manager.post("/admin/v1/staff", given), 201)
        code = pyotp.TOTP(pyotp.parse_uri(shown["totp_uri"]).secret).now()
        body = {"username": given["username"], "password": shown["temporary_password"], "totp": code}
        signed_in = ok(await self.nobody.post("/admin/v1/auth/sessions", body), 201)
        actor = Actor(self, token=signed_in["access_token"], id=UUID(shown["staff"]["id"]))
        change = {"old": shown["temporary_password"], "new": OWN_PASSWORD}
        ok(await actor.post("/admin/v1/auth/password", change), 204)
        return actor

    async def settle(self) -> None:
        """Settle what came from the province in batches, as the worker does all the while."""
        await settle_received(self.database)

    async def deliver(self) -> None:
        """Let the worker do all that is promised by now, and what that promises in its turn."""
        app = work.worker_app(self.settings.database_url)
        due = "status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
        async with app.open_async():
            while await self.count("procrastinate_jobs", due):
                await app.run_worker_async(
                    wait=False,
                    concurrency=4,
                    listen_notify=False,
                    install_signal_handlers=False,
                    additional_context={"database": self.database},
                )

    async def publish(self) -> None:
        """Let the worker tell the province of all that was touched by now."""
        while await publish(self.database):
            pass

    async def count(self, table: str, condition: str = "true") -> int:
        """Count the rows of a table, for what no endpoint shows."""
        found: int = await self.look(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608
        return found

    async def look(self, sql: str, *values: Any) -> Any:
        """Return one value as the database's owner sees it, whom no wall stops."""
        if self._owner is None:
            self._owner = await asyncpg.create_pool(self.settings.database_url, min_size=0, max_size=4)
        return await self._owner.fetchval(sql, *values)

    async def fresh_token(self, actor: Actor) -> str:
        """Return a token that is valid at the present time, which a test may have moved."""
        async with self.session() as session:
            signed_in = SignIn(
                id=new_id(), account_id=actor.id, device_name="测试手机", refreshed_at=clock.now()
            )
            session.add(signed_in)
        return keys().tokens.issue(str(actor.id), "mobile", ACCESS_FOR, sid=str(signed_in.id))

    async def _signed_in(self, actor: A) -> A:
        actor.phone = self.new_phone()
        async with self.session() as session:
            account = Account.of_phone(f"+86{actor.phone}")
            session.add(account)
            await session.flush()
            signed_in = SignIn(
                id=new_id(), account_id=account.id, device_name="测试手机", refreshed_at=clock.now()
            )
            session.add(signed_in)
        actor.id = account.id
        actor.token = keys().tokens.issue(str(account.id), "mobile", ACCESS_FOR, sid=str(signed_in.id))
        return actor


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """Return the answer's JSON; fail with what it says if it is another status."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, code: str) -> Json:
    """Return the problem; fail if the answer is another one."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    problem: Json = answer.json()
    assert problem["code"] == code, problem
    assert answer.headers["content-type"] == "application/problem+json"
    return problem
