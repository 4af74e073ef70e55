"""What happens to wages by itself, each minute: confirmed, reminded of, overdue, settled."""

from datetime import timedelta

from app.core import clock
from app.pay import keeping
from tests.pay.gigs import Gig, gig, parts
from tests.world import World, ok, refused, shift

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def the_clock_strikes(world: World) -> None:
    """Run all that runs each minute, twice: the second round must find nothing more."""
    for _ in range(2):
        await keeping.confirm_what_the_employer_did_not(world.database)
        await keeping.find_what_is_overdue(world.database)
        await keeping.remind_of_what_falls_due(world.database)
        await keeping.ask_for_answers(world.database)


async def happened(world: World, kind: str) -> int:
    return await world.count("events", f"kind = '{kind}'")


async def weekly(world: World) -> Gig:
    """Return a gig whose pay is due long after the day: two weeks on, by the month."""
    first = clock.today().replace(day=1)
    days = (first.replace(day=28) + timedelta(days=10)).replace(day=5) - clock.today()
    return await gig(world, pay_settlement="monthly", shifts=[shift(days=days.days)])


async def test_what_the_employer_does_not_confirm_in_a_day_the_attendance_does(world: World) -> None:
    one = await weekly(world)
    came, went = one.starts_at + timedelta(minutes=30), one.ends_at + HOUR
    await one.attended(came, went)
    async with one.at(went + timedelta(hours=24) - MINUTE):
        await the_clock_strikes(world)
        assert await one.state() == "checked_out"
    async with one.at(went + timedelta(hours=24)):
        await the_clock_strikes(world)
        record = await one.record()
        assert record["basis"]["minutes"] == 450
        assert parts(record) == {"open_fen": 18750}
        assert await happened(world, "HoursConfirmed") == 1


async def test_daily_pay_is_confirmed_when_it_is_due_but_never_within_an_hour(world: World) -> None:
    one = await gig(world, shifts=[shift(15, 8)])
    went = one.ends_at + timedelta(minutes=10)
    await one.attended(one.starts_at, went)
    async with one.at(one.midnight + timedelta(minutes=9)):
        await the_clock_strikes(world)
        assert await one.state() == "checked_out"
    async with one.at(went + HOUR):
        await the_clock_strikes(world)
        record = await one.record()
        assert (record["state"], record["owed_fen"]) == ("overdue", 20000)
        assert (await one.contests(minutes=500))["state"] == "contested"


async def test_pieces_nobody_counted_are_confirmed_by_the_minutes(world: World) -> None:
    one = await gig(world, pay={"amount_fen": 1100, "per": "piece", "expected_minutes": 25})
    await one.attended(one.starts_at, one.ends_at)
    async with one.at(one.ends_at + timedelta(hours=24)):
        await the_clock_strikes(world)
        record = await one.record()
        assert (record["basis"]["pieces"], record["owed_fen"]) == (19, 20900)


async def test_the_employer_is_reminded_once_on_the_last_afternoon(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
    async with one.at(one.midnight - 7 * HOUR - MINUTE):
        await the_clock_strikes(world)
        assert await happened(world, "PayFallsDue") == 0
    async with one.at(one.midnight - 7 * HOUR):
        await the_clock_strikes(world)
        assert await happened(world, "PayFallsDue") == 1


async def test_wages_are_overdue_when_their_day_is_over_and_not_before(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(5000)
    async with one.at(one.midnight - timedelta(seconds=1)):
        await the_clock_strikes(world)
        assert (await one.record())["state"] == "due"
    async with one.at(one.midnight):
        await the_clock_strikes(world)
        record = await one.record()
        assert (record["state"], parts(record)) == ("overdue", {"open_fen": 15000, "reported_fen": 5000})
        assert await happened(world, "PayOverdue") == 1
        sums = ok(await one.worker.get("/v1/me/pay"))["sums"]
        assert (sums["overdue_fen"], sums["owed_fen"]) == (15000, 20000)
        await one.reports(15000)
        await one.answers(received=True)
        paid = await one.answers(received=True)
        assert (paid["state"], paid["overdue_at"] is None) == ("settled", False)


async def test_what_waits_for_an_answer_is_not_overdue_until_it_is_contested(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
    async with one.at(one.midnight + HOUR):
        await the_clock_strikes(world)
        assert await happened(world, "PayOverdue") == 0
        await one.answers(received=False, text="没收到")
        await the_clock_strikes(world)
        record = await one.record()
        assert (record["state"], record["overdue_at"] is None) == ("contested", False)
        assert await happened(world, "PayOverdue") == 1


async def test_who_does_not_answer_is_asked_again_and_after_seven_days_it_is_settled(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
    async with one.at(one.ends_at + timedelta(days=3) - MINUTE):
        await the_clock_strikes(world)
        assert await happened(world, "PayAwaitsAnswer") == 0
    async with one.at(one.ends_at + timedelta(days=3)):
        await the_clock_strikes(world)
        assert await happened(world, "PayAwaitsAnswer") == 1
    async with one.at(one.ends_at + timedelta(days=7) - MINUTE):
        await the_clock_strikes(world)
        assert (await one.record())["state"] == "reported"
    async with one.at(one.ends_at + timedelta(days=7)):
        await the_clock_strikes(world)
        record = await one.record()
        assert (record["state"], record["reports"][0]["state"]) == ("settled", "uncontested")
        assert await one.state() == "paid"
        late = await one.worker.post(f"{one.path}/pay-confirmation", {"received": False})
        refused(late, 409, "nothing_reported")
        assert (await one.answers(received=True))["state"] == "settled"


async def test_a_whole_batch_and_more_is_found(world: World) -> None:
    keeping.BATCH, before = 2, keeping.BATCH
    try:
        employer, worker = await world.employer(trusted=True), await world.worker()
        gigs = [
            await gig(world, employer=employer, worker=worker, shifts=[shift(hour, 3)])
            for hour in (6, 10, 14)
        ]
        for one in gigs:
            await one.attended(one.starts_at, one.ends_at)
        async with gigs[0].at(gigs[0].midnight + 25 * HOUR):
            await the_clock_strikes(world)
        assert await happened(world, "HoursConfirmed") == 3
        assert await happened(world, "PayOverdue") == 3
    finally:
        keeping.BATCH = before
