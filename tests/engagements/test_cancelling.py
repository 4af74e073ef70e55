"""Cancelling: said before it happens what it costs, the notice kept, the place given on or taken away."""

import asyncio
from datetime import timedelta

import pytest

from tests.engagements.hired import DAY, ENDS, SECOND, STARTS, hired
from tests.world import World, ok, refused


@pytest.mark.parametrize(
    ("before", "notice_minutes", "grade"),
    [
        (DAY, 1440, "free"),
        (DAY - SECOND, 1439, "within_a_day"),
        (timedelta(hours=6), 360, "within_a_day"),
        (timedelta(hours=6) - SECOND, 359, "within_six_hours"),
        (timedelta(hours=2), 120, "within_six_hours"),
        (timedelta(hours=2) - SECOND, 119, "within_two_hours"),
        (SECOND, 0, "within_two_hours"),
    ],
)
async def test_what_a_worker_is_told_beforehand_is_what_it_costs(
    world: World, before: timedelta, notice_minutes: int, grade: str
) -> None:
    one = await hired(world)
    async with one.at(-before):
        told = ok(await one.worker.get(f"{one.path}/cancel-preview"))
        assert (await one.shown())["state"] == "agreed"
        left = ok(await one.worker.post(f"{one.path}/cancel", {"reason": "家里有事"}))
    assert (told["grade"], told["free"]) == (grade, grade == "free")
    assert left["costs"] == told
    assert (left["state"], left["cancelled_by"]) == ("cancelled", "worker")
    assert (left["notice_minutes"], left["cancel_reason"]) == (notice_minutes, "家里有事")
    seen = await one.shown(one.employer)
    assert seen["notice_minutes"] == notice_minutes


async def test_a_worker_cancels_until_the_start_and_an_employer_until_the_end(world: World) -> None:
    one = await hired(world)
    async with one.at(STARTS):
        for way in (
            await one.worker.get(f"{one.path}/cancel-preview"),
            await one.worker.post(f"{one.path}/cancel"),
        ):
            assert "24 小时" in refused(way, 409, "shift_started")["detail"]
        assert (await one.shown())["state"] == "agreed"
    async with one.at(ENDS):
        refused(await one.employer.post(f"{one.path}/cancel"), 409, "shift_over")
    async with one.at(ENDS - SECOND):
        left = ok(await one.employer.post(f"{one.path}/cancel", {"reason": "停电"}))
    assert (left["cancelled_by"], left["costs"]["grade"]) == ("employer", "after_the_start")
    assert left["notice_minutes"] == -480


async def test_what_is_over_cannot_be_cancelled_and_the_state_is_named(world: World) -> None:
    one = await hired(world)
    ok(await one.worker.post(f"{one.path}/cancel"))
    for actor in (one.worker, one.employer):
        problem = refused(await actor.post(f"{one.path}/cancel"), 409, "engagement_state")
        assert (problem["state"], problem["allowed"]) == ("cancelled", ["agreed"])
    refused(await one.worker.get(f"{one.path}/cancel-preview"), 409, "engagement_state")
    stranger = await world.worker()
    refused(await stranger.post(f"{one.path}/cancel"), 404, "not_found")
    refused(await stranger.get(f"{one.path}/cancel-preview"), 404, "not_found")


async def test_a_workers_place_goes_to_who_waits_or_back_to_the_listing(world: World) -> None:
    one = await hired(world)
    assert await one.places() == {"headcount": 2, "hired": 1, "left": 1}
    ok(await one.worker.post(f"{one.path}/cancel"))
    assert await one.places() == {"headcount": 2, "hired": 0, "left": 2}
    others = [await world.worker() for _ in range(3)]
    for other in others:
        ok(await other.applies(one.job), 201)
    first = ok(await others[0].get("/v1/me/engagements"))["items"][0]
    ok(await others[0].post(f"/v1/engagements/{first['id']}/cancel"))
    assert ok(await others[2].get("/v1/me/engagements"))["items"][0]["state"] == "agreed"
    assert await one.places() == {"headcount": 2, "hired": 2, "left": 0}


