"""Who is told what, through the doors: from being taken on to being paid, and when it goes wrong."""

import asyncio
from datetime import timedelta

from app.attendance import keeping as attendance_keeping
from app.notifications.actions import Letter, tell
from app.pay import keeping as pay_keeping
from app.stations.models import Role
from tests.attendance.gate import ENDS, HERE, gate
from tests.pay.gigs import gig
from tests.world import World, ok

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def test_a_good_day_is_told_step_by_step(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at + HOUR):
        await one.attended(one.starts_at, one.ends_at)
        await one.confirms()
        record = await one.record()
        await world.deliver()
        assert "hours_confirmed" in await one.worker.inbox()
        await one.reports(record["owed_fen"])
        await world.deliver()
        assert (await one.worker.inbox())[0] == "pay_reported"
        assert "已付您 200 元" in (await one.worker.texts())[0]
        await one.answers(received=True)
        await world.deliver()
        assert {"pay_settled", "please_review"} <= set((await one.worker.inbox())[:2])
        assert {"pay_settled_employer", "please_review"} <= set((await one.employer.inbox())[:2])


async def test_overdue_wages_are_told_to_both_and_to_the_station(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at + HOUR):
        await one.attended(one.starts_at, one.ends_at)
        await one.confirms()
    async with one.at(one.midnight - 7 * HOUR):
        await pay_keeping.remind_of_what_falls_due(world.database)
        await world.deliver()
        assert "pay_falls_due" in await one.employer.inbox()
    async with one.at(one.midnight + MINUTE):
        for _ in range(2):
            await pay_keeping.find_what_is_overdue(world.database)
            await world.deliver()
        assert (await one.worker.inbox()).count("pay_overdue") == 1
        assert (await one.employer.inbox()).count("pay_overdue_employer") == 1
        assert [text for text in await one.worker.texts() if "200 元到期未付" in text]
    assert await world.count("alerts", "kind = 'pay_overdue'") == 1


async def test_contested_pay_is_told_to_who_said_to_have_paid(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at + HOUR):
        await one.attended(one.starts_at, one.ends_at)
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=False, amount_fen=15000, text="少给了五十")
        await world.deliver()
        assert "pay_contested" in await one.employer.inbox()
        assert not [text for text in await one.employer.texts() if "五十" in text]


async def test_what_the_counter_does_is_told_to_the_worker_by_sms(world: World) -> None:
    at = await gate(world)
    async with at.at(-10 * MINUTE):
        clerk = await world.staff(role=Role.CLERK)
        given = {"reason": "劳动者没有手机,在窗口签到"}
        ok(await clerk.post(f"/admin/v1/engagements/{at.id}/check-in", given))
        await world.deliver()
        assert "checked_in_by_station" in await at.worker.inbox()
        assert "已为您签到" in "".join(await at.worker.texts())
        assert "checked_in_by_station_employer" in await at.employer.inbox()


async def test_an_employer_that_cancels_is_told_on_to_the_worker_by_sms(world: World) -> None:
    at = await gate(world)
    async with at.at(-2 * HOUR):
        ok(await at.employer.post(f"{at.path}/cancel", {"reason": "材料没到"}))
        await world.deliver()
        inbox = await at.worker.inbox()
        assert {"employer_cancelled", "cancellation_owed"} <= set(inbox)
        assert "不要前往" in "".join(await at.worker.texts())
        assert "worker_withdrew" not in await at.employer.inbox()


async def test_missing_is_asked_about_then_answered_for(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        await attendance_keeping.ask_who_is_missing(world.database)
        await world.deliver()
        assert "nobody_checked_in" in await at.worker.inbox()
        assert [
            text for text in await at.worker.texts() if "开工已一小时" in text and at.employer.phone in text
        ]
        assert "nobody_checked_in_employer" in await at.employer.inbox()
    async with at.at(2 * HOUR + MINUTE):
        await attendance_keeping.propose_no_shows(world.database)
        await world.deliver()
        assert (await at.worker.inbox())[0] == "no_show_claimed"
    async with at.at(26 * HOUR + 2 * MINUTE):
        await attendance_keeping.let_claims_stand(world.database)
        await world.deliver()
        assert "no_show_stands" in await at.worker.inbox()
        assert "no_show_stands_employer" in await at.employer.inbox()


async def test_a_check_out_asks_the_employer_for_the_hours(world: World) -> None:
    at = await gate(world)
    async with at.at(-MINUTE):
        ok(await at.comes(HERE))
    async with at.at(ENDS):
        ok(await at.goes(HERE))
        await world.deliver()
        assert "hours_to_confirm" in await at.employer.inbox()


async def test_numbers_have_no_gap_and_nothing_comes_twice(world: World) -> None:
    people = [await world.person() for _ in range(3)]

    async def told(n: int) -> None:
        async with world.session() as session:
            for person in sorted(people, key=lambda one: one.id):
                await tell(session, Letter(person.id, "worker_verified", str(n % 20), {}))

    await asyncio.gather(*(told(n) for n in range(60)))
    for person in people:
        items = ok(await person.get("/v1/me/notifications?limit=100"))["items"]
        assert [one["number"] for one in items] == list(range(20, 0, -1))


async def test_the_badge_counts_what_is_unread(world: World) -> None:
    worker = await world.worker()
    await world.deliver()
    assert ok(await worker.get("/v1/me/notifications/unread")) == {"count": 1}
    ok(await worker.post("/v1/me/notifications/read", {}))
    assert ok(await worker.get("/v1/me/notifications/unread")) == {"count": 0}
