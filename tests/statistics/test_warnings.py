"""Early warnings: once a county, kind and day, by the county's own thresholds."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import clock
from app.stations.models import Role
from app.statistics.models import WarningKind
from app.statistics.schemas import Limits
from app.statistics.watching import County, past, watch
from tests.disputes.cases import scene
from tests.engagements.hired import hired
from tests.statistics.city import count
from tests.world import Actor, World, ok, refused

PATH = "/admin/v1/statistics"
LOW = Limits(unfilled_places=1, overdue_count=1, cancellations=1, disputes=1).model_dump()


async def kinds(actor: Actor) -> list[str]:
    return [one["kind"] for one in ok(await actor.get(f"{PATH}/warnings"))["items"]]


async def test_a_county_is_warned_of_what_is_past_its_own_thresholds(world: World) -> None:
    at = await scene(world)
    await at.owed(overdue=True)
    await at.complains("injury")
    await world.deliver()
    await count(world)
    await watch(world.database)
    county = await world.staff("141002", Role.MANAGER)
    assert await kinds(county) == []
    ok(await county.put(f"{PATH}/thresholds", LOW))
    for _ in range(3):
        await watch(world.database)
    assert sorted(await kinds(county)) == ["disputes_rising", "wages_overdue"]
    await world.deliver()
    alerts = ok(await county.get("/admin/v1/alerts?limit=100"))["items"]
    early = [one for one in alerts if one["kind"].startswith("early_")]
    assert sorted(one["kind"] for one in early) == ["early_disputes_rising", "early_wages_overdue"]
    assert {one["station_id"] for one in early} == {ok(await county.get("/admin/v1/me"))["station_id"]}
    assert "1 笔" in next(one["text"] for one in early if one["kind"] == "early_wages_overdue")
    assert await kinds(await world.staff("141081")) == []
    assert len(await kinds(await world.staff("1410", Role.AUDITOR))) == 2


async def test_an_employer_that_cancels_on_many_is_named_to_the_county(world: World) -> None:
    one = await hired(world)
    ok(await one.employer.post(f"{one.path}/cancel", {"reason": "活取消了"}))
    ok(await (await world.staff("1410", Role.MANAGER)).put(f"{PATH}/thresholds", LOW))
    await count(world)
    await watch(world.database)
    (found,) = [
        each
        for each in ok(await (await world.staff("141002")).get(f"{PATH}/warnings"))["items"]
        if each["kind"] == "mass_cancellations"
    ]
    assert (found["value"], found["threshold"], found["title"]) == (1, 1, "用工主体大量取消")
    assert found["details"] == {"employers": [one.employer.employer_id], "cancelled": 1}


async def test_unfilled_is_held_against_a_week_ago(world: World) -> None:
    today = clock.today()
    async with world.session() as session:
        for day, division, value in (
            (today, "141002001", 30),
            (today - timedelta(7), "141002001", 25),
            (today, "141081001", 30),
            (today - timedelta(7), "141081001", 20),
        ):
            await session.execute(
                text(
                    "INSERT INTO daily_figures (day, division, trade, key_group, figure, value)"
                    " VALUES (:day, :division, '*', '', 'places_short', :value)"
                ),
                {"day": day, "division": division, "value": value},
            )
    await watch(world.database)
    found = ok(await (await world.staff("1410")).get(f"{PATH}/warnings"))["items"]
    assert [(one["county"], one["kind"]) for one in found] == [("141081", "unfilled_rising")]
    assert found[0]["details"] == {"now": 30, "a_week_ago": 20}


async def test_thresholds_are_the_county_s_or_the_city_s(world: World) -> None:
    city, county = await world.staff("1410", Role.MANAGER), await world.staff("141002", Role.MANAGER)
    before = {one["division"]: one for one in ok(await city.get(f"{PATH}/thresholds"))["items"]}
    assert len(before) == 18
    assert not any(one["own"] for one in before.values())
    ok(await city.put(f"{PATH}/thresholds", {"disputes": 9}))
    ok(await county.put(f"{PATH}/thresholds", {"disputes": 3}, headers={"If-Match": '"0"'}))
    refused(
        await county.put(f"{PATH}/thresholds", {"disputes": 4}, headers={"If-Match": '"0"'}), 412, "stale"
    )
    after = {one["division"]: one for one in ok(await city.get(f"{PATH}/thresholds"))["items"]}
    said = {code: after[code]["limits"]["disputes"] for code in ("1410", "141002", "141081")}
    assert said == {"1410": 9, "141002": 3, "141081": 9}
    assert await world.count("ledger", "action = 'thresholds.set'") == 2
    township = await world.staff("141002001", Role.MANAGER)
    assert [one["division"] for one in ok(await township.get(f"{PATH}/thresholds"))["items"]] == ["141002"]
    refused(await township.put(f"{PATH}/thresholds", {"disputes": 4}), 409, "no_countys_station")
    refused(await county.put(f"{PATH}/thresholds", {"disputes": 0}), 422, "invalid")
    clerk = await world.staff("141002", Role.CLERK)
    refused(await clerk.put(f"{PATH}/thresholds", {"disputes": 4}), 404, "not_found")


@pytest.mark.parametrize(
    ("county", "found"),
    [
        (County(), []),
        (County(short=20), [WarningKind.UNFILLED_RISING]),
        (County(short=20, short_before=14), []),
        (County(short=21, short_before=14), [WarningKind.UNFILLED_RISING]),
        (County(short=19), []),
        (County(overdue=5), [WarningKind.WAGES_OVERDUE]),
        (County(overdue=4, overdue_fen=2_000_000), [WarningKind.WAGES_OVERDUE]),
        (County(overdue=4, overdue_fen=1_999_999), []),
        (County(cancelled={"a": 9, "b": 9}), []),
        (County(cancelled={"a": 10, "b": 9}), [WarningKind.MASS_CANCELLATIONS]),
        (County(disputes=5, disputes_before=3), []),
        (County(disputes=6, disputes_before=3), [WarningKind.DISPUTES_RISING]),
    ],
)
def test_what_is_past_a_threshold(county: County, found: list[WarningKind]) -> None:
    assert [one.kind for one in past(county, Limits())] == found
