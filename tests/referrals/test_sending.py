"""A station sends a worker to a job: the place is nobody else's until it is used or given back."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import text

from app.core import clock
from app.engagements.keeping import give_back_kept_places
from app.stations.models import Role
from tests.contention.ledger import books
from tests.referrals.scene import Scene, scene
from tests.world import HOUMA, Actor, World, ok, refused, shift


@asynccontextmanager
async def later(one: Scene, *others: Actor, hours: float) -> AsyncIterator[None]:
    """Let time pass; the worker, the employer and the others are signed in anew."""
    with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
        for actor in (one.worker, one.employer, *others):
            actor.token = await one.world.fresh_token(actor)
        one.clerk = await one.world.staff("141002", Role.CLERK)
        yield


async def test_the_place_is_kept_for_who_was_sent_and_for_nobody_else(world: World) -> None:
    one = await scene(world)
    other = await world.worker()
    referral = await one.sent(note="到了找门卫")

    assert (await one.shift())["reserved"] == 1
    assert ok(await other.get("/v1/jobs?sort=newest"))["items"] == []  # nothing is left to be seen
    assert await one.choice(await other.applies(one.job)) == "waitlisted"
    assert await one.choice(await one.worker.applies(one.job)) == "accepted"

    shown = await one.referral(referral)
    assert (shown["state"], shown["engagement_state"], shown["note"]) == ("hired", "agreed", "到了找门卫")
    now = await one.shift()
    assert (now["hired"], now["reserved"]) == (1, 0)
    (await books(world.settings.database_url)).balance()


async def test_both_sides_are_told_and_the_ledger_knows(world: World) -> None:
    one = await scene(world, shifts=[shift(days=3), shift(days=4)])
    shifts = [given["id"] for given in one.job["shifts"]]
    sent = ok(await one.sends(shift_ids=shifts, note="到了找门卫"), 201)["items"]
    await world.deliver()

    assert [item["shift_id"] for item in sent] == shifts
    assert (await one.worker.inbox()).count("referred") == 1  # one message, however many shifts
    assert "到了找门卫" in (await one.worker.texts())[0]
    assert "worker_referred" in await one.employer.inbox()
    auditor = await world.staff("141002", Role.AUDITOR)
    entries = ok(await auditor.get("/admin/v1/ledger"))["items"]
    assert [entry["action"] for entry in entries].count("referral.send") == 2


async def test_what_is_not_used_in_time_goes_to_who_waits(world: World) -> None:
    one = await scene(world)
    waits = await world.worker()
    referral = await one.sent(hold_hours=2)
    assert await one.choice(await waits.applies(one.job)) == "waitlisted"

    async with later(one, waits, hours=1.9):
        await give_back_kept_places(world.database)
        assert await one.state(referral) == "sent"
    async with later(one, waits, hours=2.1):
        await give_back_kept_places(world.database)
        await give_back_kept_places(world.database)  # a second round finds nothing
        assert await one.state(referral) == "lapsed"
        engaged = ok(await waits.get("/v1/me/engagements"))["items"]
        assert [item["state"] for item in engaged] == ["agreed"]
        await world.deliver()
        assert "referral_over" in await one.worker.inbox()
    (await books(world.settings.database_url)).balance()


async def test_a_place_is_kept_to_the_start_at_most(world: World) -> None:
    one = await scene(world, shifts=[shift(days=1)])
    shown = ok(await one.sends(hold_hours=48), 201)["items"][0]
    assert shown["kept_until"] <= shown["starts_at"]


async def test_who_hires_by_review_may_give_the_kept_place_to_who_was_sent_alone(world: World) -> None:
    one = await scene(world, hiring="review")
    other = await world.worker()
    asked = ok(await other.applies(one.job), 201)
    referral = await one.sent()

    accepted = ok(await one.employer.post(f"/v1/applications/{asked['id']}/accept"))
    assert accepted["shifts"][0]["state"] == "waitlisted"
    mine = ok(await one.worker.applies(one.job), 201)
    assert await one.state(referral) == "applied"
    accepted = ok(await one.employer.post(f"/v1/applications/{mine['id']}/accept"))
    assert accepted["shifts"][0]["state"] == "accepted"
    assert await one.state(referral) == "hired"


async def test_the_employers_no_is_the_outcome_and_frees_the_place(world: World) -> None:
    one = await scene(world, hiring="review")
    referral = await one.sent()
    asked = ok(await one.worker.applies(one.job), 201)
    ok(await one.employer.post(f"/v1/applications/{asked['id']}/decline", {"reason": "人够了"}))
    shown = await one.referral(referral)
    assert (shown["state"], shown["reason_text"]) == ("not_hired", "雇主不用")
    assert (await one.shift())["reserved"] == 0


async def test_who_takes_the_request_back_does_not_go_and_frees_the_place(world: World) -> None:
    one = await scene(world, hiring="review")
    referral = await one.sent()
    asked = ok(await one.worker.applies(one.job), 201)
    ok(await one.worker.post(f"/v1/applications/{asked['id']}/withdraw"))
    assert await one.state(referral) == "declined"
    assert (await one.shift())["reserved"] == 0


async def test_who_has_applied_is_not_lapsed_when_the_place_is_given_back(world: World) -> None:
    one = await scene(world, hiring="review")
    referral = await one.sent(hold_hours=1)
    asked = ok(await one.worker.applies(one.job), 201)
    async with later(one, hours=1.1):
        await give_back_kept_places(world.database)
        assert await one.state(referral) == "applied"
        assert (await one.shift())["reserved"] == 0
        ok(await one.employer.post(f"/v1/applications/{asked['id']}/accept"))
        assert await one.state(referral) == "hired"


async def test_a_station_takes_a_referral_back(world: World) -> None:
    one = await scene(world)
    waits = await world.worker()
    referral = await one.sent()
    ok(await waits.applies(one.job), 201)
    path = f"/admin/v1/referrals/{referral}/withdraw"
    assert ok(await one.clerk.post(path, {"reason": "本人改去别处"}))["state"] == "withdrawn"
    refused(await one.clerk.post(path, {"reason": "本人改去别处"}), 409, "referral_state")
    assert len(ok(await waits.get("/v1/me/engagements"))["items"]) == 1
    (await books(world.settings.database_url)).balance()


async def test_the_clerk_tells_why_nothing_came_of_it(world: World) -> None:
    one = await scene(world)
    referral = await one.sent()
    path = f"/admin/v1/referrals/{referral}/outcome"
    refused(await one.clerk.post(path, {"outcome": "hired", "reason": "other"}), 422, "invalid")
    told = ok(await one.clerk.post(path, {"outcome": "declined", "reason": "distance"}))
    assert (told["state"], told["reason_text"]) == ("declined", "距离过远")
    assert (await one.shift())["reserved"] == 0
    assert await one.sent() != referral  # and may be sent again


async def test_the_outcome_of_one_that_lapsed_leaves_the_next_one_its_place(world: World) -> None:
    one = await scene(world)
    first = await one.sent(hold_hours=1)
    async with later(one, hours=2):
        await give_back_kept_places(world.database)
        second = await one.sent()
        told = {"outcome": "declined", "reason": "not_reached"}
        ok(await one.clerk.post(f"/admin/v1/referrals/{first}/outcome", told))
        assert (await one.state(first), await one.state(second)) == ("declined", "sent")
        assert (await one.shift())["reserved"] == 1
    (await books(world.settings.database_url)).balance()


async def test_a_closed_posting_keeps_no_place(world: World) -> None:
    one = await scene(world)
    referral = await one.sent()
    ok(await one.employer.post(f"/v1/jobs/{one.job['id']}/close"))
    assert await one.state(referral) == "lapsed"
    assert await world.count("kept_places") == 0
    (await books(world.settings.database_url)).balance()


async def test_who_closes_the_account_leaves_no_place_behind(world: World) -> None:
    one = await scene(world)
    referral = await one.sent(note="到了找门卫")
    assert (
        "referrals.json"
        in zipfile.ZipFile(io.BytesIO((await one.worker.get("/v1/me/data")).content)).namelist()
    )
    ok(await one.worker.delete("/v1/me"), 204)
    shown = await one.referral(referral)
    assert (shown["state"], shown["note"]) == ("declined", None)
    assert (await one.shift())["reserved"] == 0


async def test_the_employer_cannot_take_a_kept_place_away(world: World) -> None:
    one = await scene(world, headcount=2)
    await one.sent()
    path = f"/v1/jobs/{one.job['id']}/shifts/{one.job['shifts'][0]['id']}"
    ok(await one.employer.patch(path, {"headcount": 1}))
    ok(await one.worker.applies(one.job), 201)
    assert (await one.shift())["hired"] == 1


async def test_a_full_shift_takes_no_referral(world: World) -> None:
    one = await scene(world)
    ok(await (await world.worker()).applies(one.job), 201)
    refused(await one.sends(), 409, "shift_full")


async def test_what_hinders_the_worker_hinders_the_referral(world: World) -> None:
    one = await scene(world, headcount=3)
    stranger = await world.worker(verified=False)
    problem = refused(await one.sends(worker_id=str(stranger.id)), 409, "real_name_missing")
    assert problem["shifts"][0]["reasons"] == ["real_name_missing"]
    await one.sent()
    refused(await one.sends(), 409, "referred_already")
    elsewhere = await one.employer.posts_job(shifts=[shift(10, days=3)])
    ok(await one.worker.applies(elsewhere), 201)
    later_job = await one.employer.posts_job(shifts=[shift(12, days=3)])
    other = Scene(world, one.employer, one.worker, one.clerk, later_job)
    refused(await other.sends(), 409, "shift_overlaps")
    refused(await one.sends(shift_ids=["0193a3c0-0000-7000-8000-000000000000"]), 422, "invalid")


async def test_who_and_what_is_out_of_reach_is_not_there(world: World) -> None:
    one = await scene(world, headcount=3)
    refused(await one.sends(clerk=await world.staff("141081", Role.CLERK)), 404, "not_found")
    refused(await one.sends(clerk=await world.staff("141002", Role.AUDITOR)), 404, "not_found")
    far = await world.worker(home=HOUMA)
    refused(await one.sends(worker_id=str(far.id)), 404, "not_found")
    theirs = await one.employer.posts_job(place=HOUMA, shifts=[shift(days=5)])
    given = {"job_id": theirs["id"], "shift_ids": [theirs["shifts"][0]["id"]]}
    refused(await one.sends(**given), 404, "not_found")
    # A township's clerk finds work in the whole county, for her own people.
    township = ok(await world.nobody.get(f"/v1/jobs/{one.job['id']}"))["division"]
    ok(await one.sends(clerk=await world.staff(township, Role.CLERK)), 201)


async def test_of_two_at_the_last_one_of_the_quota_one_passes(world: World) -> None:
    one = await scene(world, headcount=5)
    manager = await world.staff("141002", Role.MANAGER)
    given = {"staff_id": str(one.clerk.id), "monthly": 2}
    assert ok(await manager.put("/admin/v1/referrals/quotas", given))["used"] == 0
    await one.sent()
    workers = [await world.worker() for _ in range(4)]
    # Connections are opened beforehand: else the first is through before the others begin.
    await asyncio.gather(*(one.clerk.get("/admin/v1/referrals") for _ in range(8)))
    answers = await asyncio.gather(*(one.sends(worker_id=str(worker.id)) for worker in workers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(await one.sends(worker_id=str(workers[0].id)), 409, "referral_quota_reached")
    assert (await one.shift())["reserved"] == 2

    quotas = ok(await manager.get("/admin/v1/referrals/quotas"))["items"]
    mine = next(item for item in quotas if item["staff_id"] == str(one.clerk.id))
    assert (mine["monthly"], mine["used"]) == (2, 2)
    elsewhere = await world.staff("141081", Role.MANAGER)
    refused(await elsewhere.put("/admin/v1/referrals/quotas", given), 404, "not_found")
    ok(await manager.put("/admin/v1/referrals/quotas", given | {"monthly": None}))
    ok(await one.sends(worker_id=str((await world.worker()).id)), 201)


async def test_the_month_is_counted_by_clerk(world: World) -> None:
    one = await scene(world, headcount=4)
    await one.sent()
    ok(await one.worker.applies(one.job), 201)
    other = await one.sent(worker_id=str((await world.worker()).id))
    outcome = {"outcome": "not_hired", "reason": "pay"}
    ok(await one.clerk.post(f"/admin/v1/referrals/{other}/outcome", outcome))
    [figures] = ok(await one.clerk.get("/admin/v1/referrals/figures"))["items"]
    assert figures | {"staff_id": 0, "station_id": 0, "staff_name": 0, "month": 0} == {
        "staff_id": 0, "station_id": 0, "staff_name": 0, "month": 0,
        "sent": 2, "hired": 1, "came": 0, "not_hired": 1, "declined": 0, "lapsed": 0, "withdrawn": 0,
        "fill_percent": 50,
    }  # fmt: skip
    assert ok(await one.clerk.get("/admin/v1/referrals/figures?month=2020-01"))["items"] == []
    listed = ok(await one.clerk.get("/admin/v1/referrals?state=hired&mine=true&limit=1"))
    assert [item["state"] for item in listed["items"]] == ["hired"]
    neighbour = await world.staff("141081", Role.CLERK)
    assert ok(await neighbour.get("/admin/v1/referrals"))["items"] == []


async def test_a_crowd_at_a_kept_place(world: World) -> None:
    """Forty ask at once for two places of which one is kept: one of them gets the other."""
    one = await scene(world, headcount=2)
    await one.sent()
    crowd = [await world.worker(verified=True) for _ in range(12)]
    answers = await asyncio.gather(
        *(worker.applies(one.job) for worker in crowd), one.worker.applies(one.job)
    )
    states = [answer.json()["shifts"][0]["state"] for answer in answers if answer.status_code == 201]
    assert states.count("accepted") == 2
    assert answers[-1].json()["shifts"][0]["state"] == "accepted"
    (await books(world.settings.database_url)).balance()


async def test_a_township_sees_what_came_of_its_referrals_elsewhere(world: World) -> None:
    """The work is in another township of the county, and who sent the worker works elsewhere by now."""
    one = await scene(world)
    home = "141002101"
    assert one.job["division"] != home
    one.clerk, colleague = await world.staff(home, Role.CLERK), await world.staff(home, Role.CLERK)
    elsewhere = await world.staff("141081", Role.CLERK)

    async def moves(what: str, **given: Any) -> None:
        async with world.session() as session:
            await session.execute(text(f"UPDATE {what}"), given)

    await moves("workers SET division = :to WHERE id = :who", who=one.worker.id, to=home)
    referral = await one.sent()
    assert await one.choice(await one.worker.applies(one.job)) == "accepted"
    await moves("workers SET division = '141081001' WHERE id = :who", who=one.worker.id)
    station = "(SELECT station_id FROM staff WHERE id = :to)"
    await moves(f"staff SET station_id = {station} WHERE id = :who", who=one.clerk.id, to=elsewhere.id)

    (shown,) = ok(await colleague.get("/admin/v1/referrals"))["items"]
    assert (shown["id"], shown["engagement_state"]) == (referral, "agreed")
    assert shown["worker_name"] != "已注销"
    assert ok(await colleague.get(f"/admin/v1/referrals/{referral}")) == shown
    (figures,) = ok(await colleague.get("/admin/v1/referrals/figures"))["items"]
    assert (figures["sent"], figures["hired"]) == (1, 1)
