"""Staff sign in with password and one-time code, and are out when they are idle or dismissed (S6)."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
import time_machine
from sqlalchemy import update

from app.core import clock
from app.stations.models import Role, Staff
from tests.world import PASSWORD, Actor, World, ok, refused

SESSIONS = "/admin/v1/auth/sessions"


@dataclass
class Desk:
    """A member of staff at the sign-in screen."""

    world: World
    username: str
    secret: str
    id: object

    def code(self, steps_away: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(clock.now().timestamp()) + 30 * steps_away)

    async def tries(self, password: str = PASSWORD, totp: str | None = None) -> httpx.Response:
        body = {"username": self.username, "password": password, "totp": totp or self.code()}
        return await self.world.nobody.post(SESSIONS, body)

    async def signs_in(self) -> Actor:
        return Actor(self.world, token=ok(await self.tries(), 201)["access_token"])


@pytest.fixture
async def desk(world: World) -> Desk:
    actor = await world.staff("141002")
    async with world.session() as session:
        staff = await session.get_one(Staff, actor.id)
        return Desk(world, staff.username, staff.totp_secret, staff.id)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_password_and_code_together_open_the_door(desk: Desk) -> None:
    officer = await desk.signs_in()

    seen = ok(await officer.get("/admin/v1/me"))
    assert (seen["division"], seen["role"]) == ("141002", "reviewer")


async def test_neither_alone_does_and_the_answer_tells_not_which(desk: Desk) -> None:
    answers = [
        await desk.tries(password="wrong horse"),
        await desk.tries(totp=wrong(desk.code())),
        await desk.world.nobody.post(SESSIONS, {"username": "x", "password": PASSWORD, "totp": "123456"}),
    ]
    told = {(answer.status_code, answer.json()["code"], answer.json()["title"]) for answer in answers}
    assert len(told) == 1
    refused(answers[0], 401, "sign_in_refused")
    body = {"username": desk.username, "password": PASSWORD}
    refused(await desk.world.nobody.post(SESSIONS, body), 422, "invalid")


async def test_a_code_is_good_once_and_so_are_those_before_it(desk: Desk) -> None:
    now, before = desk.code(), desk.code(-1)
    ok(await desk.tries(totp=now), 201)

    refused(await desk.tries(totp=now), 401, "sign_in_refused")
    refused(await desk.tries(totp=before), 401, "sign_in_refused")
    ok(await desk.tries(totp=desk.code(1)), 201)


async def test_a_code_of_two_steps_ago_is_too_late(desk: Desk) -> None:
    refused(await desk.tries(totp=desk.code(-2)), 401, "sign_in_refused")


async def test_five_failures_lock_and_the_right_answer_is_refused_till_it_is_over(desk: Desk) -> None:
    began = datetime.now(UTC)
    with time_machine.travel(began, tick=True):
        for _ in range(5):
            refused(await desk.tries(password="wrong horse"), 401, "sign_in_refused")
        refused(await desk.tries(), 401, "sign_in_refused")
    with time_machine.travel(began + timedelta(minutes=14), tick=True):
        refused(await desk.tries(), 401, "sign_in_refused")
    with time_machine.travel(began + timedelta(minutes=16), tick=True):
        ok(await desk.tries(), 201)

    auditor = await desk.world.staff("1410", Role.AUDITOR)
    entries = ok(await auditor.get(f"/admin/v1/ledger?object_id={desk.id}"))["items"]
    assert [entry["action"] for entry in entries] == ["staff.sign_in", "staff.locked"]


async def test_a_right_sign_in_forgets_the_failures_before_it(desk: Desk) -> None:
    for n in range(2):
        for _ in range(4):
            refused(await desk.tries(password="wrong horse"), 401, "sign_in_refused")
        ok(await desk.tries(totp=desk.code(n)), 201)


async def test_half_an_hour_of_doing_nothing_signs_out(desk: Desk) -> None:
    officer, began = await desk.signs_in(), datetime.now(UTC)
    for minutes, status in [(29, 200), (58, 200), (89, 401)]:
        with time_machine.travel(began + timedelta(minutes=minutes), tick=True):
            assert (await officer.get("/admin/v1/me")).status_code == status, minutes


async def test_a_hall_full_of_staff_comes_back_at_once(world: World) -> None:
    """Each holds a connection while it is noted that the session is in use: none waits for another's."""
    staff = [await world.staff("141002", Role.CLERK) for _ in range(world.settings.database_pool + 4)]
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        answers = await asyncio.gather(*(one.get("/admin/v1/me") for one in staff))
    assert {answer.status_code for answer in answers} == {200}


async def test_twelve_hours_sign_out_who_never_rested(desk: Desk) -> None:
    officer, began = await desk.signs_in(), datetime.now(UTC)
    for minutes in range(25, 12 * 60, 25):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=True):
            assert (await officer.get("/admin/v1/me")).status_code == 200, minutes
    with time_machine.travel(began + timedelta(hours=12, minutes=1), tick=True):
        refused(await officer.get("/admin/v1/me"), 401, "unauthenticated")


async def test_dismissed_is_out_at_once(desk: Desk) -> None:
    officer = await desk.signs_in()
    ok(await officer.get("/admin/v1/me"))
    async with desk.world.session() as session:
        await session.execute(update(Staff).where(Staff.id == desk.id).values(dismissed_at=clock.now()))

    refused(await officer.get("/admin/v1/me"), 401, "unauthenticated")
    refused(await desk.tries(totp=desk.code(1)), 401, "sign_in_refused")


async def test_signing_out_ends_every_session_of_theirs(desk: Desk) -> None:
    first = await desk.signs_in()
    second = Actor(desk.world, token=ok(await desk.tries(totp=desk.code(1)), 201)["access_token"])
    ok(await first.delete(f"{SESSIONS}/current"), 204)

    for officer in (first, second):
        refused(await officer.get("/admin/v1/me"), 401, "unauthenticated")
