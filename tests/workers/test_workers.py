"""What workers tell of themselves, prove, and hand in."""

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image

from app.core import clock
from app.stations.models import Role
from scripts.demo.numbers import valid_id_number
from tests.world import HOUMA, YAODU, World, ok, refused

NUMBER = valid_id_number("141002", date(1980, 1, 2), 77)


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(made, "JPEG")
    return made.getvalue()


async def test_a_profile_is_kept_whole_and_shown_in_the_datum_asked_for(world: World) -> None:
    me = await world.person()
    refused(await me.get("/v1/me/worker"), 409, "worker_profile_missing")
    profile = {
        "name_shown": "老李",
        "home": YAODU,
        "travel_radius_m": 15000,
        "trades": ["0301", "0101"],
        "availability": [{"weekday": 1, "from": "07:00", "until": "19:00"}],
        "expected_pay": {"amount_fen": 18000, "per": "day"},
        "key_groups": ["migrant_worker"],
    }
    kept = ok(await me.put("/v1/me/worker?datum=wgs84", profile))
    assert {name: kept[name] for name in profile} == profile
    shifted = ok(await me.get("/v1/me/worker"))["home"]
    assert shifted["datum"] == "gcj02"
    assert 0.003 < shifted["lng"] - YAODU["lng"] < 0.01


async def test_a_stale_profile_is_not_overwritten(world: World) -> None:
    worker = await world.worker()
    seen = await worker.get("/v1/me/worker")
    ok(await worker.put("/v1/me/worker", {"name_shown": "李"}, headers={"If-Match": seen.headers["etag"]}))
    again = await worker.put(
        "/v1/me/worker", {"name_shown": "李"}, headers={"If-Match": seen.headers["etag"]}
    )
    refused(again, 412, "stale")


async def test_what_is_wrong_is_named_by_pointer_in_both_languages(world: World) -> None:
    me = await world.person()
    body: dict[str, Any] = {
        "name_shown": "老李",
        "trades": ["9999"],
        "availability": [],
    }
    problem = refused(await me.put("/v1/me/worker", body), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "/trades/0"
    body = {"name_shown": "", "home": {"lng": 200, "lat": 36.0}, "availability": [{"weekday": 8}]}
    zh = refused(await me.put("/v1/me/worker", body), 422, "invalid")
    en = refused(await me.put("/v1/me/worker", body, headers={"Accept-Language": "en"}), 422, "invalid")
    pointers = {error["pointer"] for error in zh["errors"]}
    assert {"/name_shown", "/home/lng", "/home/datum", "/availability/0/weekday"} <= pointers
    assert zh["errors"][0]["message"] != en["errors"][0]["message"]


async def test_a_real_name_needs_consent_and_is_sealed_and_masked(world: World) -> None:
    worker = await world.worker(verified=False)
    given = {"name": "王小明", "id_number": NUMBER}
    refused(await worker.post("/v1/me/worker/real-name", given), 409, "consent_missing")
    ok(await worker.put("/v1/me/consents", {"real_name": True}))
    told = ok(await worker.post("/v1/me/worker/real-name", given))
    assert told["name_masked"] == "王**"
    assert told["id_number_masked"] == NUMBER[:3] + "*" * 11 + NUMBER[-4:]
    refused(await worker.post("/v1/me/worker/real-name", given), 409, "already_verified")


async def test_one_id_is_one_worker(world: World) -> None:
    first, second = await world.worker(verified=False), await world.worker(verified=False)
    for worker in (first, second):
        ok(await worker.put("/v1/me/consents", {"real_name": True}))
    ok(await first.post("/v1/me/worker/real-name", {"name": "王小明", "id_number": NUMBER}))
    taken = await second.post("/v1/me/worker/real-name", {"name": "王小明", "id_number": NUMBER.lower()})
    refused(taken, 409, "id_number_taken")


async def test_a_wrong_number_is_refused_without_being_repeated(world: World) -> None:
    worker = await world.worker(verified=False)
    ok(await worker.put("/v1/me/consents", {"real_name": True}))
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    answer = await worker.post("/v1/me/worker/real-name", {"name": "王小明", "id_number": wrong})
    problem = refused(answer, 422, "invalid")
    assert problem["errors"][0] == {
        "pointer": "/id_number",
        "in": "body",
        "code": "id_number_checksum",
        "message": problem["errors"][0]["message"],
    }
    assert wrong not in answer.text


async def test_nobody_under_sixteen_is_verified(world: World) -> None:
    worker = await world.worker(verified=False)
    ok(await worker.put("/v1/me/consents", {"real_name": True}))
    today = clock.today()
    sixteen_tomorrow = date(today.year - 16, today.month, today.day) + timedelta(days=1)
    number = valid_id_number("141002", sixteen_tomorrow, 5)
    answer = await worker.post("/v1/me/worker/real-name", {"name": "小孩", "id_number": number})
    refused(answer, 422, "too_young")


async def test_a_certificate_counts_once_staff_have_seen_it(world: World) -> None:
    worker = await world.worker()
    employer = await world.employer()
    job = await employer.posts_job(requirements={"certificates": ["SW-WELD"], "text": None})
    refused(await worker.applies(job), 409, "certificate_missing")

    sent = {"data": {"kind": "SW-WELD"}, "files": {"file": ("a.jpg", picture(), "image/jpeg")}}
    certificate = ok(await worker.call("POST", "/v1/me/worker/certificates", **sent), 201)
    assert certificate["state"] == "pending"
    refused(await worker.applies(job), 409, "certificate_missing")

    reviewer = await world.staff("141002")
    queue = ok(await reviewer.get("/admin/v1/certificates?state=pending"))["items"]
    assert [case["id"] for case in queue] == [certificate["id"]]
    ok(await reviewer.post(f"/admin/v1/certificates/{certificate['id']}/verify"))
    ok(await worker.applies(job), 201)
    elsewhere = await world.staff("141081")
    refused(await elsewhere.get(f"/admin/v1/certificates/{certificate['id']}/picture"), 404, "not_found")
    clerk = await world.staff("141002", Role.CLERK)
    refused(await clerk.post(f"/admin/v1/certificates/{certificate['id']}/verify"), 404, "not_found")


async def test_a_home_may_lie_outside_the_city(world: World) -> None:
    worker = await world.worker(home={"lng": 112.55, "lat": 37.87, "datum": "gcj02"})
    assert ok(await worker.get("/v1/me/worker"))["home"]["lng"] == 112.55
    assert HOUMA["datum"] == "wgs84"
