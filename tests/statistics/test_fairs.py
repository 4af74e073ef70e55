"""Fairs in the city's figures: on the day when each began, in the division that held it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import time_machine
from sqlalchemy import update

from app.core import clock
from app.engagements.models import Application
from app.fairs.models import Fair, FairState
from app.stations.models import Role
from app.statistics.dashboard import publish
from tests.fairs.past import fair
from tests.pay.gigs import gigs_of
from tests.statistics.city import count, count_all_anew, kept, sums
from tests.world import World, ok

NEVER = {"fairs_held": 0, "fair_viewers": 0, "fair_reservations": 0, "fair_applications": 0, "fair_hires": 0}


async def told(world: World) -> dict[str, int]:
    await count(world)
    found = await sums(world)
    return {figure: found.get(figure, 0) for figure in NEVER}


async def test_what_comes_of_a_fair_falls_on_its_day_whatever_becomes_of_it(world: World) -> None:
    employer = await world.employer(trusted=True)
    began = clock.now() - timedelta(days=3)
    fair_id = await fair(world, FairState.BOOKABLE, starts_at=began)
    await world.look(
        "INSERT INTO fair_reservations (fair_id, account_id) VALUES ($1, $2) RETURNING 1",
        fair_id,
        employer.id,
    )
    assert await told(world) == NEVER
    async with world.session() as session:
        of = update(Fair).where(Fair.id == fair_id)
        await session.execute(of.values(state=FairState.ENDED, live_at=began, ended_at=began))
    assert await told(world) == NEVER | {"fairs_held": 1, "fair_reservations": 1}

    one, other = await gigs_of(world, employer, 2)
    async with world.session() as session:
        at_it = update(Application).where(Application.worker_id.in_([one.worker.id, other.worker.id]))
        await session.execute(at_it.values(fair_id=fair_id))
    for headers in ({"X-Viewer": str(uuid4())}, {"X-Viewer": str(uuid4())}):
        ok(await world.nobody.put(f"/v1/fairs/{fair_id}/view", headers=headers), 204)
    whole = {
        "fairs_held": 1,
        "fair_viewers": 2,
        "fair_reservations": 1,
        "fair_applications": 2,
        "fair_hires": 2,
    }
    assert await told(world) == whole
    found = await sums(world, day=clock.day_of(began), division="141002")
    assert {figure: found.get(figure, 0) for figure in NEVER} == whole

    ok(await one.worker.post(f"{one.path}/cancel", {"reason": "有事"}))
    assert (await told(world))["fair_hires"] == 1
    before = await kept(world)
    await count_all_anew(world)
    assert await kept(world) == before

    async with world.session() as session:
        cancelled = {"state": FairState.CANCELLED, "cancelled_at": clock.now()}
        await session.execute(update(Fair).where(Fair.id == fair_id).values(**cancelled))
    assert await told(world) == NEVER


async def test_who_signs_in_half_way_is_counted_once_in_the_days_figures(world: World) -> None:
    fair_id, person, phone = await fair(world), await world.person(), {"X-Viewer": str(uuid4())}
    ok(await person.put(f"/v1/fairs/{fair_id}/view"), 204)
    ok(await world.nobody.put(f"/v1/fairs/{fair_id}/view", headers=phone), 204)
    assert (await told(world))["fair_viewers"] == 2
    ok(await person.put(f"/v1/fairs/{fair_id}/view", headers=phone), 204)
    assert (await told(world))["fair_viewers"] == 1


async def test_staff_the_city_and_the_public_read_them(world: World) -> None:
    at = datetime(2026, 7, 20, 3, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        for division, days in (("141002", 40), ("141002", 5), ("141081", 9), ("1410", 7)):
            await fair(world, FairState.ENDED, division=division, starts_at=at - timedelta(days=days))
        await fair(world, FairState.BOOKABLE, starts_at=at + timedelta(days=2))
        await fair(world, FairState.PLANNED, starts_at=at + timedelta(days=9))
        await count(world)
        await publish(world.database)
        assert ok(await world.nobody.get("/v1/statistics"))["fairs"] == {
            "held_last_30_days": 3,
            "held_this_year": 4,
            "ahead": 1,
        }
        staff = await world.staff("141002", Role.AUDITOR)
        (row,) = ok(await staff.get("/admin/v1/statistics?from=2026-01-01&until=2026-12-31"))["items"]
        assert row["figures"]["fairs_held"] == 2
        targets = ok(await staff.get("/admin/v1/targets/2026"))["items"]
        (held,) = [one for one in targets if one["kind"] == "fairs_held"]
        assert held["contributed"] == 4
        report = await staff.get("/admin/v1/statistics/report.xlsx?month=2026-07")
        assert report.status_code == 200
