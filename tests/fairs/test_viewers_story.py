"""From planning to a cancellation, seen by who reserved; and from the minute of a job to an application."""

from typing import Any

from icalendar import Calendar

from app.stations.models import Role
from tests.counter.desk import by_code
from tests.fairs.listening import listening
from tests.fairs.planned import FAIRS, accepted, opened, shows, with_booth
from tests.processes import serving
from tests.world import World, ok, tomorrow


async def test_who_reserved_and_who_comes_are_told_of_a_move_and_a_cancellation_once(world: World) -> None:
    manager, fair, employer, _ = await with_booth(world)
    path, person = f"{FAIRS}/{fair['id']}", await world.person()
    assert len(ok(await person.put(f"/v1/fairs/{fair['id']}/reservation"))["reminders"]) == 2
    later = {"starts_at": tomorrow(14, days=4).isoformat(), "ends_at": tomorrow(16, days=4).isoformat()}
    ok(await manager.patch(path, later))
    for _ in range(2):
        await world.deliver()
    assert await person.inbox() == ["fair_moved"]
    inbox = await employer.inbox()
    assert inbox.count("booth_changed") == 1
    assert "booth_invited" not in inbox  # it was accepted before anybody could be told
    assert await world.count("alerts", "kind = 'booth_joined'") == 1
    # Reminders are promised of the time before and of the new one; only the new one's will tell.
    assert await world.count("procrastinate_jobs", "task_name = 'fairs.tell' AND status = 'todo'") == 4
    [event] = _events((await world.nobody.get(f"/v1/fairs/{fair['id']}.ics")).content)
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, tomorrow(14, days=4))

    reason = "场地停电" + ",改日举办" * 300
    ok(await manager.post(f"{path}/cancel", {"reason": reason}))
    for _ in range(2):
        await world.deliver()
    assert await person.inbox() == ["fair_cancelled", "fair_moved"]
    assert (await employer.inbox()).count("booth_fair_cancelled") == 1
    [event] = _events((await world.nobody.get(f"/v1/fairs/{fair['id']}.ics")).content)
    assert (event["SEQUENCE"], str(event["STATUS"])) == (2, "CANCELLED")
    shown = ok(await person.get(f"/v1/fairs/{fair['id']}"))
    assert (shown["state"], shown["cancelled_because"]) == ("cancelled", reason)
    assert [len(one) < 300 for one in await person.texts() if "场地停电" in one] == [True]


async def test_from_the_minute_to_the_job_to_an_application_in_two_taps(world: World) -> None:
    host = await world.staff("1410", Role.MANAGER)
    employer, worker = await world.employer(trusted=True), await world.worker()
    fair = await opened(host)
    job = await employer.posts_job(title="仓库卸货 5")
    await shows(host, await accepted(host, fair, employer), job)
    ok(await host.post(f"{FAIRS}/{fair['id']}/start"))
    async with serving(world.settings) as api, listening(api.address, fair["id"]) as viewer:
        while (event := await viewer.event()).kind != "show":
            ok(await host.post(f"{FAIRS}/{fair['id']}/marks", {"job_id": job["id"]}), 201)
    card = event.about["job"]  # the first tap: what is on show is opened
    assert card["title"] == "仓库卸货 5"
    asked = {
        "shift_ids": [card["next_shift"]["id"]],
        "fair_id": fair["id"],
        "mark_id": event.about["mark_id"],
    }
    applied = ok(await worker.post(f"/v1/jobs/{card['id']}/applications", asked), 201)  # the second
    assert applied["shifts"][0]["state"] == "accepted"
    assert applied["fair_id"] == fair["id"]
    [found] = ok(await worker.get(f"/v1/fairs/{fair['id']}/jobs"))["items"]
    assert found["mark_id"] == event.about["mark_id"]


async def test_staff_reserve_and_apply_at_the_counter(world: World) -> None:
    _, fair, _, [job] = await with_booth(world)
    worker = await world.worker()
    clerk = await world.staff(role=Role.CLERK)
    desk = await by_code(world, clerk, worker.phone)
    below = f"/admin/v1/assistances/{desk.assistance['id']}"
    ok(await clerk.put(f"{below}/fairs/{fair['id']}/reservation"))
    assert [one["id"] for one in ok(await worker.get("/v1/me/fairs"))["items"]] == [fair["id"]]
    body = {"shift_ids": [job["shifts"][0]["id"]], "fair_id": fair["id"]}
    applied = ok(await clerk.post(f"{below}/jobs/{job['id']}/applications", body), 201)
    assert applied["fair_id"] == fair["id"]


def _events(raw: bytes) -> list[Any]:
    return list(Calendar.from_ical(raw).walk("VEVENT"))
