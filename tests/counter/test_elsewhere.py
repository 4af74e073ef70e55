"""Help reaches as far as the app does, and stays on record when the officer has gone elsewhere."""

import time_machine

from app.core import clock
from app.identity.codes import LIFETIME
from app.maintenance import forget
from app.stations.models import Role
from tests.counter.desk import by_code
from tests.offices.test_stations import manager, station_of
from tests.world import HOUMA, World, ok

ASSISTANCES = "/admin/v1/assistances"


async def test_a_person_sees_at_the_counter_what_the_app_shows_of_other_counties(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker(home=HOUMA)
    employer = await world.employer(trusted=True, place=HOUMA)
    job = await employer.posts_job(place=HOUMA)
    desk = await by_code(world, officer, worker.phone)
    of_employer = f"/employers/{employer.employer_id}"
    for path in (
        "/me",
        "/me/worker",
        f"/jobs/{job['id']}",
        of_employer,
        f"{of_employer}/rating",
        f"{of_employer}/reviews",
    ):
        assert ok(await desk.get(path)) == ok(await worker.get(f"/v1{path}")), path


async def test_what_an_officer_did_who_was_moved_stays_to_be_seen(world: World) -> None:
    city, yaodu = await manager(world), await manager(world, "141002")
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await by_code(world, officer, worker.phone)
    houma = await station_of(world, "141081", "county")
    ok(await city.patch(f"/admin/v1/staff/{officer.id}", {"station_id": houma}))
    assert [one["id"] for one in ok(await yaodu.get(ASSISTANCES))["items"]] == [desk.assistance["id"]]
    assert ok(await yaodu.get(desk.path))["staff_id"] == str(officer.id)


async def test_who_is_helped_is_told_of_a_closing_while_there_is_a_phone_to_tell(world: World) -> None:
    worker = await world.worker()
    desk = await by_code(world, await world.staff("141002", Role.CLERK), worker.phone)
    ok(await desk.delete("/me"), 204)
    await world.deliver()
    (text,) = await worker.texts()
    assert "已注销" in text
    assert "不是您本意" in text


async def test_a_phone_whose_owner_did_not_agree_is_forgotten(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    ok(await officer.post(ASSISTANCES, {"phone": world.new_phone()}), 201)
    await forget(world.database)
    assert await world.count("assistances", "phone_sealed IS NOT NULL") == 1
    with time_machine.travel(clock.now() + LIFETIME):
        await forget(world.database)
    assert await world.count("assistances", "phone_sealed IS NOT NULL") == 0
