"""Trades: added, changed, retired; what was posted keeps its trade."""

from typing import Any

import pytest

from app.stations.models import Role
from app.trades import reference
from tests.world import Actor, Json, World, ok, refused, shift

TRADES = "/admin/v1/trades"
NEW = {"code": "9901", "name": "无人机操作员", "group": "新职业", "synonyms": "飞手"}


@pytest.fixture
async def operator(world: World) -> Actor:
    return await world.staff("1410", Role.OPERATOR)


async def shown(world: World, code: str) -> Json:
    items = ok(await world.nobody.get("/v1/trades"))["items"]
    (found,) = [one for one in items if one["code"] == code]
    trade: Json = found
    return trade


async def test_a_new_trade_is_there_to_post_and_to_find(world: World, operator: Actor) -> None:
    ok(await operator.post(TRADES, NEW), 201)
    assert (await shown(world, "9901"))["name"] == "无人机操作员"
    employer = await world.employer(trusted=True)
    await employer.posts_job(trade="9901")
    found = ok(await world.nobody.get("/v1/jobs", params={"trade": "9901", "q": "飞手"}))["items"]
    assert len(found) == 1


async def test_a_retired_trade_is_posted_no_more_and_kept_by_what_has_it(
    world: World, operator: Actor
) -> None:
    ok(await operator.post(TRADES, NEW), 201)
    employer = await world.employer(trusted=True)
    old = await employer.posts_job(trade="9901")
    drafted = await employer.drafts_job(trade="9901", shifts=[shift(days=3)])
    ok(await operator.patch(f"{TRADES}/9901", {"retired": True}))

    assert (await shown(world, "9901"))["retired"] is True
    answer = await employer.post("/v1/jobs", employer.draft(trade="9901"))
    assert refused(answer, 422, "invalid")["errors"][0]["code"] == "trade_retired"
    answer = await employer.post(f"/v1/jobs/{drafted['id']}/submit")
    assert refused(answer, 422, "invalid")["errors"][0]["code"] == "trade_retired"
    copied = ok(await employer.post(f"/v1/jobs/{old['id']}/copy"), 201)
    assert copied["trade"] == "9901"

    ok(await employer.patch(f"/v1/jobs/{old['id']}", {"trade": "9901", "title": "试飞"}))
    worker = await world.worker()
    assert ok(await worker.applies(old), 201)["shifts"][0]["state"] == "accepted"

    ok(await operator.patch(f"{TRADES}/9901", {"retired": False}))
    ok(await employer.post("/v1/jobs", employer.draft(trade="9901")), 201)


async def test_a_code_is_never_given_again(operator: Actor) -> None:
    ok(await operator.post(TRADES, NEW), 201)
    ok(await operator.patch(f"{TRADES}/9901", {"retired": True}))
    refused(await operator.post(TRADES, NEW), 409, "trade_code_taken")
    refused(await operator.delete(f"{TRADES}/9901"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"group": None}, "group_missing"),
        ({"code": "0399"}, "group_of_another_code"),
        ({"certificate": "NONE"}, "certificate_unknown"),
    ],
)
async def test_a_trade_is_of_a_group_and_names_a_certificate_that_exists(
    operator: Actor, given: Json, code: str
) -> None:
    answer = await operator.post(TRADES, NEW | given)
    assert refused(answer, 422, "invalid")["errors"][0]["code"] == code


async def test_a_trade_of_a_group_that_exists_takes_its_name(operator: Actor) -> None:
    made = ok(await operator.post(TRADES, {"code": "0398", "name": "跟车"}), 201)
    (other,) = [row["group"] for row in reference.rows("trades.csv") if row["code"] == "0301"]
    assert made["group"] == other


async def test_a_certificate_asked_later_is_asked_of_who_applies_later(world: World, operator: Actor) -> None:
    ok(await operator.post(TRADES, NEW), 201)
    employer = await world.employer(trusted=True)
    job = await employer.posts_job(trade="9901", shifts=[shift(headcount=2)])
    first, second = await world.worker(), await world.worker()
    assert ok(await first.applies(job), 201)["shifts"][0]["state"] == "accepted"
    ok(await operator.patch(f"{TRADES}/9901", {"certificate": "SW-WELD"}))
    refused(await second.applies(job), 409, "certificate_missing")


async def test_loading_the_reference_data_keeps_what_the_city_changed(world: World, operator: Actor) -> None:
    ok(await operator.patch(f"{TRADES}/0301", {"name": "装卸工", "hazardous": True}))
    async with world.session() as session:
        await reference.load(session)
    trade = await shown(world, "0301")
    assert (trade["name"], trade["hazardous"]) == ("装卸工", True)


async def test_two_operators_do_not_write_over_each_other(operator: Actor) -> None:
    made = await operator.post(TRADES, NEW)
    seen = {"If-Match": made.headers["ETag"]}
    ok(await operator.patch(f"{TRADES}/9901", {"name": "甲"}, headers=seen))
    refused(await operator.patch(f"{TRADES}/9901", {"name": "乙"}, headers=seen), 412, "stale")


async def test_a_change_is_in_the_ledger(world: World, operator: Actor) -> None:
    ok(await operator.patch(f"{TRADES}/0301", {"retired": True}))
    auditor = await world.staff("1410", Role.AUDITOR)
    (entry,) = ok(await auditor.get("/admin/v1/ledger", params={"object_kind": "trade"}))["items"]
    assert entry["action"] == "trade.change"
    assert (entry["before"]["retired"], entry["after"]["retired"]) == (False, True)


@pytest.mark.parametrize("changes", [{"code": "9902"}, {"group": "x"}, {"name": ""}, {"hazardous": 3}])
async def test_what_is_fixed_stays(operator: Actor, changes: dict[str, Any]) -> None:
    refused(await operator.patch(f"{TRADES}/0301", changes), 422, "invalid")
