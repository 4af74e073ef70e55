"""Which station is responsible for what: by assignment, by its own, by nearness; and the zone's boundary."""

from typing import Any

import pytest

from app.stations.models import Role
from tests.offices.test_stations import STATIONS, manager, station_of
from tests.world import YAODU, World, ok, refused

Json = dict[str, Any]
TOWNSHIPS = "townships"
ZONE = "141002400"
# Around YAODU's place, some four kilometres wide.
SQUARE = [[111.5, 36.07], [111.54, 36.07], [111.54, 36.11], [111.5, 36.11], [111.5, 36.07]]


def polygon(*rings: list[list[float]], datum: str = "wgs84") -> Json:
    return {"datum": datum, "boundary": {"type": "Polygon", "coordinates": list(rings)}}


async def where(world: World) -> tuple[str, str]:
    """Return the division and the station of what is posted at YAODU's place."""
    job = await (await world.employer(trusted=True)).posts_job()
    return job["division"], job["station_id"]


async def closes(world: World, division: str, **given: Any) -> None:
    city = await manager(world)
    path = f"{STATIONS}/{await station_of(world, division, 'township')}/close"
    ok(await city.post(path, {"reason": "合署办公"} | given))


async def test_a_township_is_its_own_stations(world: World) -> None:
    township, station = await where(world)
    assert station == await station_of(world, township, "township")


async def test_an_assigned_township_is_the_other_stations_to_serve_and_reach(world: World) -> None:
    township, _ = await where(world)
    beside = next(code for code in ("141002101", "141002102") if code != township)
    there, yaodu = await station_of(world, beside), await manager(world, "141002")
    clerk = await world.staff(beside, Role.CLERK)
    assert ok(await clerk.get("/admin/v1/jobs"))["items"] == []

    assigned = ok(await yaodu.put(f"{STATIONS}/{there}/townships", {"townships": [township]}))

    assert assigned["townships"] == [township]
    assert (await where(world))[1] == there
    assert len(ok(await clerk.get("/admin/v1/jobs"))["items"]) == 2
    ok(await yaodu.put(f"{STATIONS}/{there}/townships", {"townships": []}))
    assert ok(await clerk.get("/admin/v1/jobs"))["items"] == []
    assert (await where(world))[1] == await station_of(world, township, "township")


async def test_only_townships_of_the_county_are_assigned_by_who_runs_them(world: World) -> None:
    yaodu, street = await manager(world, "141002"), await manager(world, "141002001")
    own = f"{STATIONS}/{await station_of(world, '141002001')}/townships"
    for code in ("141081001", "141002", ZONE, "141002999"):
        problem = refused(await yaodu.put(own, {"townships": ["141002002", code]}), 422, "division_unfit")
        assert problem["errors"][0]["pointer"] == "/townships/1"
    # The neighbour's is not a township station's to take.
    refused(await street.put(own, {"townships": ["141002002"]}), 422, "division_unfit")
    ok(await yaodu.put(own, {"townships": ["141002002"]}))
    # Nor is what was assigned to it its own to lay down.
    refused(await street.put(own, {"townships": []}), 422, "division_unfit")
    other = f"{STATIONS}/{await station_of(world, '141002003')}/townships"
    ok(await yaodu.put(other, {"townships": ["141002002"]}))
    assert ok(await yaodu.get(own.removesuffix("/townships")))["townships"] == []


async def test_without_a_station_the_nearest_in_the_county_is_responsible(world: World) -> None:
    township, station = await where(world)
    beside = "141002101" if township != "141002101" else "141002102"
    await closes(world, township, successor_id=await station_of(world, beside))
    # By assignment, as the area was handed over; taken back, by nearness.
    assert (await where(world))[1] == await station_of(world, beside)
    yaodu = await manager(world, "141002")
    ok(await yaodu.put(f"{STATIONS}/{await station_of(world, beside)}/townships", {"townships": []}))

    nearest = (await where(world))[1]

    assert nearest != station
    shown = ok(await yaodu.get(f"{STATIONS}/{nearest}"))
    assert (shown["kind"], shown["division"][:6], shown["closed_at"]) == ("township", "141002", None)


