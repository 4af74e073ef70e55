"""What counts as paying late, and what does not: an objection alone is no lateness."""

from datetime import timedelta

from app.pay import keeping
from tests.pay.gigs import Gig, gig
from tests.world import World, ok

HOUR = timedelta(hours=1)


async def score_of(one: Gig) -> tuple[int, list[str]]:
    found = ok(await one.employer.get(f"/v1/employers/{one.employer.employer_id}/standing"))
    return found["score"], [reason["code"] for reason in found["reasons"]]


async def test_who_paid_in_time_is_not_late_because_more_is_claimed_afterwards(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=True)
    async with one.at(one.midnight + HOUR):
        await one.contests(minutes=1440)
        await keeping.find_what_is_overdue(world.database)
        assert (await one.record())["overdue_at"]
        assert await score_of(one) == (100, [])


async def test_what_is_conceded_or_decided_and_not_paid_is_late(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=False, amount_fen=5000)
    async with one.at(one.midnight + HOUR):
        await keeping.find_what_is_overdue(world.database)
        assert await score_of(one) == (100, [])
        [report] = (await one.record())["reports"]
        ok(await one.employer.post(f"{one.path}/pay-reports/{report['id']}/accept-contest"))
        assert await score_of(one) == (85, ["paid_late"])
        await one.reports(15000)
        assert await score_of(one) == (95, ["paid_late"])
        await one.answers(received=True)
        assert await score_of(one) == (95, ["paid_late"])


async def test_who_pays_after_the_date_was_late(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
    async with one.at(one.midnight):
        await keeping.find_what_is_overdue(world.database)
        assert await score_of(one) == (85, ["paid_late"])
        await one.reports(20000)
        await one.answers(received=True)
        assert await score_of(one) == (95, ["paid_late"])
