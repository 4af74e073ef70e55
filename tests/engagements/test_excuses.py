"""Illness, accident, bereavement and weather excuse: evidence to staff, who decide in working days."""

from datetime import datetime, timedelta

from app.stations.models import Role
from tests.contracts.furnished import picture
from tests.engagements.hired import DAY, SECOND, Hired, hired
from tests.world import Actor, World, ok, refused

ILL = {"kind": "illness", "text": "高烧三十九度,在医院输液。"}


async def cancelled(world: World) -> Hired:
    one = await hired(world)
    ok(await one.worker.post(f"{one.path}/cancel", {"reason": "来不了"}))
    return one


async def upload(actor: Actor) -> str:
    sent = await actor.post("/v1/me/files", files={"file": ("a.png", picture(), "image/png")})
    uploaded: str = ok(sent, 201)["id"]
    return uploaded


async def test_an_excuse_with_its_evidence_is_decided_by_staff(world: World) -> None:
    one = await cancelled(world)
    file = await upload(one.worker)
    made = ok(await one.worker.post(f"{one.path}/excuse", ILL | {"files": [file]}), 201)
    assert (made["state"], made["by"], "text" in made) == ("claimed", "worker", False)

    mediator = await world.staff("141002", Role.MEDIATOR)
    waiting = ok(await mediator.get("/admin/v1/excuses?state=claimed"))["items"]
    assert [(e["id"], e["files"], e["with_text"]) for e in waiting] == [(made["id"], [file], True)]
    shown = await mediator.get(f"/admin/v1/excuses/{made['id']}/files/{file}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")

    decided = ok(await mediator.post(f"/admin/v1/excuses/{made['id']}/accept", {}))
    assert decided["state"] == "accepted"
    assert (await one.shown())["excuse"]["state"] == "accepted"
    problem = refused(
        await mediator.post(f"/admin/v1/excuses/{made['id']}/reject", {"reason": "晚了"}), 409, "excuse_state"
    )
    assert problem["state"] == "accepted"
    assert await world.count("ledger", "action = 'excuse.accept'") == 1
    assert await world.count("events", "kind = 'ExcuseDecided' AND payload->>'accepted' = 'true'") == 1


async def test_the_words_are_sealed_and_each_reading_is_in_the_ledger(world: World) -> None:
    one = await cancelled(world)
    made = ok(await one.worker.post(f"{one.path}/excuse", ILL), 201)
    assert await world.count("excuses", "position('高烧'::bytea IN text_sealed) > 0") == 0
    clerk, reviewer = await world.staff("1410", Role.CLERK), await world.staff("1410")
    path = f"/admin/v1/excuses/{made['id']}"
    assert "高烧" not in (await clerk.get(path)).text
    refused(await clerk.post(f"{path}/text", {"reason": "看看"}), 404, "not_found")
    assert ok(await reviewer.post(f"{path}/text", {"reason": "核实"})) == {"text": ILL["text"]}
    assert await world.count("ledger", "action = 'excuse.read' AND reason = '核实'") == 1
    assert await world.count("ledger", "after::text LIKE '%高烧%' OR before::text LIKE '%高烧%'") == 0


async def test_the_other_side_learns_nothing_of_an_illness(world: World) -> None:
    one = await cancelled(world)
    ok(await one.worker.post(f"{one.path}/excuse", ILL), 201)
    assert (await one.shown(one.employer))["excuse"] is None
    assert (await one.shown())["excuse"]["kind"] == "illness"


async def test_an_excuse_comes_with_the_cancellation_or_within_seven_days(world: World) -> None:
    one, late = await hired(world), await cancelled(world)
    left = ok(await one.worker.post(f"{one.path}/cancel", {"excuse": ILL}))
    assert (left["excuse"]["state"], "高烧" in str(left)) == ("claimed", False)
    refused(await one.worker.post(f"{one.path}/excuse", ILL), 409, "excuse_made_already")

    at = datetime.fromisoformat((await late.shown())["cancelled_at"]) - late.starts_at
    async with late.at(at + 7 * DAY + SECOND):
        refused(await late.worker.post(f"{late.path}/excuse", ILL), 409, "excuse_too_late")
    async with late.at(at + 7 * DAY):
        ok(await late.worker.post(f"{late.path}/excuse", ILL), 201)


async def test_each_side_excuses_what_it_did_itself(world: World) -> None:
    one = await hired(world)
    problem = refused(await one.worker.post(f"{one.path}/excuse", ILL), 409, "engagement_state")
    assert problem["allowed"] == ["cancelled", "no_show"]
    ok(await one.employer.post(f"{one.path}/cancel"))
    refused(await one.worker.post(f"{one.path}/excuse", ILL), 409, "engagement_state")
    ok(await one.employer.post(f"{one.path}/excuse", {"kind": "weather"}), 201)


async def test_a_no_show_can_be_excused(world: World) -> None:
    one = await hired(world)
    async with one.at(timedelta(hours=1)):
        ok(await one.employer.post(f"{one.path}/no-show", {}))
        made = ok(await one.worker.post(f"{one.path}/excuse", {"kind": "accident"}), 201)
    assert made["kind"] == "accident"


async def test_only_staff_of_the_place_of_work_see_it(world: World) -> None:
    one = await cancelled(world)
    made = ok(await one.worker.post(f"{one.path}/excuse", ILL), 201)
    elsewhere = await world.staff("141081", Role.MEDIATOR)
    assert ok(await elsewhere.get("/admin/v1/excuses"))["items"] == []
    for answer in (
        await elsewhere.get(f"/admin/v1/excuses/{made['id']}"),
        await elsewhere.post(f"/admin/v1/excuses/{made['id']}/accept", {}),
        await elsewhere.post(f"/admin/v1/excuses/{made['id']}/text", {"reason": "x"}),
        await (await world.staff("1410", Role.CLERK)).post(f"/admin/v1/excuses/{made['id']}/accept", {}),
    ):
        refused(answer, 404, "not_found")


async def test_a_picture_of_somebody_elses_is_no_evidence(world: World) -> None:
    one = await cancelled(world)
    foreign = await upload(one.employer)
    refused(
        await one.worker.post(f"{one.path}/excuse", ILL | {"files": [foreign]}), 422, "attachment_unknown"
    )
    assert await world.count("excuses") == 0


async def test_what_falls_due_first_comes_first_page_by_page(world: World) -> None:
    made = []
    for _ in range(3):
        one = await cancelled(world)
        made.append(ok(await one.worker.post(f"{one.path}/excuse", ILL), 201)["id"])
    mediator = await world.staff("1410", Role.MEDIATOR)
    first = ok(await mediator.get("/admin/v1/excuses?limit=2"))
    second = ok(await mediator.get(f"/admin/v1/excuses?limit=2&cursor={first['next_cursor']}"))
    assert [e["id"] for e in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None


async def test_closing_an_account_erases_what_was_written(world: World) -> None:
    one = await cancelled(world)
    ok(await one.worker.post(f"{one.path}/excuse", ILL), 201)
    assert (await one.worker.delete("/v1/me")).status_code < 300
    assert await world.count("excuses", "text_sealed IS NULL") == 1
    assert await world.count("engagements", "cancel_reason_sealed IS NULL") == 1
