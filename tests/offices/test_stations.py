"""The tree of stations: what is where, who may change it, and what the public sees of it."""

import base64
from typing import Any

import pytest
from sqlalchemy import text

from app.stations.models import Role
from tests.world import YAODU, Actor, World, ok, refused

Json = dict[str, Any]
STATIONS = "/admin/v1/stations"
MARKET: Json = {
    "kind": "market",
    "name": "鼓楼零工市场",
    "division": "141002002",
    "place": YAODU,
    "phone": "0357-2091234",
    "hours": [
        {"weekday": day, "from": start, "until": end}
        for day in range(1, 6)
        for start, end in (("14:30", "18:00"), ("08:00", "12:00"))
    ]
    + [{"weekday": 6, "from": "09:00", "until": "12:00"}],
    "services": ["job_seeking", "self_service"],
}


async def station_of(world: World, division: str, kind: str | None = None) -> str:
    """Return the id of a division's open station."""
    async with world.session() as session:
        found = await session.scalar(
            text(
                "SELECT id FROM stations WHERE division = :division AND closed_at IS NULL"
                " AND kind = coalesce(:kind, kind) ORDER BY kind <> 'township', id LIMIT 1"
            ),
            {"division": division, "kind": kind},
        )
    return str(found)


async def manager(world: World, division: str = "1410") -> Actor:
    return await world.staff(division, Role.MANAGER)


async def test_the_tree_goes_from_the_centre_to_every_township(world: World) -> None:
    auditor = await world.staff("1410", Role.AUDITOR)
    items: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ok(await auditor.get(f"{STATIONS}?limit=100{cursor}"))
        items += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None

    kinds = [item["kind"] for item in items]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts == {"centre": 1, "county": 17, "zone": 1, "township": 158}
    assert [item["division"] for item in items] == sorted(item["division"] for item in items)
    by_id = {item["id"]: item for item in items}
    for item in items:
        parent = by_id.get(item["parent_id"])
        assert (parent is None) == (item["kind"] == "centre")
        assert parent is None or item["division"].startswith(parent["division"])
    centre = items[0]["id"]
    below = ok(await auditor.get(f"{STATIONS}?parent_id={centre}&limit=100"))["items"]
    assert {item["kind"] for item in below} == {"county", "zone"}


async def test_staff_see_what_is_within_their_reach_and_no_more(world: World) -> None:
    clerk = await world.staff("141081", Role.CLERK)
    seen = ok(await clerk.get(f"{STATIONS}?limit=100"))["items"]
    assert {item["division"][:6] for item in seen} == {"141081"}
    refused(await clerk.get(f"{STATIONS}/{await station_of(world, '141002')}"), 404, "not_found")
    mine = ok(await clerk.get(f"{STATIONS}/{seen[0]['id']}"))
    assert mine["staff_count"] == 1
    assert set(mine["open_work"]) >= {
        "fairs_ahead",
        "jobs_to_review",
        "employers_to_verify",
        "disputes_open",
        "alerts_unseen",
    }


async def test_a_market_is_opened_changed_and_seen_by_everybody(world: World) -> None:
    yaodu = await manager(world, "141002")
    opened = await yaodu.post(STATIONS, MARKET)
    market = ok(opened, 201)
    assert market["opening_hours"] == "周一至周五 08:00-12:00、14:30-18:00;周六 09:00-12:00"
    assert market["parent_id"] == await station_of(world, "141002", "county")
    assert market["position_approximate"] is False

    path = f"{STATIONS}/{market['id']}"
    changes = {"phone": "0357-7654321", "hours_notice": "国庆休息三天", "services": ["training"]}
    stale = {"If-Match": '"7"'}
    refused(await yaodu.patch(path, changes, headers=stale), 412, "stale")
    answer = await yaodu.patch(path, changes, headers={"If-Match": opened.headers["etag"]})
    assert ok(answer)["version"] == 2
    assert answer.headers["etag"] == '"2"'

    shown = ok(await world.nobody.get(f"/v1/stations/{market['id']}"))
    assert shown["services"] == [{"code": "training", "name": "技能培训"}]
    assert (shown["phone"], shown["hours_notice"]) == ("0357-7654321", "国庆休息三天")
    near = ok(await world.nobody.get("/v1/stations?lng=111.519&lat=36.0889&datum=wgs84&limit=1"))
    assert near["items"][0]["id"] == market["id"]
    auditor = await world.staff("1410", Role.AUDITOR)
    entries = ok(await auditor.get(f"/admin/v1/ledger?object_id={market['id']}"))["items"]
    assert [entry["action"] for entry in entries] == ["station.change", "station.open"]
    assert entries[0]["before"]["phone"] == "0357-2091234"


