"""What a search finds: every filter, alone and with others, against a plain account of the jobs."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.core import clock
from app.geo.points import Datum, Wgs84, shown
from tests.jobs.bazaar import Bazaar, bazaar
from tests.world import Json, World, ok, refused


def day(number: int) -> str:
    return clock.start_of(clock.today() + timedelta(days=number)).isoformat()


def drawn(chance: random.Random, market: Bazaar) -> Json:
    """Draw filters: each is there or not."""
    near = chance.choice(market.offers)
    datum = chance.choice(list(Datum))
    lng, lat = shown(Wgs84(near.point.lng + 0.01, near.point.lat), datum)
    possible: list[Json] = [
        {"trade": chance.choice((near.trade, near.trade[:2]))},
        {"division": near.division[: chance.choice((4, 6, 9))]},
        {"min_hourly_fen": chance.choice((1800, 2000, 2001, 4000))},
        {"starts_from": day(chance.randint(0, 8))},
        {"starts_until": day(chance.randint(9, 11))},
        {"hiring": near.hiring.value},
        {
            "q": chance.choice(
                ("货", "卸货", "力工打灰", "仓库卸货", "a1", "iphone 贴膜", "搬运工 日结", "3号 卸")
            )
        },
    ]
    asked: Json = {}
    for one in possible:
        if chance.random() < 0.35:
            asked |= one
    if chance.random() < 0.7:
        asked |= {"lng": lng, "lat": lat, "datum": datum.value}
        if chance.random() < 0.6:
            asked["within_m"] = chance.choice((900, 2_300, 4_700, 20_011, 91_003))
    sorts = ["newest", "pay", "starts", None] + (["distance"] if "lng" in asked else [])
    if sort := chance.choice(sorts):
        asked["sort"] = sort
    return asked


async def test_any_combination_of_filters_finds_what_meets_them_all(world: World) -> None:
    market, chance = await bazaar(world), random.Random(7)
    seen = 0
    for _ in range(150):
        asked = drawn(chance, market)
        found = [item["job"]["id"] for item in await market.walk(asked, limit=50)]
        expected = await market.expected(asked)
        assert sorted(found) == sorted(expected), asked
        seen += bool(found)
    assert seen > 75, "most draws find something, or the test shows little"


@pytest.mark.parametrize(
    "asked",
    [
        {"trade": "NONE"},
        {"division": "141002"},
        {"min_hourly_fen": 2500},
        {"hiring": "instant"},
        {"q": "货"},
        {"q": "卸货"},
        {"q": "仓库卸货"},
        {"q": "IPHONE"},
        {"q": "a1车"},
        {"q": "力工 打灰"},
    ],
)
async def test_a_filter_alone(world: World, asked: Json) -> None:
    market = await bazaar(world, 80, seed=3)
    if "trade" in asked:
        asked = {"trade": market.offers[0].trade}
    if "division" in asked:
        asked = {"division": market.offers[0].division[:6]}
    expected = await market.expected(asked)
    assert 0 < len(expected) < 80, "the filter parts the jobs"
    assert {item["job"]["id"] for item in await market.walk(asked)} == expected


async def test_a_search_is_one_statement(world: World) -> None:
    market = await bazaar(world, 60)
    near = market.offers[0].point
    place: Json = {"lng": near.lng, "lat": near.lat, "datum": "wgs84"}
    ok(await world.http.get("/v1/jobs", params=place))
    statements: list[str] = []
    pool = await world.database.readers()
    original = type(pool).fetchrow

    async def counted(self: Any, query: str, *values: Any, **given: Any) -> Any:
        statements.append(query)
        return await original(self, query, *values, **given)

    type(pool).fetchrow = counted
    try:
        for asked in (place, place | {"within_m": 5000, "q": "货"}, {"sort": "pay"}):
            statements.clear()
            assert ok(await world.http.get("/v1/jobs", params=asked | {"limit": 5}))["items"]
            assert len(statements) == 1
    finally:
        type(pool).fetchrow = original


async def test_places_are_shown_in_the_datum_asked_for(world: World) -> None:
    market = await bazaar(world, 20)
    offers = {str(offer.id): offer for offer in market.offers}
    for given, expected in (({}, Datum.gcj02), *(({"datum": d.value}, d) for d in Datum)):
        for item in await market.walk(given):
            place = item["job"]["place"]
            assert place["datum"] == expected.value
            point = offers[item["job"]["id"]].point
            assert (place["lng"], place["lat"]) == pytest.approx(shown(point, expected), abs=1e-6)
            assert item["distance_m"] is None


async def test_an_answer_that_is_known_is_not_sent_again(world: World) -> None:
    await bazaar(world, 10)
    first = await world.http.get("/v1/jobs")
    assert "public" in first.headers["cache-control"]
    again = await world.http.get("/v1/jobs", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await world.http.get("/v1/jobs?limit=3", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


async def test_what_has_started_or_is_past_its_validity_is_not_found(world: World) -> None:
    market = await bazaar(world, 5)
    async with world.session() as session:
        await session.execute(
            text("UPDATE listings SET open_until = now() - interval '1 s' WHERE job_id = :id"),
            {"id": market.offers[0].id},
        )
    found = {item["job"]["id"] for item in await market.walk({})}
    assert found == {str(offer.id) for offer in market.offers[1:]}


PLACE = "lng=111.5&lat=36.1&datum=wgs84"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("lng=111.5", "/lat", "missing"),
        ("lat=36.1&datum=wgs84", "/lng", "missing"),
        ("lng=111.5&lat=36.1", "/datum", "missing"),
        ("lng=2.35&lat=48.85&datum=wgs84", "/lng", "place_outside_china"),
        ("lng=nan&lat=36.1&datum=wgs84", "/lng", "finite_number"),
        ("lng=x&lat=36.1&datum=wgs84", "/lng", "float_parsing"),
        (PLACE + "&datum=utm", "/datum", "enum"),
        ("within_m=5000", "/within_m", "place_required"),
        (PLACE + "&within_m=0", "/within_m", "greater_than_equal"),
        ("sort=distance", "/sort", "place_required"),
        ("sort=near", "/sort", "enum"),
        ("limit=101", "/limit", "less_than_equal"),
        ("limit=0", "/limit", "greater_than_equal"),
        ("trade=9999", "/trade", "trade_unknown"),
        ("trade=x", "/trade", "string_pattern_mismatch"),
        ("division=141099", "/division", "division_unknown"),
        ("division=14100", "/division", "string_pattern_mismatch"),
        ("q=%E3%80%82!", "/q", "q_without_words"),
        ("q=%00", "/q", "q_without_words"),
        ("min_hourly_fen=-1", "/min_hourly_fen", "greater_than_equal"),
        ("starts_from=2026-12-01T00:00:00", "/starts_from", "timezone_aware"),
        (
            "starts_from=2026-12-02T00:00:00Z&starts_until=2026-12-02T08:00:00%2B08:00",
            "/starts_until",
            "ends_before_it_starts",
        ),
        ("cursor=AAAA", "/cursor", "cursor_invalid"),
        ("cursor=%E4", "/cursor", "string_pattern_mismatch"),
        ("hourly=5", "/hourly", "extra_forbidden"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_pointer(
    world: World, query: str, pointer: str, code: str
) -> None:
    whole = "cursor_invalid" if code == "cursor_invalid" else "invalid"
    problem = refused(await world.http.get(f"/v1/jobs?{query}"), 422, whole)
    assert (pointer, "query", code) in [(e["pointer"], e["in"], e["code"]) for e in problem["errors"]]


async def test_times_at_the_ends_of_the_calendar_are_no_failure(world: World) -> None:
    for query in ("starts_from=9998-12-30T00:00:00Z", "starts_until=0002-01-02T00:00:00Z"):
        assert ok(await world.http.get(f"/v1/jobs?{query}"))["items"] == []


async def test_a_cursor_is_good_for_its_own_search_alone(world: World) -> None:
    await bazaar(world, 30)
    cursor = ok(await world.http.get("/v1/jobs?limit=5&sort=pay"))["next_cursor"]
    ok(await world.http.get(f"/v1/jobs?limit=9&sort=pay&cursor={cursor}"))
    for other in ("sort=newest", "sort=pay&hiring=instant", "sort=pay&datum=bd09"):
        refused(await world.http.get(f"/v1/jobs?limit=5&{other}&cursor={cursor}"), 422, "cursor_invalid")
