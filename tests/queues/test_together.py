"""Several at one queue: each sees who has what, and one case has one decision."""

import asyncio

from app.stations.models import Role
from tests.contracts.engaged import picture
from tests.offices.test_stations import manager, station_of
from tests.queues.test_queues import QUEUES, listed, waiting
from tests.world import World, ok, refused


async def test_what_is_held_above_and_beside_is_seen_below(world: World) -> None:
    county, case = await world.staff("141002"), await waiting(world, 5)
    division = await world.look("SELECT division FROM employers WHERE id = $1::uuid", case)
    beside = next(code for code in ("141002101", "141002102") if code != division)
    yaodu, below = await manager(world, "141002"), await world.staff(division)
    path = f"/admin/v1/stations/{await station_of(world, beside)}/townships"
    ok(await yaodu.put(path, {"townships": [division]}))

    for holder in (county, await world.staff(beside), await world.staff()):
        ok(await holder.post(f"{QUEUES}/employers/{case}/claim"))
        refused(await below.post(f"{QUEUES}/employers/{case}/claim"), 409, "case_held")
        assert [one["held_by"]["id"] for one in await listed(below)] == [str(holder.id)]
        assert await listed(below, held="free") == []
        ok(await holder.post(f"{QUEUES}/employers/{case}/release"), 204)


async def test_what_somebody_had_who_is_moved_is_free(world: World) -> None:
    city, moved, other = await manager(world), await world.staff("141002"), await world.staff("141002")
    case = await waiting(world)
    ok(await moved.post(f"{QUEUES}/employers/{case}/claim"))
    houma = await station_of(world, "141081", "county")
    ok(await city.patch(f"/admin/v1/staff/{moved.id}", {"station_id": houma}))
    ok(await other.post(f"{QUEUES}/employers/{case}/claim"))


async def test_of_two_who_decide_a_certificate_at_once_one_is_refused(world: World) -> None:
    one, other = await world.staff("141002"), await world.staff("141002", Role.REVIEWER)
    for _ in range(5):
        worker = await world.worker()
        form = {"data": {"kind": "SW-WELD"}, "files": {"file": ("card.png", picture(), "image/png")}}
        card = ok(await worker.post("/v1/me/worker/certificates", **form), 201)["id"]
        both = await asyncio.gather(
            one.post(f"/admin/v1/certificates/{card}/verify"),
            other.post(f"/admin/v1/certificates/{card}/reject", {"reason": "看不清"}),
        )
        assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_of_one_who_rejects_and_one_who_approves_many_one_has_the_case(world: World) -> None:
    one, other = await world.staff("141002"), await world.staff("141002")
    for _ in range(8):
        case = await waiting(world)
        rejected, listing = await asyncio.gather(
            one.post(f"/admin/v1/employers/{case}/reject", {"reason": "照片不清晰"}),
            other.post(f"{QUEUES}/employers/decide", {"case_ids": [case], "decision": "approve"}),
        )
        assert rejected.is_success != ok(listing)["items"][0]["done"]
