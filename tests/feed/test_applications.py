"""What goes up of who asks for the province's vacancies, and how it ends."""

import json
from datetime import datetime

from app.feed.checking import check
from app.feed.models import Kind
from app.mapping.linfen import instant
from app.sync.models import Scope
from tests.feed.following import Reader, kinds
from tests.inbound.asked import asked, sharing
from tests.inbound.vacancies import vacancy
from tests.world import World, ok, refused, shift

HOUMA = {"lng": 111.372, "lat": 35.62, "datum": "wgs84", "address": "侯马开发区"}


async def test_an_application_goes_up_and_says_what_becomes_of_it(world: World) -> None:
    case = await asked(world)
    reader = Reader(case.province, query="&types=application")
    await world.publish()

    [told] = await reader.follow()
    assert (told["id"], told["change"]) == (case.id, "created")
    data = told["data"]
    assert data["source_id"] == f"SX-{case.job['id'][-8:]}"
    assert [(one["state"], one["engagement_state"]) for one in data["shifts"]] == [("pending", None)]
    assert data["worker"] == {"id": str(case.worker.id), "name_masked": "李**", "key_groups": []}
    assert case.worker.phone not in json.dumps(told)

    ok(await case.says("accepted"))
    await world.publish()
    assert [one["data"]["shifts"][0]["engagement_state"] for one in await reader.follow()] == ["agreed"]
    async with case.after(8):
        ok(await case.says("completed", 2, minutes=480))
        await world.publish()
        last = (await reader.follow())[-1]
        assert last["data"]["shifts"][0]["engagement_state"] == "confirmed"
    assert await world.count("province_records", "kind IN ('engagement', 'job')") == 0, "none of the city's"


async def test_what_is_withdrawn_declined_or_cancelled_is_removed_with_the_reason(world: World) -> None:
    withdrawn, declined, cancelled = [await asked(world) for _ in range(3)]
    await world.publish()
    reader = Reader(withdrawn.province, query="&types=application")
    assert len(await reader.follow()) == 3

    ok(await withdrawn.worker.post(f"/v1/applications/{withdrawn.id}/withdraw", {}))
    ok(await declined.says("declined"))
    ok(await cancelled.says("accepted"))
    ok(await cancelled.says("cancelled", 2))
    await world.publish()
    assert kinds(await reader.follow()) == [
        ("application", "removed", reason) for reason in ("withdrawn", "declined", "cancelled")
    ]
    assert reader.has("application") == []


async def test_who_leaves_one_of_two_shifts_still_asks_for_the_other(world: World) -> None:
    case = await asked(world, shifts=[shift(days=4), shift(days=5)])
    body = {"shift_ids": [case.job["shifts"][1]["id"]]}
    ok(await case.worker.post(f"/v1/applications/{case.id}/withdraw", body))
    await world.publish()
    reader = Reader(case.province, query="&types=application")
    await reader.follow()
    assert [one["state"] for one in reader.has("application")[0]["shifts"]] == ["pending", "withdrawn"]


async def test_a_vacancy_that_moves_takes_what_asks_for_it_along(world: World) -> None:
    province, worker = await world.province(), await sharing(world)
    given = vacancy(shifts=[shift(days=3)])
    job_id = ok(await province.put("/sync/v1/inbound/jobs/SX-8", given))["job_id"]
    ok(await worker.applies(ok(await worker.get(f"/v1/jobs/{job_id}"))), 201)
    await world.publish()
    moved = given | {"version": 2, "place": HOUMA, "shifts": [shift(9, days=3)]}
    assert ok(await province.put("/sync/v1/inbound/jobs/SX-8", moved))["state"] == "shown"
    await world.publish()

    reader = Reader(province, query="&types=application")
    await reader.follow()
    [told] = reader.has("application")
    assert told["division"].startswith("141081")
    assert told["shifts"][0]["starts_at"] == instant(datetime.fromisoformat(shift(9, days=3)["starts_at"]))
    assert [one async for one in check(world.database) if one.kind is Kind.APPLICATION] == []


async def test_without_the_consent_the_province_is_told_to_forget_it(world: World) -> None:
    case = await asked(world)
    await world.publish()
    reader = Reader(case.province, query="&types=application")
    await reader.follow()
    ok(await case.worker.put("/v1/me/consents", {"real_name": True, "province": False}))
    await world.publish()
    assert kinds(await reader.follow()) == [("application", "removed", "consent_withdrawn")]
    whole = (await case.province.get("/sync/v1/changes?types=application")).text
    assert "李" not in whole
    assert str(case.worker.id) not in whole


async def test_a_closed_account_is_a_consent_taken_back(world: World) -> None:
    case = await asked(world)
    await world.publish()
    ok(await case.worker.delete("/v1/me"), 204)
    await world.publish()
    reader = Reader(case.province, query="&types=application")
    assert kinds(await reader.follow())[-1] == ("application", "removed", "consent_withdrawn")


async def test_they_have_a_scope_of_their_own(world: World) -> None:
    await asked(world)
    await world.publish()
    jobs_only = await world.province(Scope.READ_JOB)
    assert ok(await jobs_only.get("/sync/v1/changes"))["items"] == []
    answer = await jobs_only.get("/sync/v1/changes?types=application")
    refused(answer, 403, "insufficient_scope")
