"""Appointing staff, changing what they may do, and letting them go."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
import time_machine
from sqlalchemy import select

from app.core import clock
from app.stations.models import Role, Staff
from tests.offices.test_stations import manager, station_of
from tests.world import OWN_PASSWORD, Actor, World, ok, refused

Json = dict[str, Any]
STAFF = "/admin/v1/staff"
SESSIONS = "/admin/v1/auth/sessions"
PASSWORD_DOOR = "/admin/v1/auth/password"
WHY = {"reason": "离岗"}


async def draft(world: World, division: str = "141002002", **changes: Any) -> Json:
    return {
        "username": "zhang.wei",
        "name": "张伟",
        "role": "clerk",
        "station_id": await station_of(world, division),
    } | changes


async def signs_in(world: World, username: str, password: str, totp_uri: str) -> httpx.Response:
    code = pyotp.TOTP(pyotp.parse_uri(totp_uri).secret).now()
    return await world.nobody.post(SESSIONS, {"username": username, "password": password, "totp": code})


async def test_a_temporary_password_that_lay_about_for_a_week_opens_nothing(world: World) -> None:
    yaodu = await manager(world, "141002")
    shown = ok(await yaodu.post(STAFF, await draft(world)), 201)
    given = (world, "zhang.wei", shown["temporary_password"], shown["totp_uri"])
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=True):
        refused(await signs_in(*given), 401, "temporary_password_expired")
        refused(await signs_in(*given[:2], "guess", shown["totp_uri"]), 401, "sign_in_refused")
    async with world.session() as session:
        member = (await session.scalars(select(Staff).where(Staff.username == "zhang.wei"))).one()
        member.totp_last_step = 0  # the clock went back
    signed_in = ok(await signs_in(*given), 201)
    clerk = Actor(world, token=signed_in["access_token"])
    ok(await clerk.post(PASSWORD_DOOR, {"old": shown["temporary_password"], "new": OWN_PASSWORD}), 204)
    async with world.session() as session:
        assert (await session.get_one(Staff, member.id)).password_until is None


async def test_who_is_appointed_signs_in_with_the_qr_code_and_changes_the_password_first(
    world: World,
) -> None:
    yaodu = await manager(world, "141002")
    shown = ok(await yaodu.post(STAFF, await draft(world)), 201)
    signed_in = ok(await signs_in(world, "zhang.wei", shown["temporary_password"], shown["totp_uri"]), 201)
    assert signed_in["must_change_password"] is True
    clerk = Actor(world, token=signed_in["access_token"])

    refused(await clerk.get("/admin/v1/jobs"), 409, "password_change_required")
    refused(await clerk.post("/admin/v1/stations", {}), 409, "password_change_required")
    assert ok(await clerk.get("/admin/v1/me"))["division"] == "141002002"
    change = {"old": shown["temporary_password"], "new": OWN_PASSWORD}
    ok(await clerk.post(PASSWORD_DOOR, change), 204)

    ok(await clerk.get("/admin/v1/jobs"))
    listed = ok(await yaodu.get(STAFF))["items"]
    assert [one["must_change_password"] for one in listed if one["username"] == "zhang.wei"] == [False]


async def test_nothing_secret_is_kept_or_shown_again(world: World) -> None:
    yaodu = await manager(world, "141002")
    shown = ok(await yaodu.post(STAFF, await draft(world)), 201)
    secret = pyotp.parse_uri(shown["totp_uri"]).secret
    again = await yaodu.get(f"{STAFF}/{shown['staff']['id']}")
    listed, auditor = await yaodu.get(STAFF), await world.staff("1410", Role.AUDITOR)
    ledger = await auditor.get("/admin/v1/ledger")
    for answer in (again, listed, ledger):
        ok(answer)
        assert secret not in answer.text
        assert shown["temporary_password"] not in answer.text
    async with world.session() as session:
        kept = await session.get_one(Staff, shown["staff"]["id"])
    assert secret.encode() not in kept.totp_sealed
    assert kept.password_hash.startswith("$argon2id$")


async def test_a_manager_appoints_at_the_own_level_and_below_alone(world: World) -> None:
    yaodu, city = await manager(world, "141002"), await manager(world)
    ok(await yaodu.post(STAFF, await draft(world)), 201)
    refused(await yaodu.post(STAFF, await draft(world)), 409, "username_taken")
    peer = await draft(world, "141002", username="peer", role="manager")
    ok(await yaodu.post(STAFF, peer), 201)
    for n, division in enumerate(("141081001", "141081", "1410")):
        answer = await yaodu.post(STAFF, await draft(world, division, username=f"other{n}"))
        refused(answer, 422, "workplace_unfit")
    for role in ("auditor", "operator"):
        given = await draft(world, "141002", username=f"a.{role}", role=role)
        expected = (409, "beyond_own_authority") if role == "auditor" else (422, "workplace_unfit")
        refused(await yaodu.post(STAFF, given), *expected)
    ok(await city.post(STAFF, await draft(world, "141002", username="auditor", role="auditor")), 201)
    ok(await city.post(STAFF, await draft(world, "1410", username="operator", role="operator")), 201)
    clerk = await world.staff("141002", Role.CLERK)
    refused(await clerk.post(STAFF, await draft(world, username="x.y")), 404, "not_found")


async def test_a_county_leaves_its_auditor_alone(world: World) -> None:
    yaodu = await manager(world, "141002")
    auditor = await world.staff("141002", Role.AUDITOR)
    path = f"{STAFF}/{auditor.id}"
    refused(await yaodu.post(f"{path}/dismiss", WHY), 409, "beyond_own_authority")
    refused(await yaodu.post(f"{path}/reset", WHY), 409, "beyond_own_authority")
    refused(await yaodu.patch(path, {"role": "clerk"}), 409, "beyond_own_authority")
    ok(await auditor.get("/admin/v1/ledger"))


async def test_a_manager_acts_on_the_staff_of_the_own_stations_alone(world: World) -> None:
    yaodu, theirs = await manager(world, "141002"), await world.staff("141081", Role.CLERK)
    city = await world.staff("1410", Role.CLERK)
    for stranger in (theirs, city):
        path = f"{STAFF}/{stranger.id}"
        refused(await yaodu.get(path), 404, "not_found")
        refused(await yaodu.patch(path, {"name": "改名"}), 404, "not_found")
        for act in ("dismiss", "reset", "unlock"):
            refused(await yaodu.post(f"{path}/{act}", WHY), 404, "not_found")
    assert {one["division"][:6] for one in ok(await yaodu.get(STAFF))["items"]} == {"141002"}


async def test_who_gets_another_role_or_station_signs_in_again(world: World) -> None:
    yaodu, clerk = await manager(world, "141002"), await world.staff("141002001", Role.CLERK)
    path, there = f"{STAFF}/{clerk.id}", await station_of(world, "141002002")
    ok(await yaodu.patch(path, {"name": "张大伟"}))
    ok(await clerk.get("/admin/v1/me"))

    changed = ok(await yaodu.patch(path, {"role": "reviewer", "station_id": there}))
    assert (changed["role"], changed["division"]) == ("reviewer", "141002002")
    refused(await clerk.get("/admin/v1/me"), 401, "unauthenticated")
    refused(await yaodu.patch(path, {"role": "clerk"}, headers={"If-Match": '"1"'}), 412, "stale")
    elsewhere = {"station_id": await station_of(world, "141081001")}
    refused(await yaodu.patch(path, elsewhere), 422, "workplace_unfit")
    assert await world.count("events", f"kind = 'StaffMoved' AND payload->>'staff_id' = '{clerk.id}'") == 1


async def test_dismissal_holds_from_the_next_request_on(world: World) -> None:
    yaodu = await manager(world, "141002")
    clerk = await world.appointed(yaodu, await draft(world))
    ok(await clerk.get("/admin/v1/jobs"))

    dismissed = ok(await yaodu.post(f"{STAFF}/{clerk.id}/dismiss", WHY))

    assert dismissed["dismissed_at"]
    refused(await clerk.get("/admin/v1/jobs"), 401, "unauthenticated")
    refused(await yaodu.post(f"{STAFF}/{clerk.id}/reset", WHY), 409, "staff_dismissed")
    assert [one["id"] for one in ok(await yaodu.get(f"{STAFF}?dismissed=true"))["items"]] == [str(clerk.id)]
    assert await world.count("events", "kind = 'StaffDismissed'") == 1


async def test_a_reset_ends_everything_and_begins_anew(world: World) -> None:
    yaodu = await manager(world, "141002")
    shown = ok(await yaodu.post(STAFF, await draft(world)), 201)
    clerk = await world.appointed(yaodu, await draft(world, username="li.na"))
    fresh = ok(await yaodu.post(f"{STAFF}/{clerk.id}/reset", WHY))

    refused(await clerk.get("/admin/v1/me"), 401, "unauthenticated")
    old = await signs_in(world, "li.na", OWN_PASSWORD, fresh["totp_uri"])
    refused(old, 401, "sign_in_refused")
    mixed = await signs_in(world, "li.na", fresh["temporary_password"], shown["totp_uri"])
    refused(mixed, 401, "sign_in_refused")
    again = ok(await signs_in(world, "li.na", fresh["temporary_password"], fresh["totp_uri"]), 201)
    assert again["must_change_password"] is True


async def test_a_lock_out_is_ended_by_the_manager(world: World) -> None:
    yaodu = await manager(world, "141002")
    shown = ok(await yaodu.post(STAFF, await draft(world)), 201)
    path, right = f"{STAFF}/{shown['staff']['id']}", shown["temporary_password"]
    for _ in range(5):
        refused(await signs_in(world, "zhang.wei", "不是这个", shown["totp_uri"]), 401, "sign_in_refused")
    assert ok(await yaodu.get(path))["locked_until"]
    refused(await signs_in(world, "zhang.wei", right, shown["totp_uri"]), 401, "sign_in_refused")

    assert ok(await yaodu.post(f"{path}/unlock", WHY))["locked_until"] is None
    ok(await signs_in(world, "zhang.wei", right, shown["totp_uri"]), 201)


async def test_nobody_changes_what_he_is(world: World) -> None:
    city, _ = await manager(world), await manager(world)
    path = f"{STAFF}/{city.id}"
    ok(await city.patch(path, {"name": "新名"}))
    refused(await city.patch(path, {"role": "auditor"}), 409, "not_on_oneself")
    refused(await city.patch(path, {"station_id": await station_of(world, "141002")}), 409, "not_on_oneself")
    refused(await city.post(f"{path}/dismiss", WHY), 409, "not_on_oneself")
    refused(await city.post(f"{path}/reset", WHY), 409, "not_on_oneself")


async def test_of_city_managers_who_dismiss_each_other_at_once_exactly_one_stays(world: World) -> None:
    for _ in range(5):
        one, other = await manager(world), await manager(world)
        answers = await asyncio.gather(
            one.post(f"{STAFF}/{other.id}/dismiss", WHY), other.post(f"{STAFF}/{one.id}/dismiss", WHY)
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
        (left,) = [actor for actor in (one, other) if (await actor.get("/admin/v1/me")).status_code == 200]
        async with world.session() as session:
            (await session.get_one(Staff, left.id)).dismissed_at = clock.now()


@pytest.mark.parametrize("way", ["dismiss", "demote", "move"])
async def test_the_city_is_never_without_an_administrator(world: World, way: str) -> None:
    """Many managers take each other's place in a ring, all at once."""
    ring = [await manager(world) for _ in range(6)]
    there = await station_of(world, "141002")
    change = {"demote": {"role": "clerk"}, "move": {"station_id": there}}

    async def acts(actor: Actor, on: Actor) -> httpx.Response:
        path = f"{STAFF}/{on.id}"
        if way == "dismiss":
            return await actor.post(f"{path}/dismiss", WHY)
        return await actor.patch(path, change[way])

    answers = await asyncio.gather(*(acts(a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)))
    assert {answer.status_code for answer in answers} <= {200, 401, 404, 409}
    condition = (
        "role = 'manager' AND dismissed_at IS NULL"
        " AND station_id = (SELECT id FROM stations WHERE kind = 'centre')"
    )
    assert await world.count("staff", condition) >= 1


async def test_the_last_administrator_stays(world: World) -> None:
    city, there = await manager(world), {"station_id": await station_of(world, "141002")}
    path = f"{STAFF}/{city.id}"
    refused(await city.post(f"{path}/dismiss", WHY), 409, "last_administrator")
    for change in ({"role": "clerk"}, there):
        refused(await city.patch(path, change), 409, "last_administrator")
    ok(await city.get(STAFF))
