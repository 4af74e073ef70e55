"""Passwords: what is good enough, and changing one's own."""

import pytest
from sqlalchemy import select

from app.access.passwords import temporary, weakness
from app.stations.models import Role, Staff, StaffSession
from tests.world import OWN_PASSWORD, PASSWORD, World, ok, refused

DOOR = "/admin/v1/auth/password"


@pytest.mark.parametrize(
    "password",
    ["short", "zhang.wei-2026-linfen", "ZHANG.WEI 2026", "aaaaaaaaaaaa", "Password1234", "121212121212"],
)
def test_what_is_short_common_or_the_name_will_not_do(password: str) -> None:
    assert weakness(password, "zhang.wei")


@pytest.mark.parametrize("password", [OWN_PASSWORD, PASSWORD, "correct-horse"])
def test_a_phrase_will(password: str) -> None:
    assert weakness(password, "zhang.wei") is None


def test_so_will_a_temporary_one() -> None:
    assert weakness(temporary(), "zhang.wei") is None


async def test_a_change_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    clerk = await world.staff("141002", Role.CLERK)
    async with world.session() as session:
        elsewhere = StaffSession(
            staff_id=clerk.id, seen_at=(await session.scalars(select(StaffSession.seen_at))).one()
        )
        session.add(elsewhere)
    ok(await clerk.post(DOOR, {"old": PASSWORD, "new": OWN_PASSWORD}), 204)

    ok(await clerk.get("/admin/v1/me"))
    async with world.session() as session:
        assert (await session.get_one(StaffSession, elsewhere.id)).ended_at is not None
    auditor = await world.staff("1410", Role.AUDITOR)
    entries = ok(await auditor.get("/admin/v1/ledger"))["items"]
    assert [entry["action"] for entry in entries] == ["staff.change_password"]


async def test_a_weak_one_is_refused_with_the_reason(world: World) -> None:
    clerk = await world.staff("141002", Role.CLERK)
    problem = refused(await clerk.post(DOOR, {"old": PASSWORD, "new": "password1234"}), 422, "password_weak")
    assert problem["errors"][0]["pointer"] == "/new"
    refused(await clerk.post(DOOR, {"old": PASSWORD, "new": PASSWORD}), 422, "password_weak")


async def test_guessing_the_old_one_locks_and_signs_out(world: World) -> None:
    clerk = await world.staff("141002", Role.CLERK)
    for _ in range(5):
        refused(await clerk.post(DOOR, {"old": "guess", "new": OWN_PASSWORD}), 422, "password_wrong")
    refused(await clerk.get("/admin/v1/me"), 401, "unauthenticated")
    async with world.session() as session:
        assert (await session.get_one(Staff, clerk.id)).locked_until is not None
