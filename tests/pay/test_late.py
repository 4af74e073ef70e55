"""An employer who cancels late owes a share of the agreed pay, as the city set it."""

from datetime import datetime, timedelta

import pytest

from app.core import clock
from app.core.events import emit
from app.core.types import new_id
from app.engagements.cancelling import cancel
from app.engagements.events import ExcuseDecided
from app.engagements.models import Excuse, ExcuseKind, ExcuseState, Side
from app.stations.models import Role
from tests.pay.gigs import Gig, gig, parts
from tests.world import World, ok, refused, shift


async def cancelled(world: World, one: Gig, by: Side = Side.EMPLOYER) -> None:
    async with world.session() as session:
        await cancel(session, one.engagement["id"], by, None)


@pytest.mark.parametrize(
    ("notice", "share"),
    [
        (timedelta(hours=24), 0),
        (timedelta(hours=24, minutes=-1), 30),
        (timedelta(hours=4), 30),
        (timedelta(hours=4, minutes=-1), 50),
        (timedelta(0), 50),
        (timedelta(minutes=-1), 100),
    ],
)
async def test_the_share_goes_by_the_notice(world: World, notice: timedelta, share: int) -> None:
    one = await gig(world, shifts=[shift(days=3)])
    async with one.at(one.starts_at - notice):
        cost = ok(await one.employer.get(f"{one.path}/cancellation-cost"))
        assert (cost["share_percent"], cost["owed_fen"]) == (share, 200 * share)
        await cancelled(world, one)
        items = ok(await one.worker.get(f"{one.path}/pay"))["items"]
        if share == 0:
            assert items == []
            return
        [record] = items
        assert (record["owed_for"], parts(record)) == ("late_cancellation", {"open_fen": 200 * share})
        due = clock.start_of(clock.today() + timedelta(days=4))
        assert datetime.fromisoformat(record["due_at"]) == due
        refused(await one.employer.get(f"{one.path}/cancellation-cost"), 409, "engagement_state")


async def test_the_share_is_paid_like_any_wage_and_the_engagement_stays_cancelled(world: World) -> None:
    one = await gig(world)
    async with one.at(one.starts_at - timedelta(hours=1)):
        await cancelled(world, one)
        reported = await one.reports(10000, owed_for="late_cancellation")
        assert reported["state"] == "reported"
        assert (await one.answers(received=True))["state"] == "settled"
        assert await one.state() == "cancelled"


async def test_a_worker_who_cancels_owes_nothing_and_gets_nothing(world: World) -> None:
    one = await gig(world)
    async with one.at(one.starts_at - timedelta(hours=1)):
        refused(await one.worker.get(f"{one.path}/cancellation-cost"), 404, "not_found")
        await cancelled(world, one, Side.WORKER)
        assert ok(await one.worker.get(f"{one.path}/pay"))["items"] == []


async def test_a_share_of_piece_pay_goes_by_what_was_expected(world: World) -> None:
    one = await gig(world, pay={"amount_fen": 1000, "per": "piece", "expected_minutes": 20})
    async with one.at(one.starts_at - timedelta(hours=1)):
        cost = ok(await one.employer.get(f"{one.path}/cancellation-cost"))
        assert cost == {"notice_minutes": 60, "share_percent": 50, "owed_fen": 12000}


@pytest.mark.parametrize("accepted", [True, False])
async def test_an_excuse_that_staff_accept_lets_go_of_what_is_not_paid(world: World, accepted: bool) -> None:
    one, decider = await gig(world), await world.staff()
    async with one.at(one.starts_at - timedelta(hours=1)):
        await cancelled(world, one)
        await one.reports(4000, owed_for="late_cancellation")
        async with world.session() as session:
            excuse = Excuse(
                id=new_id(),
                engagement_id=one.engagement["id"],
                by=Side.EMPLOYER,
                account_id=one.employer.id,
                kind=ExcuseKind.WEATHER,
                division="141002001",
                state=ExcuseState.ACCEPTED if accepted else ExcuseState.REJECTED,
                made_at=clock.now(),
                due_at=clock.now(),
                decided_at=clock.now(),
                decided_by=decider.id,
            )
            session.add(excuse)
            await session.flush()
            await emit(session, ExcuseDecided(excuse.id, accepted))
    await world.deliver()
    async with one.at(one.starts_at):
        record = await one.record()
    assert parts(record) == {"reported_fen": 4000, "cancelled_fen" if accepted else "open_fen": 6000}


async def test_the_city_sets_the_shares_for_days_to_come_and_never_for_the_past(world: World) -> None:
    path = "/admin/v1/pay/late-cancellation-shares"
    operator, clerk = await world.staff(role=Role.OPERATOR), await world.staff(role=Role.CLERK)
    tomorrow = clock.today() + timedelta(days=1)
    given = {
        "effective_from": (tomorrow + timedelta(days=1)).isoformat(),
        "shares": [{"within_minutes": 2880, "share_percent": 10}],
        "source": "测试",
    }
    assert {share["share_percent"] for share in ok(await clerk.get(path))["items"]} == {30, 50, 100}
    refused(await clerk.put(path, given), 404, "not_found")
    today = given | {"effective_from": clock.today().isoformat()}
    refused(await operator.put(path, today), 422, "shares_in_the_past")
    twice = given | {"shares": given["shares"] * 2}  # type: ignore[operator]
    refused(await operator.put(path, twice), 422, "invalid")
    for _ in range(2):
        assert len(ok(await operator.put(path, given))["items"]) == 4
    assert await world.count("ledger", "action = 'late_cancellation_shares.set'") == 2
    before, after = await gig(world), await gig(world, shifts=[shift(days=2)])
    async with before.at(before.starts_at - timedelta(hours=1)):
        now = ok(await before.employer.get(f"{before.path}/cancellation-cost"))
        assert now["share_percent"] == 50
    async with after.at(after.starts_at - timedelta(hours=1)):
        then = ok(await after.employer.get(f"{after.path}/cancellation-cost"))
        assert then["share_percent"] == 10
