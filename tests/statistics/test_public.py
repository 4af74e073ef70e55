"""The public dashboard: made by the clock, without anything small."""

from datetime import timedelta

from sqlalchemy import text

from app.core import clock
from app.statistics.dashboard import publish
from app.statistics.queries import month_before
from tests.world import Json, World, ok


async def put(world: World, day: str, division: str, value: int) -> None:
    async with world.session() as session:
        await session.execute(
            text(
                "INSERT INTO daily_figures (day, division, trade, key_group, figure, value)"
                " VALUES (CAST(CAST(:day AS text) AS date), :division, '*', '', 'taken_on', :value)"
            ),
            {"day": day, "division": division, "value": value},
        )


def cells(of: list[Json]) -> Json:
    return {one["figure"]: (one["value"], one["suppressed"]) for one in of}


async def test_small_counties_are_hidden_and_can_t_be_reckoned(world: World) -> None:
    month = month_before(clock.today()).isoformat()
    for division, value in (("141002001", 40), ("141081001", 12), ("141021001", 9), ("141022001", 3)):
        await put(world, month, division, value)
    await publish(world.database)
    answer = await world.nobody.get("/v1/statistics")
    found = ok(answer)
    last = found["months"][0]
    assert (last["month"], len(found["months"]), len(last["counties"])) == (month[:7], 12, 17)
    assert cells(last["city"])["taken_on"] == (64, False)
    said = {one["division"]: cells(one["figures"])["taken_on"] for one in last["counties"]}
    assert said["141002"] == (40, False)
    assert said["141022"] == (None, True)
    left = 64 - sum(value for value, _ in said.values() if value)
    # Thirteen of the seventeen have nothing and one has three: each of them could have had the three.
    assert left == 3
    assert len([value for value, _ in said.values() if value is None]) == 14
    assert cells(last["city"])["applications"] == (None, True)


async def test_one_small_county_takes_another_with_it(world: World) -> None:
    month = month_before(clock.today()).isoformat()
    async with world.session() as session:
        rows = await session.execute(text("SELECT code FROM divisions WHERE level = 'county' ORDER BY code"))
        counties = [row[0] for row in rows]
    for n, code in enumerate(counties):
        await put(world, month, f"{code}001", 3 if n == 0 else 10 + n)
    await publish(world.database)
    (last, *_) = ok(await world.nobody.get("/v1/statistics"))["months"]
    said = {one["division"]: cells(one["figures"])["taken_on"] for one in last["counties"]}
    assert [code for code, (value, _) in said.items() if value is None] == counties[:2]
    assert cells(last["city"])["taken_on"][0] == 3 + sum(10 + n for n in range(1, len(counties)))


async def test_it_is_kept_by_caches_and_made_by_the_clock(world: World) -> None:
    assert ok(await world.nobody.get("/v1/statistics")) == {
        "made_at": None,
        "last_30_days": [],
        "months": [],
        "fairs": None,
    }
    yesterday = clock.today() - timedelta(1)
    await put(world, yesterday.isoformat(), "141002001", 30)
    await put(world, clock.today().isoformat(), "141002001", 1)
    await publish(world.database)
    first = await world.nobody.get("/v1/statistics")
    assert cells(ok(first)["last_30_days"])["taken_on"] == (30, False)
    assert first.headers["cache-control"] == "public, max-age=300"
    again = await world.nobody.get("/v1/statistics", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    # Days that are under way, and counties' days, are not said at all: their differences would tell.
    assert set(ok(first)) == {"made_at", "last_30_days", "months", "fairs"}
    await publish(world.database)
    assert await world.count("public_dashboards") == 1
