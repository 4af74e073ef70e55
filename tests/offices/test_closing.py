"""A station closes: everything that it had goes to its successor, and nothing is begun there any more."""

import asyncio
from typing import Any

import pytest

from app.stations.models import Role
from tests.offices.test_areas import where
from tests.offices.test_stations import MARKET, STATIONS, manager, station_of
from tests.world import World, ok, refused, shift

WHY = {"reason": "合署办公"}
TABLES = ("jobs", "employers", "engagements", "disputes", "pay_records", "alerts")


async def test_everything_goes_to_the_successor(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(shifts=[shift(8, headcount=3)])
    division, station = job["division"], job["station_id"]
    ok(await worker.applies(job), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    complaint = {"kind": "injury", "engagement_id": engagement["id"], "text": "砸了脚", "files": []}
    dispute = ok(await worker.post("/v1/disputes", complaint), 201)
    await world.deliver()
    clerk, yaodu = await world.staff(division, Role.MEDIATOR), await manager(world, "141002")
    beside = "141002101" if division != "141002101" else "141002102"
    successor, neighbour = await station_of(world, beside), await world.staff(beside, Role.MEDIATOR)
    market = ok(await yaodu.post(STATIONS, MARKET | {"parent_id": station}), 201)
    before = {table: await world.count(table, f"station_id = '{station}'") for table in TABLES}
    assert {table for table, count in before.items() if count} >= {
        "jobs",
        "employers",
        "engagements",
        "disputes",
    }
    ok(await clerk.get(f"/admin/v1/disputes/{dispute['id']}"))

    closed = ok(await yaodu.post(f"{STATIONS}/{station}/close", WHY | {"successor_id": successor}))

    assert (closed["successor_id"], closed["open_work"]["disputes_open"]) == (successor, 0)
    for table in TABLES:
        assert await world.count(table, f"station_id = '{station}'") == 0, table
        assert await world.count(table, f"station_id = '{successor}'") == before[table], table
    assert ok(await worker.get(f"/v1/disputes/{dispute['id']}"))["station"]["id"] == successor
    ok(await neighbour.post(f"/admin/v1/disputes/{dispute['id']}/accept"))
    refused(await clerk.get("/admin/v1/me"), 401, "unauthenticated")
    moved = ok(await yaodu.get(f"/admin/v1/staff/{clerk.id}"))
    assert moved["station_id"] == successor
    assert ok(await yaodu.get(f"{STATIONS}/{market['id']}"))["parent_id"] == successor
    assert ok(await yaodu.get(f"{STATIONS}/{successor}"))["townships"] == [division]
    refused(await world.nobody.get(f"/v1/stations/{station}"), 404, "not_found")
    assert station not in {one["id"] for one in ok(await yaodu.get(f"{STATIONS}?limit=100"))["items"]}
    assert [one["id"] for one in ok(await yaodu.get(f"{STATIONS}?closed=true"))["items"]] == [station]
    assert await where(world) == (division, successor)
    for change in ({"phone": "12345"},):
        refused(await yaodu.patch(f"{STATIONS}/{station}", change), 409, "station_closed")
    refused(await yaodu.post(f"{STATIONS}/{station}/close", WHY), 409, "station_closed")


async def test_without_a_name_the_parent_takes_over(world: World) -> None:
    yaodu = await manager(world, "141002")
    _, station = await where(world)
    closed = ok(await yaodu.post(f"{STATIONS}/{station}/close", WHY))
    assert closed["successor_id"] == await station_of(world, "141002", "county")
    assert (await where(world))[1] == closed["successor_id"]


async def test_who_may_not_close_what(world: World) -> None:
    city, yaodu = await manager(world), await manager(world, "141002")
    street = await manager(world, "141002001")
    own = await station_of(world, "141002001")
    refused(await street.post(f"{STATIONS}/{own}/close", WHY), 409, "station_not_closable")
    refused(
        await yaodu.post(f"{STATIONS}/{await station_of(world, '141081001')}/close", WHY), 404, "not_found"
    )
    for division in ("1410", "141002"):
        path = f"{STATIONS}/{await station_of(world, division)}/close"
        refused(await city.post(path, WHY), 409, "station_not_closable")
    market = ok(await yaodu.post(STATIONS, MARKET), 201)["id"]
    for successor in (own, market, await station_of(world, "141081001")):
        answer = await yaodu.post(f"{STATIONS}/{own}/close", WHY | {"successor_id": successor})
        refused(answer, 422, "successor_unfit")
    elsewhere = {"successor_id": await station_of(world, "141081001")}
    refused(await city.post(f"{STATIONS}/{own}/close", WHY | elsewhere), 422, "successor_unfit")
    stale = await yaodu.post(f"{STATIONS}/{own}/close", WHY, headers={"If-Match": '"9"'})
    refused(stale, 412, "stale")


async def test_a_county_moves_no_auditor_by_closing(world: World) -> None:
    city, yaodu = await manager(world), await manager(world, "141002")
    await world.staff("141002001", Role.AUDITOR)
    path = f"{STATIONS}/{await station_of(world, '141002001')}/close"
    refused(await yaodu.post(path, WHY), 409, "beyond_own_authority")
    ok(await city.post(path, WHY))


async def test_two_stations_that_close_into_each_other_leave_one_open(world: World) -> None:
    yaodu = await manager(world, "141002")
    one, other = await station_of(world, "141002001"), await station_of(world, "141002002")
    answers = await asyncio.gather(
        yaodu.post(f"{STATIONS}/{one}/close", WHY | {"successor_id": other}),
        yaodu.post(f"{STATIONS}/{other}/close", WHY | {"successor_id": one}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_township_gets_a_station_again(world: World) -> None:
    yaodu = await manager(world, "141002")
    division, station = await where(world)
    name = ok(await yaodu.get(f"{STATIONS}/{station}"))["name"]
    ok(await yaodu.post(f"{STATIONS}/{station}/close", WHY))
    place: Any = MARKET["place"]
    opened = {"kind": "township", "name": name, "division": division, "place": place}

    again = ok(await yaodu.post(STATIONS, opened), 201)

    assert await where(world) == (division, again["id"])


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_nothing_is_begun_at_a_station_while_it_closes(world: World, times: int) -> None:
    """Drafts are placed while the station closes: none of them is left behind."""
    employer, yaodu = await world.employer(trusted=True), await manager(world, "141002")
    _, station = await where(world)

    async def places() -> None:
        for _ in range(4 * times):
            await employer.drafts_job()

    await asyncio.gather(*(places() for _ in range(4)), yaodu.post(f"{STATIONS}/{station}/close", WHY))
    assert await world.count("stations", f"id = '{station}' AND closed_at IS NOT NULL") == 1
    assert await world.count("jobs", f"station_id = '{station}'") == 0