async def test_what_does_not_fit_is_not_opened(world: World) -> None:
    yaodu = await manager(world, "141002")
    ok(await yaodu.post(STATIONS, MARKET), 201)
    township = MARKET | {"kind": "township", "name": "另一个服务站"}
    refused(await yaodu.post(STATIONS, MARKET), 409, "station_name_taken")
    refused(await yaodu.post(STATIONS, township), 409, "township_has_a_station")
    for division in ("141081001", "141002", "141002999"):
        answer = await yaodu.post(STATIONS, MARKET | {"name": "别处", "division": division})
        refused(answer, 422, "division_unfit")
    there = {"lng": 111.371, "lat": 35.62, "datum": "wgs84"}
    answer = await yaodu.post(STATIONS, MARKET | {"name": "别处", "place": there})
    refused(answer, 422, "place_outside_division")
    for parent in (await station_of(world, "141081001"), await station_of(world, "141081", "county")):
        answer = await yaodu.post(STATIONS, MARKET | {"name": "别处", "parent_id": parent})
        refused(answer, 422, "parent_unfit")
    clerk = await world.staff("141002", Role.CLERK)
    refused(await clerk.post(STATIONS, MARKET | {"name": "别处"}), 404, "not_found")


async def test_an_approximate_position_is_corrected_on_the_map(world: World) -> None:
    houma = await manager(world, "141081")
    path = f"{STATIONS}/{await station_of(world, '141081001')}"
    assert ok(await houma.get(path))["position_approximate"] is True
    place = {"lng": 111.3778, "lat": 35.6213, "datum": "gcj02", "address": "路东街 8 号"}

    corrected = ok(await houma.put(f"{path}/position", {"place": place}))

    assert (corrected["position_approximate"], corrected["address"]) == (False, "路东街 8 号")
    back = ok(await houma.get(f"{path}?datum=gcj02"))["place"]
    assert (back["lng"], back["lat"]) == (place["lng"], place["lat"])
    at = ok(await world.nobody.get("/v1/divisions/at?lng=111.3778&lat=35.6213&datum=gcj02"))
    assert (at["township"]["code"], at["approximate"]) == ("141081001", False)
    refused(await houma.put(f"{path}/position", {"place": YAODU}), 422, "place_outside_division")


async def test_a_station_moves_and_gets_another_parent_above_it_only(world: World) -> None:
    yaodu = await manager(world, "141002")
    market = ok(await yaodu.post(STATIONS, MARKET), 201)
    township = await station_of(world, "141002002")
    body = {"place": YAODU | {"address": "新楼"}, "parent_id": township, "reason": "搬迁"}

    moved = ok(await yaodu.post(f"{STATIONS}/{market['id']}/move", body))
    assert (moved["parent_id"], moved["address"]) == (township, "新楼")

    # Upside down, to itself, or out of the county: there is no way to a cycle.
    for station, parent in (
        (township, market["id"]),
        (township, township),
        (market["id"], await station_of(world, "141081001")),
    ):
        answer = await yaodu.post(f"{STATIONS}/{station}/move", body | {"parent_id": parent})
        refused(answer, 422, "parent_unfit")


async def test_a_market_manager_runs_the_market_and_nothing_beside_it(world: World) -> None:
    yaodu = await manager(world, "141002")
    market = ok(await yaodu.post(STATIONS, MARKET), 201)
    given = {"username": "market.head", "name": "李工", "role": "manager", "station_id": market["id"]}
    head = await world.appointed(yaodu, given)

    ok(await head.patch(f"{STATIONS}/{market['id']}", {"phone": "12345"}))
    township = await station_of(world, "141002002")
    ok(await head.get(f"{STATIONS}/{township}"))
    refused(await head.patch(f"{STATIONS}/{township}", {"phone": "12345"}), 404, "not_found")
    refused(await head.post(STATIONS, MARKET | {"name": "又一个"}), 422, "division_unfit")


@pytest.mark.parametrize(
    "hours",
    [{"weekday": 8, "from": "08:00", "until": "09:00"}, {"weekday": 1, "from": "9:00", "until": "08:00"}],
)
async def test_hours_are_hours(world: World, hours: Json) -> None:
    yaodu = await manager(world, "141002")
    refused(await yaodu.post(STATIONS, MARKET | {"hours": [hours]}), 422, "invalid")


async def test_the_qr_code_is_a_picture(world: World) -> None:
    city = await manager(world)
    given = {
        "username": "wang.fang",
        "name": "王芳",
        "role": "clerk",
        "station_id": await station_of(world, "141002002"),
    }
    answer = await city.post("/admin/v1/staff", given)
    shown = ok(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    kind, _, drawn = shown["totp_qr"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b"<svg" in base64.b64decode(drawn)
    assert shown["totp_uri"].startswith("otpauth://totp/")
