"""Workers and the province's vacancies: asking, being taken on, and what changes afterwards."""

from tests.inbound.asked import sharing
from tests.inbound.vacancies import Json, vacancy
from tests.world import Province, Worker, World, ok, shift

JOBS = "/sync/v1/inbound/jobs"


async def _taken_on(world: World, province: Province, given: Json) -> tuple[Worker, Json]:
    """Let a worker be taken on for the first shift of a vacancy."""
    job_id = ok(await province.put(f"{JOBS}/SX-1", given))["job_id"]
    worker = await sharing(world)
    job = ok(await worker.get(f"/v1/jobs/{job_id}"))
    asked = ok(await worker.applies(job, 0), 201)
    assert asked["shifts"][0]["state"] == "pending"
    said = {"version": 1, "outcome": "accepted"}
    ok(await province.put(f"/sync/v1/inbound/applications/{asked['id']}", said))
    return worker, job


async def test_who_was_taken_on_is_asked_about_new_conditions(world: World) -> None:
    province, given = await world.province(), vacancy(shifts=[shift(8, headcount=3)])
    worker, job = await _taken_on(world, province, given)

    changed = given | {
        "version": 2,
        "pay": {"amount_fen": 30000, "per": "day"},
        "shifts": [shift(10, headcount=1)],
    }
    taken = ok(await province.put(f"{JOBS}/SX-1", changed))

    assert (taken["state"], taken["job_id"]) == ("shown", job["id"])
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    seen = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))
    assert seen["state"] == "agreed"
    assert seen["changes"], seen
    assert seen["shift"]["starts_at"] == job["shifts"][0]["starts_at"]  # the old terms hold till then


async def test_another_trade_is_another_posting_once_somebody_was_taken_on(world: World) -> None:
    province, given = await world.province(), vacancy(shifts=[shift(8, headcount=3)])
    worker, job = await _taken_on(world, province, given)

    taken = ok(await province.put(f"{JOBS}/SX-1", given | {"version": 2, "trade": "0501"}))

    assert taken["state"] == "shown"
    assert taken["job_id"] != job["id"]
    found = ok(await world.nobody.get("/v1/jobs"))["items"]
    assert [item["job"]["trade"] for item in found] == ["0501"]
    assert ok(await worker.get("/v1/me/engagements"))["items"][0]["state"] == "agreed"


async def test_closing_leaves_who_was_taken_on(world: World) -> None:
    province, given = await world.province(), vacancy(shifts=[shift(8, headcount=3)])
    worker, job = await _taken_on(world, province, given)
    other = await sharing(world)
    asked = ok(await other.applies(job), 201)

    ok(await province.delete(f"{JOBS}/SX-1?version=2"))

    assert ok(await worker.get("/v1/me/engagements"))["items"][0]["state"] == "agreed"
    mine = ok(await other.get("/v1/me/applications"))["items"][0]
    assert (mine["id"], mine["shifts"][0]["state"]) == (asked["id"], "expired")


async def test_fewer_places_than_people_leave_them_theirs(world: World) -> None:
    province, given = await world.province(), vacancy(shifts=[shift(8, headcount=3), shift(8, days=2)])
    worker, job = await _taken_on(world, province, given)

    ok(await province.put(f"{JOBS}/SX-1", given | {"version": 2, "shifts": [shift(8, days=2)]}))

    shifts = ok(await world.nobody.get(f"/v1/jobs/{job['id']}"))["shifts"]
    assert [(one["headcount"], one["hired"]) for one in shifts] == [(1, 1), (1, 0)]
    assert ok(await worker.get("/v1/me/engagements"))["items"][0]["state"] == "agreed"


async def test_who_gives_a_place_back_that_is_not_wanted_any_more_leaves_none(world: World) -> None:
    province, given = await world.province(), vacancy(shifts=[shift(headcount=2, days=4), shift(days=5)])
    worker, job = await _taken_on(world, province, given)
    left_out = given | {"version": 2, "shifts": [shift(days=5)]}
    ok(await province.put(f"{JOBS}/SX-1", left_out))
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]

    ok(await worker.post(f"/v1/engagements/{engagement['id']}/cancel", {"reason": "家中有事"}))
    await world.deliver()

    shifts = ok(await world.nobody.get(f"/v1/jobs/{job['id']}"))["shifts"]
    assert [one["headcount"] for one in shifts] == [0, 1]
