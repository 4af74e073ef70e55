"""What an hour must pay: set by the city for days to come, and what then falls below (rule 4)."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.stations.models import Role
from tests.world import Actor, Json, World, ok, refused, shift

COUNTY = "141002"


def on(days: int, county: str = COUNTY) -> str:
    return f"/admin/v1/minimum-wages/{county}/{clock.today() + timedelta(days=days)}"


def wage(fen: int) -> Json:
    return {"hourly_fen": fen, "source": "晋人社厅发〔2026〕12号"}


@pytest.fixture
async def operator(world: World) -> Actor:
    return await world.staff("1410", Role.OPERATOR)


async def test_what_the_city_set_holds_from_its_day_on(world: World, operator: Actor) -> None:
    ok(await operator.put(on(5), wage(3000)))
    employer = await world.employer()
    pay = {"amount_fen": 2900, "per": "hour"}
    before = await employer.drafts_job(pay=pay, shifts=[shift(days=4)])
    ok(await employer.post(f"/v1/jobs/{before['id']}/submit"))
    after = await employer.drafts_job(pay=pay, shifts=[shift(days=5)])
    refused(await employer.post(f"/v1/jobs/{after['id']}/submit"), 422, "below_minimum_wage")


async def test_postings_that_fall_below_are_counted_and_their_stations_told(
    world: World, operator: Actor
) -> None:
    employer = await world.employer(trusted=True)
    day_20000 = await employer.posts_job(shifts=[shift(8, 8, days=6), shift(8, 8, days=7)])
    await employer.posts_job(shifts=[shift(8, 8, days=2)])  # over by then
    await employer.posts_job(pay={"amount_fen": 3000, "per": "hour"}, shifts=[shift(days=6)])
    piece = {"amount_fen": 500, "per": "piece", "expected_minutes": 12}  # 2500 an hour
    await employer.posts_job(pay=piece, shifts=[shift(days=6)])

    assert ok(await operator.put(on(5), wage(2500)))["jobs_below"] == 0
    found = ok(await operator.put(on(5), wage(2501)))
    assert found["jobs_below"] == 2
    assert found["stations"] == [{"station_id": day_20000["station_id"], "jobs": 2}]

    await world.deliver()
    clerk = await world.staff(day_20000["division"], Role.CLERK)
    alerts = ok(await clerk.get("/admin/v1/alerts"))["items"]
    assert [one["kind"] for one in alerts] == ["wage_below"]
    assert "25.01 元,本站有 2 个岗位" in alerts[0]["text"]


async def test_what_falls_below_is_counted_up_to_the_next_wage(world: World, operator: Actor) -> None:
    employer = await world.employer(trusted=True)
    await employer.posts_job(shifts=[shift(8, 8, days=9)])
    ok(await operator.put(on(8), wage(2400)))
    assert ok(await operator.put(on(5), wage(2600)))["jobs_below"] == 0


@pytest.mark.parametrize("days", [0, -1, -4000])
async def test_what_is_in_force_never_changes(operator: Actor, days: int) -> None:
    refused(await operator.put(on(days), wage(3000)), 409, "wage_in_force")


@pytest.mark.parametrize("county", ["149999", "141099"])
async def test_a_wage_is_a_countys(operator: Actor, county: str) -> None:
    refused(await operator.put(on(5, county), wage(3000)), 404, "not_found")


@pytest.mark.parametrize("fen", [0, 99, 100_001, 2**31, "x"])
async def test_a_wage_is_within_reason(operator: Actor, fen: Any) -> None:
    refused(await operator.put(on(5), {"hourly_fen": fen, "source": "x"}), 422, "invalid")


async def test_the_history_is_read_and_kept_in_the_ledger(world: World, operator: Actor) -> None:
    ok(await operator.put(on(5), wage(3000)))
    ok(await operator.put(on(5), wage(3100)))
    clerk = await world.staff("141081", Role.CLERK)
    items = ok(await clerk.get("/admin/v1/minimum-wages", params={"county_code": COUNTY}))["items"]
    mine = [one for one in items if one["source"].startswith("晋人社")]
    day = (clock.today() + timedelta(days=5)).isoformat()
    assert mine == [{"county_code": COUNTY, "effective_from": day} | wage(3100)]
    assert date.fromisoformat(items[0]["effective_from"]) >= date.fromisoformat(items[-1]["effective_from"])
    auditor = await world.staff(COUNTY, Role.AUDITOR)
    found = ok(await auditor.get("/admin/v1/ledger", params={"action": "minimum_wage"}))["items"]
    assert [(one["before"] or {}).get("hourly_fen") for one in found] == [3000, None]
    assert [one["after"]["hourly_fen"] for one in found] == [3100, 3000]
