"""What is counted as things happen is what is counted from the tables alone, and it outlives accounts."""

import io
import json
import zipfile

import pytest
from sqlalchemy import text

from app.core import clock
from app.statistics.keeping import catch_up, count_whole_day
from app.statistics.models import Part
from tests.contracts.furnished import furnish
from tests.disputes.cases import TOWNSHIP, scene
from tests.engagements.hired import ENDS, hired
from tests.statistics.city import active, count, count_all_anew, kept, sums
from tests.world import HOUMA, YAODU, World, ok, shift


async def test_a_days_figures_are_counted_as_things_happen(world: World) -> None:
    employer = await world.employer(trusted=True)
    worker, other = await world.worker(), await world.worker()
    job = await employer.posts_job(shifts=[shift(8, headcount=3), shift(8, days=2)])
    ok(await worker.applies(job), 201)
    ok(await other.applies(job, 0), 201)
    await count(world)
    today = await sums(world, day=clock.today())
    assert {name: today[name] for name in sorted(today)} == {
        "applications": 2,
        "employers_registered": 1,
        "filled_within_day": 3,
        "filled_within_hour": 3,
        "jobs_published": 1,
        "open_jobs": 1,
        "open_places": 1,
        "places_short": 1,
        "taken_on": 3,
        "workers_registered": 2,
    }
    whole = await sums(world)
    assert (whole["places_offered"], whole["places_filled"], whole["expected"]) == (4, 3, 3)
    parts = [part for _, _, part, _ in await active(world)]
    assert (parts.count(Part.EMPLOYER), parts.count(Part.WORKER)) == (1, 5)


async def test_what_changes_later_changes_its_day(world: World) -> None:
    one = await hired(world)
    await count(world)
    assert (await sums(world))["expected"] == 1
    ok(await one.worker.post(f"{one.path}/cancel", {"reason": "家里有事"}))
    await count(world)
    later = await sums(world)
    assert (later.get("expected", 0), later["worker_cancellations"], later["taken_on"]) == (0, 1, 1)
    assert await world.count("dirty_days") == 0


async def test_a_day_counted_anew_is_the_same(world: World) -> None:
    """After the busiest city that the tests know: something in every state."""
    await furnish(world)
    await count(world)
    before, who = await kept(world), await active(world)
    assert len({key[4] for key in before}) > 25
    await count_all_anew(world)
    assert await kept(world) == before
    assert await active(world) == who


async def test_a_posting_that_moves_takes_its_figures_with_it(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(shifts=[shift(8, headcount=2)])
    ok(await worker.applies(job), 201)
    await count(world)
    ok(await employer.patch(f"/v1/jobs/{job['id']}", {"place": HOUMA}))
    await count(world)
    here, there = await sums(world, division="141002"), await sums(world, division="141081")
    assert "places_offered" not in here
    assert (there["places_offered"], there["taken_on"], there["applications"]) == (2, 1, 1)
    before = await kept(world)
    await count_all_anew(world)
    assert await kept(world) == before


async def test_a_round_that_comes_twice_changes_nothing(world: World) -> None:
    await hired(world)
    await count(world)
    before = await kept(world)
    async with world.session() as session:
        await session.execute(
            text("INSERT INTO dirty_days (day, division) SELECT day, division FROM daily_figures")
        )
    await count(world)
    assert await kept(world) == before


async def test_what_is_not_committed_keeps_its_mark(world: World) -> None:
    """The round neither counts it nor forgets it, and does not wait for it."""
    employer = await world.employer(trusted=True)
    job = await employer.posts_job(shifts=[shift(8, headcount=2)])
    await catch_up(world.database)
    change = text("UPDATE shifts SET headcount = 5 WHERE job_id = :id")
    async with world.session() as session:
        await session.execute(change, {"id": job["id"]})
        await catch_up(world.database)
        assert (await sums(world))["places_offered"] == 2
    await catch_up(world.database)
    assert (await sums(world))["places_offered"] == 5


async def test_placements_stay_by_key_group_when_the_account_is_closed(world: World) -> None:
    one = await hired(world)
    profile = {"name_shown": "老李", "home": YAODU, "key_groups": ["disabled", "low_income"]}
    ok(await one.worker.put("/v1/me/worker", profile))
    async with one.at(ENDS):
        ok(await one.employer.post(f"{one.path}/check-in", {"at": clock.now().isoformat()}))
        ok(await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 480}))
    await count(world)
    assert (await sums(world, key_group="disabled"))["placements"] == 1
    assert (await sums(world, key_group="low_income"))["placements"] == 1
    assert (await sums(world))["placements"] == 1
    before = await kept(world)

    async with world.session() as session:
        await session.execute(text("UPDATE engagements SET state = 'paid'"))
        await session.execute(
            text("UPDATE pay_records SET state = 'settled', settled_fen = owed_fen, open_fen = 0")
        )
    await count(world)
    settled = await kept(world)
    ok(await one.worker.delete("/v1/me"), 204)
    await count(world)
    assert await kept(world) == settled
    await count_all_anew(world)
    assert await kept(world) == settled
    assert {key: value for key, value in settled.items() if key[3]} == {
        key: value for key, value in before.items() if key[3]
    }
    # Nobody can tell whose they are: neither by the worker's id nor by the engagement's.
    assert await world.count("anonymous_facts", f"person_id = '{one.worker.id}'") == 0
    assert await world.count("anonymous_facts", "subject_id IS NOT NULL") == 0
    assert await world.count("anonymous_facts") == 2


async def test_a_home_that_is_told_later_is_where_the_worker_is_counted(world: World) -> None:
    worker = await world.worker(home=None)
    await count(world)
    assert (await sums(world, division="1410"))["workers_registered"] == 1
    assert (await sums(world, division="141002")).get("workers_registered") is None
    ok(await worker.put("/v1/me/worker", {"name_shown": "老李", "home": YAODU}))
    await count(world)
    assert (await sums(world, division="141002"))["workers_registered"] == 1
    assert (await sums(world))["workers_registered"] == 1


async def test_wages_and_disputes_are_counted(world: World) -> None:
    at = await scene(world)
    await at.owed(overdue=True)
    await at.complains("injury")
    await world.deliver()
    await count(world)
    found = await sums(world, division=TOWNSHIP[:6])
    assert (found["wages_owed_fen"], found["wages_overdue_fen"], found["wages_late"]) == (20000, 20000, 1)
    assert (found["overdue_standing"], found["overdue_standing_fen"]) == (1, 20000)
    assert (found["disputes_injury"], found["disputes_wage_arrears"], found["disputes_live"]) == (1, 1, 2)


@pytest.mark.parametrize("times", [1, 3])
async def test_counting_a_whole_day_is_idempotent(world: World, times: int) -> None:
    await hired(world)
    await count(world)
    before = await kept(world)
    for _ in range(times):
        await count_whole_day(world.database, clock.today())
    assert await kept(world) == before


async def test_who_was_counted_is_given_what_is_kept_of_it(world: World) -> None:
    worker = await world.worker()
    await count(world)
    archive = zipfile.ZipFile(io.BytesIO((await worker.get("/v1/me/data")).content))
    (kept,) = json.loads(archive.read("statistics.json"))
    assert kept["kind"] == "registration"