async def test_the_zone_serves_what_lies_within_its_boundary(world: World) -> None:
    yaodu, zone = await manager(world, "141002"), await station_of(world, ZONE)
    here, _ = await where(world)
    officer, neighbour = await world.staff(ZONE, Role.CLERK), await world.staff(here, Role.CLERK)
    county = await world.staff("141002", Role.CLERK)

    drawn = ok(await yaodu.put(f"{STATIONS}/{zone}/boundary", polygon(SQUARE)))

    assert drawn["boundary"]["coordinates"][0][0][0] == SQUARE[0]
    assert await where(world) == (ZONE, zone)
    for clerk, seen in ((officer, {ZONE}), (neighbour, {here}), (county, {ZONE, here})):
        items = ok(await clerk.get("/admin/v1/jobs"))["items"]
        assert {item["division"] for item in items} == seen
    divisions = ok(await world.nobody.get("/v1/divisions?level=zone"))["items"]
    assert [(one["code"], one["parent_code"]) for one in divisions] == [(ZONE, "141002")]
    ok(await yaodu.put(f"{STATIONS}/{zone}/boundary", {"datum": "wgs84", "boundary": None}))
    assert (await where(world))[0] == here


async def test_a_boundary_comes_and_goes_in_the_datum_of_the_map(world: World) -> None:
    yaodu, zone = await manager(world, "141002"), await station_of(world, ZONE)
    path = f"{STATIONS}/{zone}"
    ok(await yaodu.put(f"{path}/boundary", polygon(SQUARE, datum="gcj02")))
    shown = ok(await yaodu.get(f"{path}?datum=gcj02"))["boundary"]["coordinates"][0][0]
    assert all(
        abs(a - b) < 2e-6
        for given, back in zip(SQUARE, shown, strict=True)
        for a, b in zip(given, back, strict=True)
    )


BOWTIE = [[111.5, 36.07], [111.54, 36.11], [111.54, 36.07], [111.5, 36.11], [111.5, 36.07]]
OPEN = [*SQUARE[:-1], [111.5, 36.08]]
FLAT = [[111.5, 36.07]] * 4
ELSEWHERE = [[111.3, 35.6], [111.4, 35.6], [111.4, 35.7], [111.3, 35.7], [111.3, 35.6]]
WORLD = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]


@pytest.mark.parametrize("ring", [BOWTIE, OPEN, FLAT, ELSEWHERE, WORLD])
async def test_what_is_no_area_of_the_county_is_no_boundary(world: World, ring: Any) -> None:
    yaodu, zone = await manager(world, "141002"), await station_of(world, ZONE)
    refused(await yaodu.put(f"{STATIONS}/{zone}/boundary", polygon(ring)), 422, "boundary_unfit")


async def test_only_the_zone_has_a_boundary(world: World) -> None:
    yaodu = await manager(world, "141002")
    path = f"{STATIONS}/{await station_of(world, '141002001')}/boundary"
    refused(await yaodu.put(path, polygon(SQUARE)), 409, "station_has_no_such_area")


async def test_a_market_in_the_zone_stands_within_its_boundary(world: World) -> None:
    yaodu, zone = await manager(world, "141002"), await station_of(world, ZONE)
    ok(await yaodu.put(f"{STATIONS}/{zone}/boundary", polygon(SQUARE)))
    market = {"kind": "market", "name": "开发区零工市场", "division": ZONE, "place": YAODU, "parent_id": zone}
    outside = YAODU | {"lng": 111.45}
    refused(await yaodu.post(STATIONS, market | {"place": outside}), 422, "place_outside_division")
    assert ok(await yaodu.post(STATIONS, market), 201)["parent_id"] == zone
