"""Walking a search to its end: in order, nothing lost, nothing twice, whatever changes meanwhile."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from app.geo.points import Wgs84
from app.jobs import listings
from tests.jobs.bazaar import Bazaar, bazaar
from tests.world import Json, World, ok

Key = Callable[[Json], Any]
ORDERS: dict[str, tuple[Key, bool]] = {
    "distance": (lambda item: item["distance_m"], False),
    "newest": (lambda item: datetime.fromisoformat(item["job"]["published_at"]), True),
    "pay": (lambda item: item["job"]["hourly_fen"], True),
    "starts": (lambda item: datetime.fromisoformat(item["job"]["next_shift"]["starts_at"]), False),
}
NEAR: Json = {"lng": 111.5, "lat": 36.1, "datum": "wgs84"}
FILTERS: list[Json] = [{}, {"trade": "one"}, {"min_hourly_fen": 2000}, {"division": "1410"}, {"q": "货"}]


@pytest.mark.parametrize("sort", list(ORDERS))
@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_every_order_is_kept_to_the_end(world: World, sort: str, filters: Json) -> None:
    market = await bazaar(world, 150)
    asked = NEAR | filters | {"sort": sort}
    if "trade" in filters:
        asked["trade"] = market.offers[0].trade
    items = await market.walk(asked)
    ids = [item["job"]["id"] for item in items]
    assert len(set(ids)) == len(ids) > 7
    assert set(ids) == await market.expected(asked)
    key, falls = ORDERS[sort]
    keys = [key(item) for item in items]
    assert keys == sorted(keys, reverse=falls)


async def test_a_whole_building_site_at_one_point_is_walked(world: World) -> None:
    """More jobs at the very same point than a page or the first reading holds."""
    market = await bazaar(world, 3)
    one = market.offers[0]
    async with world.session() as session:
        await session.execute(
            text("UPDATE jobs SET point = (SELECT point FROM jobs WHERE id = :id)"), {"id": one.id}
        )
    market = await _all_at(market, one.point, 200)
    items = await market.walk(NEAR)
    assert len({item["job"]["id"] for item in items}) == len(items) == 200
    assert len({item["distance_m"] for item in items}) == 1


async def _all_at(market: Bazaar, point: Wgs84, count: int) -> Bazaar:
    await _empty(market.world)
    grown = await bazaar(market.world, count, seed=5)
    async with market.world.session() as session:
        place = {"lng": point.lng, "lat": point.lat}
        moved = "UPDATE jobs SET point = ST_SetSRID(ST_MakePoint(:lng, :lat), 4326)::geography"
        await session.execute(text(moved), place)
        await listings.rebuild(session)
    return grown


async def _empty(world: World) -> None:
    async with world.session() as session:
        await session.execute(text("DELETE FROM shifts"))
        await session.execute(text("DELETE FROM jobs"))


@pytest.mark.parametrize("sort", list(ORDERS))
async def test_what_does_not_change_is_met_once_while_the_rest_changes(world: World, sort: str) -> None:
    market, chance = await bazaar(world, 200), random.Random(11)
    steady = {str(offer.id) for offer in market.offers[:100]}
    restless = [offer.id for offer in market.offers[100:]]
    met: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(await world.http.get("/v1/jobs", params=NEAR | {"sort": sort, "limit": 7} | cursor))
        met += [item["job"]["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await _upset(world, chance.sample(restless, 20), chance)
    assert sorted(one for one in met if one in steady) == sorted(steady)


async def _upset(world: World, jobs: list[Any], chance: random.Random) -> None:
    """Close, open again, move, pay otherwise and publish anew."""
    changes = (
        "state = 'closed', closed_because = 'withdrawn'",
        "state = 'open', closed_because = NULL, published_at = now()",
        "point = ST_SetSRID(ST_MakePoint(111.5, 36.1), 4326)::geography",
        "pay_fen = 9900",
        "pay_fen = 1700, published_at = '2020-01-01'",
    )
    async with world.session() as session:
        for job_id in jobs:
            change = chance.choice(changes)
            await session.execute(text(f"UPDATE jobs SET {change} WHERE id = :id"), {"id": job_id})  # noqa: S608
        await listings.refresh(session, jobs)


CALLERS = {
    "in the city": Wgs84(111.52, 36.09),
    "Yongji, beyond the border": Wgs84(110.45, 34.87),
    "Taiyuan": Wgs84(112.55, 37.87),
    "as far as the plane goes, west": Wgs84(107.77, 38.9),
    "as far as the plane goes, south-east": Wgs84(115.17, 32.79),
    "just too far for the plane": Wgs84(115.2, 36.0),
    "Beijing": Wgs84(116.4, 39.9),
    "Shenzhen": Wgs84(114.06, 22.55),
    "Kashgar": Wgs84(75.99, 39.47),
    "Fuyuan, where the sun rises first": Wgs84(134.29, 48.37),
    "Sanya": Wgs84(109.5, 18.25),
}


@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS.keys())
async def test_distances_are_true_and_the_nearest_come_first(world: World, caller: Wgs84) -> None:
    market = await bazaar(world, 250)
    away = await market.distances(caller)
    asked = {"lng": caller.lng, "lat": caller.lat, "datum": "wgs84"}
    items = await market.walk(asked)
    assert len(items) == 250
    for item in items:
        assert item["distance_m"] == pytest.approx(away[item["job"]["id"]], abs=1.0)
    shown = [item["distance_m"] for item in items]
    assert shown == sorted(shown)


async def test_who_is_far_is_told_so_within_any_circle(world: World) -> None:
    market = await bazaar(world, 30)
    far = {"lng": 116.4, "lat": 39.9, "datum": "wgs84", "within_m": 200_000}
    assert await market.walk(far) == []
    assert await market.expected(far) == set()
