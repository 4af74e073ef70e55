"""Signing in by a code from an SMS, staying signed in, and leaving."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import time_machine

from app.core import clock
from tests.world import Actor, World, ok, refused, shift


async def code_for(world: World, phone: str) -> str:
    ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
    texts = ok(await world.nobody.get("/dev/messages", params={"to": phone}))["items"]
    found = re.search(r"\d{6}", texts[0]["text"])
    assert found
    return found[0]


async def signed_in(world: World, phone: str) -> dict[str, Any]:
    code = await code_for(world, phone)
    body = {"phone": phone, "code": code, "device_name": "红米"}
    answer: dict[str, Any] = ok(await world.nobody.post("/v1/auth/sessions", body), 201)
    return answer


async def test_the_first_sign_in_makes_the_account_and_the_next_finds_it(world: World) -> None:
    phone = world.new_phone()
    first = await signed_in(world, phone)
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        again = await signed_in(world, f"+86 {phone}")
    assert first["account"]["id"] == again["account"]["id"]
    me = Actor(world, token=first["access_token"])
    assert ok(await me.get("/v1/me"))["phone"] == f"{phone[:3]}****{phone[-4:]}"


async def test_a_code_is_good_once_and_five_wrong_ones_end_it(world: World) -> None:
    phone = world.new_phone()
    code = await code_for(world, phone)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    body = {"phone": phone, "device_name": "红米"}
    for _ in range(4):
        refused(await world.nobody.post("/v1/auth/sessions", body | {"code": wrong}), 422, "code_wrong")
    ok(await world.nobody.post("/v1/auth/sessions", body | {"code": code}), 201)
    refused(await world.nobody.post("/v1/auth/sessions", body | {"code": code}), 422, "code_wrong")

    other = world.new_phone()
    code = await code_for(world, other)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    body = {"phone": other, "device_name": "红米"}
    for _ in range(5):
        refused(await world.nobody.post("/v1/auth/sessions", body | {"code": wrong}), 422, "code_wrong")
    refused(await world.nobody.post("/v1/auth/sessions", body | {"code": code}), 422, "code_wrong")


async def test_a_code_runs_out_after_five_minutes(world: World) -> None:
    phone = world.new_phone()
    code = await code_for(world, phone)
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=True):
        body = {"phone": phone, "code": code, "device_name": "红米"}
        refused(await world.nobody.post("/v1/auth/sessions", body), 422, "code_wrong")


async def test_codes_are_limited_by_phone_and_say_when_to_try_again(world: World) -> None:
    phone = world.new_phone()
    await code_for(world, phone)
    answer = await world.nobody.post("/v1/auth/codes", {"phone": phone})
    refused(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "RateLimit" in answer.headers


async def test_landlines_and_strangers_get_a_pointer(world: World) -> None:
    for phone in ("03572088888", "12345", "+14155552671"):
        problem = refused(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 422, "invalid")
        assert problem["errors"][0]["pointer"] == "/phone"
        assert phone not in json.dumps(problem)


async def test_a_refresh_token_used_twice_ends_the_whole_session(world: World) -> None:
    first = await signed_in(world, world.new_phone())
    given = {"refresh_token": first["refresh_token"]}
    second = ok(await world.nobody.post("/v1/auth/sessions/refresh", given))
    me = Actor(world, token=second["access_token"])
    ok(await me.get("/v1/me"))

    refused(await world.nobody.post("/v1/auth/sessions/refresh", given), 401, "refresh_refused")

    refused(await me.get("/v1/me"), 401, "unauthenticated")
    last = {"refresh_token": second["refresh_token"]}
    refused(await world.nobody.post("/v1/auth/sessions/refresh", last), 401, "refresh_refused")


async def test_devices_are_listed_and_ended(world: World) -> None:
    phone = world.new_phone()
    old = Actor(world, token=(await signed_in(world, phone))["access_token"])
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        new = Actor(world, token=(await signed_in(world, phone))["access_token"])
        devices = ok(await new.get("/v1/auth/sessions"))["items"]
        assert [device["current"] for device in devices] == [True, False]

        ok(await new.delete(f"/v1/auth/sessions/{devices[1]['id']}"), 204)

        refused(await old.get("/v1/me"), 401, "unauthenticated")
        refused(await new.delete(f"/v1/auth/sessions/{devices[1]['id']}"), 404, "not_found")
        ok(await new.delete("/v1/auth/sessions/current"), 204)
        refused(await new.get("/v1/me"), 401, "unauthenticated")


async def test_consents_are_given_apart_and_remember_when(world: World) -> None:
    me = await world.person()
    given = ok(await me.put("/v1/me/consents", {"real_name": True}))
    assert (given["real_name"], given["position"], given["province"]) == (True, False, False)
    assert given["records"]["real_name"]["at"]
    assert given["records"]["position"]["at"] is None
    withdrawn = ok(await me.put("/v1/me/consents", {"real_name": False}))
    assert withdrawn["real_name"] is False


async def test_my_data_is_one_zip_with_all_that_is_held(world: World) -> None:
    worker = await world.worker()
    answer = await worker.get("/v1/me/data")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert held["worker.json"]["name"] == "李建国"
    assert held["account.json"]["phone"] == f"+86{worker.phone}"
    assert {"engagements.json", "applications.json", "notifications.json"} <= set(held)


async def test_closing_the_account_erases_who_it_was(world: World) -> None:
    worker = await world.worker()
    ok(await worker.delete("/v1/me"), 204)
    refused(await worker.get("/v1/me"), 401, "unauthenticated")
    assert await world.count("workers", "id_number_sealed IS NOT NULL OR home IS NOT NULL") == 0
    assert await world.count("accounts", "phone_sealed IS NOT NULL AND closed_at IS NOT NULL") == 0
    # The ID may be verified anew under another account: it is nobody's now.
    assert await world.count("workers", "id_number_index IS NOT NULL") == 0


async def test_an_account_that_is_taken_on_is_not_closed_yet(world: World) -> None:
    employer, worker = await world.employer(), await world.worker()
    job = await employer.posts_job(shifts=[shift()])
    asked = ok(await worker.applies(job), 201)
    refused(await worker.delete("/v1/me"), 409, "engagements_stand")
    ok(await worker.post(f"/v1/applications/{asked['id']}/withdraw", {}))
    ok(await worker.delete("/v1/me"), 204)