async def test_an_employers_place_is_taken_away_unless_it_is_to_be_filled_again(world: World) -> None:
    one, other = await hired(world), await hired(world)
    ok(await one.employer.post(f"{one.path}/cancel"))
    assert await one.places() == {"headcount": 1, "hired": 0, "left": 1}
    ok(await other.employer.post(f"{other.path}/cancel", {"refill": True}))
    assert await other.places() == {"headcount": 2, "hired": 0, "left": 2}


async def test_the_last_place_taken_away_ends_the_listing_and_takes_nobody(world: World) -> None:
    one = await hired(world)
    second = await world.worker()
    ok(await second.applies(one.job), 201)
    theirs = ok(await one.employer.get(f"/v1/me/engagements?employer_id={one.employer.employer_id}"))["items"]
    for engagement in theirs:
        ok(await one.employer.post(f"/v1/engagements/{engagement['id']}/cancel"))
    assert await one.places() == {"headcount": 0, "hired": 0, "left": 0}
    refused(await (await world.worker()).applies(one.job), 409, "shift_full")


async def test_withdrawing_keeps_the_same_account_as_cancelling(world: World) -> None:
    one = await hired(world)
    async with one.at(-DAY + SECOND):
        ok(await one.worker.post(f"/v1/applications/{one.application_id}/withdraw"))
        left = await one.shown()
    assert (left["state"], left["cancelled_by"], left["notice_minutes"]) == ("cancelled", "worker", 1439)
    assert left["cancel_reason"] == "退出报名"


async def test_who_came_in_early_can_neither_withdraw_nor_cancel(world: World) -> None:
    one = await hired(world)
    async with one.at(-timedelta(minutes=30)):
        ok(await one.employer.post(f"{one.path}/check-in", {}))
        refused(
            await one.worker.post(f"/v1/applications/{one.application_id}/withdraw"), 409, "application_state"
        )
        problem = refused(await one.employer.post(f"{one.path}/cancel"), 409, "engagement_state")
        assert problem["state"] == "checked_in"
    assert await world.count("application_shifts", "state = 'accepted'") == 1


async def test_both_cancelling_at_once_is_one_cancellation(world: World) -> None:
    one = await hired(world)
    tries = [actor.post(f"{one.path}/cancel") for actor in (one.worker, one.employer) for _ in range(8)]
    answers = await asyncio.gather(*tries)
    taken = [answer for answer in answers if answer.status_code == 200]
    assert len(taken) == 1
    assert all(answer.json()["code"] == "engagement_state" for answer in answers if answer not in taken)
    by_worker = taken[0].json()["cancelled_by"] == "worker"
    headcount = 2 if by_worker else 1
    assert await one.places() == {"headcount": headcount, "hired": 0, "left": headcount}
    assert await world.count("events", "kind = 'EngagementCancelled'") == 1


async def test_the_same_cancellation_sent_twice_is_answered_alike(world: World) -> None:
    one = await hired(world)
    key = {"Idempotency-Key": "cancel-1"}
    first, second = [await one.worker.post(f"{one.path}/cancel", {}, headers=key) for _ in range(2)]
    assert ok(first) == ok(second)


async def test_lists_can_be_cut_to_a_state(world: World) -> None:
    one = await hired(world)
    for state, there in (("agreed", 1), ("cancelled", 0)):
        assert len(ok(await one.worker.get(f"/v1/me/engagements?state={state}"))["items"]) == there
    refused(await one.worker.get("/v1/me/engagements?state=lost"), 422, "invalid")


@pytest.mark.parametrize("state", ["checked_in", "checked_out", "disputed"])
async def test_an_account_with_work_under_way_stays_open(world: World, state: str) -> None:
    one = await hired(world)
    async with world.session() as session:
        connection = await session.connection()
        before = "'agreed'" if state == "disputed" else "NULL"
        await connection.exec_driver_sql(
            f"UPDATE engagements SET state = '{state}', before_dispute = {before}"  # noqa: S608
        )
    async with one.at(ENDS + DAY):
        refused(await one.worker.delete("/v1/me"), 409, "engagements_stand")
