"""Devices: kept as they are now, ten at most, sealed, and gone with the account."""

import asyncio
import base64
import io
import json
import zipfile

from app.core.types import new_id
from app.identity.models import Device
from tests.world import World, ok, refused

KEY = base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()


async def test_a_device_is_kept_as_it_was_said_last(world: World) -> None:
    person, other = await world.person(), await world.person()
    path = f"/v1/me/devices/{new_id()}"
    first = ok(
        await person.put(path, {"platform": "android", "push_token": "tok-secret-1", "public_key": KEY})
    )
    assert (first["pushes"], first["signs"]) == (True, True)
    assert "tok-secret-1" not in json.dumps(first)
    again = ok(await person.put(path, {"platform": "android"}))
    assert (again["pushes"], again["signs"], again["created_at"]) == (False, False, first["created_at"])
    assert [d["id"] for d in ok(await person.get("/v1/me/devices"))["items"]] == [first["id"]]
    assert ok(await other.get("/v1/me/devices"))["items"] == []
    refused(await other.delete(path), 404, "not_found")
    ok(await person.delete(path), 204)
    refused(await person.delete(path), 404, "not_found")


async def test_one_phone_may_serve_two_people(world: World) -> None:
    first, second = await world.person(), await world.person()
    path = f"/v1/me/devices/{new_id()}"
    for person in (first, second):
        ok(await person.put(path, {"platform": "ios", "push_token": "the-same"}))
    ok(await first.delete(path), 204)
    assert len(ok(await second.get("/v1/me/devices"))["items"]) == 1


async def test_a_key_is_32_bytes_in_one_way_of_writing(world: World) -> None:
    person = await world.person()
    for bad in (KEY[:-1], KEY + "AA", KEY[:-1] + "9", "*" * 43, ""):
        answer = await person.put(f"/v1/me/devices/{new_id()}", {"platform": "ios", "public_key": bad})
        assert refused(answer, 422, "invalid")["errors"][0]["pointer"] == "/public_key"


async def test_ten_devices_and_no_more_also_at_once(world: World) -> None:
    person = await world.person()
    answers = await asyncio.gather(
        *(person.put(f"/v1/me/devices/{new_id()}", {"platform": "ios"}) for _ in range(13))
    )
    assert sorted(a.status_code for a in answers) == [200] * 10 + [409] * 3
    refused(next(a for a in answers if a.status_code == 409), 409, "too_many_devices")
    known = ok(await person.get("/v1/me/devices"))["items"][0]["id"]
    ok(await person.put(f"/v1/me/devices/{known}", {"platform": "android"}))


async def test_push_tokens_are_sealed_exported_and_gone_with_the_account(world: World) -> None:
    person = await world.person()
    device_id = new_id()
    ok(await person.put(f"/v1/me/devices/{device_id}", {"platform": "harmony", "push_token": "tok-secret"}))
    async with world.session() as session:
        kept = await session.get_one(Device, (device_id, person.id))
        assert b"tok-secret" not in (kept.push_token_sealed or b"")
        assert kept.push_token == "tok-secret"
    data = await person.get("/v1/me/data")
    with zipfile.ZipFile(io.BytesIO(data.content)) as archive:
        assert json.loads(archive.read("devices.json"))[0]["push_token"] == "tok-secret"
    ok(await person.delete("/v1/me"), 204)
    assert await world.count("devices") == 0


async def test_a_jobs_radius_is_kept_within_bounds(world: World) -> None:
    employer = await world.employer()
    assert (await employer.drafts_job())["check_in_radius_m"] == 300
    job = await employer.drafts_job(check_in_radius_m=800)
    assert job["check_in_radius_m"] == 800
    changed = ok(await employer.patch(f"/v1/jobs/{job['id']}", {"check_in_radius_m": 5000}))
    assert changed["check_in_radius_m"] == 5000
    for bad in (49, 5001):
        refused(await employer.patch(f"/v1/jobs/{job['id']}", {"check_in_radius_m": bad}), 422, "invalid")
