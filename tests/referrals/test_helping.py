"""Whom a station could send, and who needs help: both follow from what is, without a batch."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from app.core import clock
from app.stations.models import Role
from tests.referrals.scene import scene
from tests.world import HOUMA, YAODU, Actor, Json, Worker, World, ok, refused, shift

NEAR = YAODU | {"lng": 111.52}
FURTHER = YAODU | {"lng": 111.55}
EVENING = [{"weekday": day, "from": "18:00", "until": "22:00"} for day in range(1, 8)]


async def found(world: World, **profile: Any) -> Worker:
    """Return a worker who agreed to be found."""
    worker = await world.worker(**{"trades": ["0301"]} | profile)
    ok(await worker.put("/v1/me/consents", {"real_name": True, "find_me": True}))
    return worker


async def candidates(clerk: Actor, job: Json, query: str = "") -> list[Json]:
    items: list[Json] = ok(await clerk.get(f"/admin/v1/jobs/{job['id']}/candidates{query}"))["items"]
    return items


async def without_a_phone(world: World, worker: Worker) -> None:
    async with world.session() as session:
        await session.execute(
            text("UPDATE accounts SET phone_index = NULL, phone_sealed = NULL WHERE id = :id"),
            {"id": worker.id},
        )


async def test_candidates_are_who_fits_and_may_be_found_nearest_first(world: World) -> None:
    one = await scene(world)  # whose worker did not agree to be found
    further, near = await found(world, home=FURTHER, trades=[]), await found(world, home=NEAR)
    phoneless = await world.worker(home=YAODU)
    await without_a_phone(world, phoneless)
    await found(world, trades=["0501"])
    await found(world, availability=EVENING)
    await found(world, home=HOUMA, travel_radius_m=300_000)
    await found(world, home=FURTHER, travel_radius_m=100)
    await found(world, verified=False)
    taken = await found(world)
    ok(await taken.applies(await one.employer.posts_job(shifts=[shift(10, days=3)])), 201)
    asked = await found(world)
    ok(await asked.applies(one.job), 201)

    items = await candidates(one.clerk, one.job)
    assert [item["worker_id"] for item in items] == [str(w.id) for w in (phoneless, near, further)]
    assert [item["reached_through"] for item in items] == ["station", "phone", "phone"]
    assert [item["name_masked"] for item in items] == ["李**"] * 3
    assert items[1]["reasons"] == ["trade", "near", "looking"]
    assert items[2]["reasons"] == ["near", "looking"]
    assert 0 <= items[1]["distance_m"] < items[2]["distance_m"] < 3_000
    assert len(await candidates(one.clerk, one.job, "?within_m=500")) == 2

    first = ok(await one.clerk.get(f"/admin/v1/jobs/{one.job['id']}/candidates?limit=2"))
    cursor = first["next_cursor"]
    rest = await candidates(one.clerk, one.job, f"?limit=2&cursor={cursor}")
    assert [item["worker_id"] for item in first["items"] + rest] == [item["worker_id"] for item in items]


async def test_who_was_sent_is_no_candidate_any_more(world: World) -> None:
    one = await scene(world, headcount=2)
    worker = await found(world)
    assert len(await candidates(one.clerk, one.job)) == 1
    await one.sent(worker_id=str(worker.id))
    assert await candidates(one.clerk, one.job) == []


async def test_a_hazardous_trade_by_law_asks_for_the_certificate_of_each(world: World) -> None:
    one = await scene(world, trade="0403", requirements={"certificates": ["SW-WELD"], "text": None})
    await found(world, trades=["0403"])
    assert await candidates(one.clerk, one.job) == []


async def test_candidates_are_for_the_county_of_the_job(world: World) -> None:
    one = await scene(world)
    path = f"/admin/v1/jobs/{one.job['id']}/candidates"
    refused(await (await world.staff("141081", Role.CLERK)).get(path), 404, "not_found")
    refused(await one.clerk.get(f"{path}?shift_id={one.job['id']}"), 404, "not_found")


async def to_help(clerk: Actor, query: str = "") -> dict[str, list[str]]:
    """Return the reasons by worker, in order."""
    items = ok(await clerk.get(f"/admin/v1/referrals/to-help{query}"))["items"]
    return {item["worker_id"]: item["reasons"] for item in items}


async def test_who_looks_in_vain_for_fourteen_days_shows_up_and_goes_by_itself(world: World) -> None:
    one = await scene(world)
    me = str(one.worker.id)
    assert await to_help(one.clerk) == {}
    with time_machine.travel(clock.now() + timedelta(days=13), tick=False):
        assert await to_help(await world.staff("141002", Role.CLERK)) == {}
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        clerk = await world.staff("141002", Role.CLERK)
        one.worker.token = await world.fresh_token(one.worker)
        one.employer.token = await world.fresh_token(one.employer)
        assert await to_help(clerk) == {me: ["looking_14_days"]}
        assert await to_help(await world.staff("141081", Role.CLERK)) == {}
        [shown] = ok(await clerk.get("/admin/v1/referrals/to-help"))["items"]
        assert (shown["looking_days"], shown["name_masked"], shown["referred"]) == (15, "李**", 0)
        assert shown["last_contact"] is not None
        job = await one.employer.posts_job(shifts=[shift(days=1)], valid_until=shift(days=20)["starts_at"])
        ok(await one.worker.applies(job), 201)
        assert await to_help(clerk) == {}
    with time_machine.travel(clock.now() + timedelta(days=100), tick=False):
        # Nobody has heard of the worker for sixty days and more.
        assert await to_help(await world.staff("141002", Role.CLERK)) == {}


async def test_a_key_group_out_of_work_shows_up_at_once(world: World) -> None:
    one = await scene(world)
    veteran = await world.worker(key_groups=["veteran"])
    disabled = await world.worker(key_groups=["disabled"])
    first, second = str(veteran.id), str(disabled.id)
    assert await to_help(one.clerk) == {first: ["key_group"], second: ["key_group"]}
    assert await to_help(one.clerk, "?key_group=disabled") == {second: ["key_group"]}
    page = ok(await one.clerk.get("/admin/v1/referrals/to-help?limit=1"))
    assert list(await to_help(one.clerk, f"?limit=1&cursor={page['next_cursor']}")) == [second]
    ok(await veteran.applies(one.job), 201)
    assert list(await to_help(one.clerk)) == [second]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
async def test_who_needs_help_is_for_who_helps(world: World, role: Role) -> None:
    staff = await world.staff("1410", role)
    refused(await staff.get("/admin/v1/referrals/to-help"), 404, "not_found")
