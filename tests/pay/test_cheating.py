"""What an employer might try so as not to pay, and what is written down instead."""

from datetime import timedelta

from app.attendance import keeping as attendance
from app.core import clock
from app.pay import keeping
from app.stations.models import Role
from tests.pay.gigs import gig, parts
from tests.world import World, ok, refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_nothing_worked_is_no_way_out_where_nobody_came(world: World) -> None:
    one = await gig(world)
    async with one.at(one.starts_at + HOUR):
        answer = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 0})
        refused(answer, 409, "nothing_worked")
        assert await one.state() == "agreed"
        assert ok(await one.worker.get(f"{one.path}/pay"))["items"] == []


async def test_nothing_made_is_no_way_out_either(world: World) -> None:
    one = await gig(world, pay={"amount_fen": 5000, "per": "piece", "expected_minutes": 60})
    async with one.at(one.starts_at + HOUR):
        answer = await one.employer.post(f"{one.path}/confirm-hours", {"pieces": 0, "minutes": 480})
        refused(answer, 409, "nothing_worked")


async def test_who_says_to_be_turned_away_is_answered_and_not_paid_off_with_a_minute(world: World) -> None:
    one = await gig(world)
    async with one.at(one.starts_at):
        ok(await one.worker.post(f"{one.path}/turned-away", {"text": "门口说人够了"}))
        refused(await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 1}), 409, "claim_open")
    async with one.at(one.starts_at + DAY):
        await attendance.let_claims_stand(world.database)
        [owed] = ok(await one.worker.get(f"{one.path}/pay"))["items"]
        assert (owed["owed_for"], parts(owed)) == ("late_cancellation", {"open_fen": 20000})


async def test_overdue_wages_are_not_corrected_away(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.confirms(minutes=240)  # a slip of the finger, put right
        await one.confirms(minutes=480)
    async with one.at(one.midnight):
        await keeping.find_what_is_overdue(world.database)
        for minutes in (0, 479):
            answer = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": minutes})
            refused(answer, 409, "hours_settled")
        [case] = ok(await one.worker.get("/v1/me/disputes"))["items"]
        assert (case["kind"], case["state"]) == ("wage_arrears", "opened")
        assert (await one.confirms(minutes=540))["owed_fen"] > 20000
        assert (await one.record())["state"] == "overdue"


async def test_hours_that_the_clock_confirmed_can_be_put_right_for_a_day(world: World) -> None:
    one = await gig(world)
    await one.attended(one.starts_at, one.ends_at)
    async with one.at(one.midnight):
        await keeping.confirm_what_the_employer_did_not(world.database)
        await keeping.find_what_is_overdue(world.database)
    async with one.at(one.midnight + DAY - timedelta(seconds=1)):
        assert (await one.confirms(minutes=450))["owed_fen"] == 18750
    async with one.at(one.midnight + DAY):
        answer = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 0})
        refused(answer, 409, "hours_settled")


async def test_hours_contested_after_the_case_ended_open_another(world: World) -> None:
    one = await gig(world)
    await one.attended(one.starts_at, one.ends_at)
    async with one.at(one.midnight):
        await keeping.confirm_what_the_employer_did_not(world.database)
        await keeping.find_what_is_overdue(world.database)
    async with one.at(one.midnight + HOUR):
        await one.confirms(minutes=0)
        [case] = ok(await one.worker.get("/v1/me/disputes"))["items"]
        assert case["state"] == "resolved"
        await one.contests(minutes=480)
        again, before = ok(await one.worker.get("/v1/me/disputes"))["items"]
        assert (again["kind"], again["state"], before["id"]) == ("wage_arrears", "opened", case["id"])
        mediator = await world.staff("141002", Role.MEDIATOR)
        seen = ok(await mediator.get(f"/admin/v1/disputes/{again['id']}"))
        assert seen["pay_record_id"] == (await one.record())["id"]
        assert clock.now() < one.midnight + DAY
