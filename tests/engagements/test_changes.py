"""What was agreed changes by consent alone: proposals between two, and changes of the posting itself."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from app.engagements.keeping import end_proposals_at_the_start
from tests.engagements.hired import SECOND, STARTS, Hired, hired
from tests.world import HOUMA, Actor, Json, World, ok, refused, shift, tomorrow

NINE = tomorrow(9, days=4)


def later(hours: int = 1) -> Json:
    return {"starts_at": (tomorrow(8, days=4) + timedelta(hours=hours)).isoformat()}


async def terms(one: Hired, version: int | None = None) -> Json:
    found: Json = ok(
        await one.worker.get(f"{one.path}/terms", params={"version": version} if version else {})
    )
    return found


async def test_a_worker_asks_to_start_later_and_the_employer_consents(world: World) -> None:
    one = await hired(world)
    asked = ok(await one.proposes(one.worker, **later(), text="要送孩子"), 201)
    change = asked["changes"][-1]
    assert (change["by"], change["binding"], change["state"]) == ("worker", False, "proposed")
    assert change["note"] == "要送孩子"
    assert datetime.fromisoformat(asked["shift"]["starts_at"]) == one.starts_at
    assert ("answer_change" in asked["can"]) is False
    assert "answer_change" in (await one.shown(one.employer))["can"]
    refused(await one.answers(one.worker, "accept"), 409, "own_proposal")

    agreed = ok(await one.answers(one.employer, "accept"))
    assert datetime.fromisoformat(agreed["shift"]["starts_at"]) == NINE
    second = await terms(one)
    assert (second["version"], second["body"]["pay"]["hourly_fen"]) == (2, 20000 * 60 // (7 * 60))
    assert (await terms(one, 1))["hash"] == asked["terms_hash"] != second["hash"]
    assert await world.count("events", "kind = 'ChangeAnswered'") == 1
    refused(await one.answers(one.employer, "refuse"), 409, "engagement_state")


async def test_refusing_a_proposal_leaves_the_old_terms_standing(world: World) -> None:
    one = await hired(world)
    ok(await one.proposes(one.employer, pay={"amount_fen": 19000, "per": "day"}), 201)
    after = ok(await one.answers(one.worker, "refuse"))
    assert (after["state"], after["pay"]["amount_fen"]) == ("agreed", 20000)
    assert after["changes"][-1]["state"] == "refused"
    assert (await terms(one))["version"] == 1


async def test_pay_place_and_work_change_together_with_the_difference_kept(world: World) -> None:
    one = await hired(world)
    pay = {"amount_fen": 400, "per": "piece", "expected_minutes": 10}
    given = {"pay": pay, "place": HOUMA, "description": "改为分拣包裹。"}
    shown = ok(await one.proposes(one.employer, **given), 201)
    change = shown["changes"][-1]
    assert change["before"]["pay"] == {"amount_fen": 20000, "per": "day", "expected_minutes": None}
    assert set(change["after"]) == {"pay", "place", "division", "description"}
    assert shown["job"]["place"]["address"] != HOUMA["address"]
    agreed = ok(await one.answers(one.worker, "accept"))
    assert agreed["job"]["place"]["address"] == HOUMA["address"]
    assert (agreed["pay"]["amount_fen"], agreed["pay"]["hourly_fen"]) == (400, 2400)
    body = (await terms(one))["body"]
    assert (body["job"]["description"], body["job"]["division"][:6]) == ("改为分拣包裹。", "141081")
    houma, yaodu = await world.staff("141081"), await world.staff("141002")
    assert len(ok(await houma.get("/admin/v1/engagements"))["items"]) == 1
    assert ok(await yaodu.get("/admin/v1/engagements"))["items"] == []


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({}, "invalid", ""),
        (later(0), "nothing_changes", None),
        ({"pay": {"amount_fen": 500, "per": "hour"}}, "below_minimum_wage", "/pay/amount_fen"),
        ({"pay": {"amount_fen": 10**9, "per": "hour"}}, "invalid", "/pay/amount_fen"),
        ({"starts_at": tomorrow(8, days=-1).isoformat()}, "shift_invalid", ""),
        ({"ends_at": tomorrow(8, days=6).isoformat()}, "shift_invalid", ""),
        ({"ends_at": tomorrow(7, days=4).isoformat()}, "shift_invalid", ""),
        ({"starts_at": tomorrow(8, days=900).isoformat()}, "shift_invalid", ""),
        ({"description": "限男性,需交押金"}, "wording_refused", "/description"),
        ({"place": {"lng": 116.4, "lat": 39.9, "datum": "wgs84"}}, "place_outside_city", "/place"),
        ({"headcount": 3}, "invalid", "/headcount"),
    ],
)
async def test_what_no_posting_may_say_is_not_proposed_either(
    world: World, given: Json, code: str, pointer: str | None
) -> None:
    one = await hired(world)
    problem = refused(await one.proposes(one.employer, **given), 422, code)
    if pointer:
        assert problem["errors"][0]["pointer"] == pointer
    assert (await one.shown())["changes"] == []


async def test_more_hours_for_the_same_pay_must_not_fall_below_the_minimum(world: World) -> None:
    one = await hired(world)
    longer = {"ends_at": tomorrow(20, days=4).isoformat()}
    refused(await one.proposes(one.employer, **longer), 422, "below_minimum_wage")


async def test_pay_and_place_are_the_employers_to_propose(world: World) -> None:
    one = await hired(world)
    more = {"amount_fen": 30000, "per": "day"}
    problem = refused(await one.proposes(one.worker, pay=more, place=HOUMA), 422, "employers_to_propose")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/pay", "/place"]


async def test_a_newer_proposal_supersedes_but_not_a_change_of_the_posting(world: World) -> None:
    one = await hired(world)
    ok(await one.proposes(one.worker, **later(1)), 201)
    shown = ok(await one.proposes(one.employer, **later(2)), 201)
    assert [change["state"] for change in shown["changes"]] == ["superseded", "proposed"]
    ok(await one.employer.patch(f"/v1/jobs/{one.job['id']}", {"description": "卸三车瓷砖。"}))
    refused(await one.proposes(one.employer, **later(3)), 409, "change_pending")
    refused(await one.proposes(one.worker, **later(3)), 409, "change_pending")


async def test_proposals_stop_at_the_start_and_unanswered_ones_end_there(world: World) -> None:
    one = await hired(world)
    ok(await one.proposes(one.worker, ends_at=tomorrow(15, days=4).isoformat()), 201)
    async with one.at(STARTS - SECOND):
        await end_proposals_at_the_start(world.database)
        assert (await one.shown())["changes"][-1]["state"] == "proposed"
    async with one.at(STARTS):
        refused(await one.answers(one.employer, "accept"), 409, "shift_started")
        refused(await one.proposes(one.worker, **later(2)), 409, "shift_started")
        await end_proposals_at_the_start(world.database)
        after = await one.shown()
    assert (after["changes"][-1]["state"], after["state"]) == ("superseded", "agreed")


async def test_consent_to_a_night_is_not_asked_of_the_young(world: World) -> None:
    today = tomorrow(12, days=0).date()
    one = await hired(world, trade="0101")
    young = await world.worker(born=date(today.year - 17, today.month, min(today.day, 28)))
    ok(await young.applies(one.job), 201)
    engagement = ok(await young.get("/v1/me/engagements"))["items"][0]
    night = {"ends_at": tomorrow(23, days=4).isoformat(), "pay": {"amount_fen": 40000, "per": "day"}}
    path = f"/v1/engagements/{engagement['id']}"
    refused(await one.employer.post(f"{path}/changes", night), 409, "minor_night")
    moved = {"starts_at": tomorrow(18, days=4).isoformat(), "ends_at": tomorrow(23, days=4).isoformat()}
    ok(await one.employer.patch(f"/v1/jobs/{one.job['id']}/shifts/{one.job['shifts'][0]['id']}", moved))
    change = ok(await young.get(path))["changes"][-1]
    refused(await young.post(f"{path}/changes/{change['id']}/accept"), 409, "minor_night")


async def test_strangers_neither_propose_nor_answer(world: World) -> None:
    one = await hired(world)
    ok(await one.proposes(one.employer, **later()), 201)
    change = (await one.shown())["changes"][-1]
    for stranger in (await world.worker(), await world.employer()):
        refused(await one.proposes(stranger, **later()), 404, "not_found")
        refused(await stranger.post(f"{one.path}/changes/{change['id']}/accept"), 404, "not_found")


async def patched(one: Hired, **changes: object) -> Json:
    found: Json = ok(await one.employer.patch(f"/v1/jobs/{one.job['id']}", changes))
    return found


async def test_a_posting_that_changes_asks_everyone_taken_on(world: World) -> None:
    one = await hired(world)
    less = {"amount_fen": 19000, "per": "day", "expected_minutes": None}
    await patched(one, pay=less, title="仓库卸瓷砖")
    shown = await one.shown()
    change = shown["changes"][-1]
    assert (change["by"], change["binding"]) == ("employer", True)
    assert change["after"] == {"pay": less, "title": "仓库卸瓷砖"}
    assert (shown["pay"]["amount_fen"], shown["job"]["title"]) == (20000, one.job["title"])
    newcomer = await world.worker()
    ok(await newcomer.applies(one.job), 201)
    assert ok(await newcomer.get("/v1/me/engagements"))["items"][0]["pay"]["amount_fen"] == 19000
    agreed = ok(await one.answers(one.worker, "accept"))
    assert agreed["pay"]["amount_fen"] == 19000


async def test_refusing_a_changed_posting_frees_at_no_cost_and_the_place_stays(world: World) -> None:
    one = await hired(world)
    await patched(one, insurance={"provided_by": "none"})
    async with one.at(-timedelta(hours=3)):
        assert ok(await one.worker.get(f"{one.path}/cancel-preview"))["free"] is True
        left = ok(await one.answers(one.worker, "refuse"))
    assert (left["state"], left["cancelled_by"], left["notice_minutes"]) == ("cancelled", "employer", 180)
    assert await one.places() == {"headcount": 2, "hired": 0, "left": 2}


@pytest.mark.parametrize("way", ["cancel", "withdraw"])
async def test_leaving_instead_of_answering_is_refusing(world: World, way: str) -> None:
    one = await hired(world)
    await patched(one, description="改为卸水泥。")
    path = one.path if way == "cancel" else f"/v1/applications/{one.application_id}"
    ok(await one.worker.post(f"{path}/{way}"))
    left = await one.shown()
    assert (left["cancelled_by"], left["changes"][-1]["state"]) == ("employer", "refused")
    assert await one.places() == {"headcount": 2, "hired": 0, "left": 2}


async def test_changes_of_a_posting_add_up_and_fall_away_when_put_back(world: World) -> None:
    one = await hired(world)
    await patched(one, description="改为卸水泥。")
    path = f"/v1/jobs/{one.job['id']}/shifts/{one.job['shifts'][0]['id']}"
    times = shift(10, days=4)
    ok(await one.employer.patch(path, {"starts_at": times["starts_at"], "ends_at": times["ends_at"]}))
    change = (await one.shown())["changes"][-1]
    assert set(change["after"]) == {"starts_at", "ends_at", "description"}
    await patched(one, description=one.job["description"])
    assert set((await one.shown())["changes"][-1]["after"]) == {"starts_at", "ends_at"}
    times = shift(8, days=4)
    ok(await one.employer.patch(path, {"starts_at": times["starts_at"], "ends_at": times["ends_at"]}))
    assert [c["state"] for c in (await one.shown())["changes"]] == ["superseded"] * 3


async def test_what_two_agreed_on_apart_stays_when_the_posting_changes_otherwise(world: World) -> None:
    one = await hired(world)
    ok(await one.proposes(one.worker, **later()), 201)
    ok(await one.answers(one.employer, "accept"))
    await patched(one, description="改为卸水泥。")
    assert set((await one.shown())["changes"][-1]["after"]) == {"description"}
    agreed = ok(await one.answers(one.worker, "accept"))
    assert datetime.fromisoformat(agreed["shift"]["starts_at"]) == NINE
    assert (await terms(one))["version"] == 3


async def test_a_posting_back_in_review_keeps_its_trade_too(world: World) -> None:
    one = await hired(world)
    employer = one.employer
    await patched(one, description="卸货,要求男性。")
    assert ok(await employer.get(f"/v1/jobs/{one.job['id']}"))["state"] == "in_review"
    refused(await employer.patch(f"/v1/jobs/{one.job['id']}", {"trade": "0101"}), 409, "people_taken_on")


async def test_consent_and_refusal_at_once_end_in_one_of_them(world: World) -> None:
    one = await hired(world)
    await patched(one, description="改为卸水泥。")
    change = (await one.shown())["changes"][-1]
    path = f"{one.path}/changes/{change['id']}"
    actors: list[Actor] = [one.worker] * 4
    tries = [actor.post(f"{path}/{answer}") for actor in actors for answer in ("accept", "refuse")]
    answers = await asyncio.gather(*tries, one.worker.post(f"{one.path}/cancel"))
    assert sorted({answer.status_code for answer in answers}) == [200, 409]
    after = await one.shown()
    versions = await world.count("terms")
    places = await one.places()
    if after["state"] == "agreed":
        assert (versions, places["hired"]) == (2, 1)
    else:
        assert places == {"headcount": 2, "hired": 0, "left": 2}
    assert await world.count("events", "kind = 'EngagementCancelled'") == (after["state"] == "cancelled")


async def test_a_lump_of_pay_says_among_how_many_minutes_it_is_shared(world: World) -> None:
    lump = {"amount_fen": 60000, "per": "job", "expected_minutes": 960}
    shifts = [shift(8, 8, headcount=2, days=4), shift(8, 8, days=5)]
    one = await hired(world, pay=lump, shifts=shifts)
    assert (await terms(one))["body"]["pay"]["lump_minutes"] == 960
    ok(await one.proposes(one.employer, pay=lump | {"amount_fen": 66000}), 201)
    ok(await one.answers(one.worker, "accept"))
    assert (await terms(one))["body"]["pay"]["lump_minutes"] == 960
