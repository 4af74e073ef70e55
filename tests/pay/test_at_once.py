"""Money under contention: many hands at once, and every fen still in one place."""

import asyncio
from collections import Counter
from datetime import timedelta

from app.pay import keeping
from tests.pay.gigs import gig, gigs_of, paid, parts
from tests.world import World, ok


async def test_twenty_reports_of_the_whole_wage_are_one_report(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        path, body = f"{one.path}/pay-report", paid(20000)
        answers = await asyncio.gather(*(one.employer.post(path, body) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 19}
        assert parts(await one.record()) == {"reported_fen": 20000}
        assert await world.count("pay_reports") == 1


async def test_the_hours_are_confirmed_once_by_the_employer_or_the_clock(world: World) -> None:
    gigs = await gigs_of(world, await world.employer(trusted=True), 8)
    for one in gigs:
        await one.attended(one.starts_at, one.ends_at - timedelta(hours=4))
    async with gigs[0].at(gigs[0].ends_at + timedelta(hours=24)):
        await asyncio.gather(
            keeping.confirm_what_the_employer_did_not(world.database),
            *(gigs[0].employer.post(f"{one.path}/confirm-hours", {"minutes": 480}) for one in gigs),
            keeping.confirm_what_the_employer_did_not(world.database),
        )
        assert await world.count("pay_records") == 8
        # Whoever came second: the clock left the employer's word alone, the employer corrected the clock.
        assert await world.count("pay_records", "owed_fen = 20000 AND open_fen = 20000") == 8


async def test_yes_and_no_at_once_is_one_answer(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        path = f"{one.path}/pay-confirmation"
        said = [{"received": True}, {"received": False, "amount_fen": 5000}] * 10
        answers = await asyncio.gather(*(one.worker.post(path, body) for body in said))
        assert Counter(answer.status_code for answer in answers) == {200: 10, 409: 10}
        settled = {answer.json()["settled_fen"] for answer in answers if answer.status_code == 200}
        assert len(settled) == 1
        assert (await one.record())["settled_fen"] in settled
        assert await world.count("events", "kind = 'PayAnswered'") == 1


async def test_a_payment_reported_while_the_hours_are_contested_loses_no_fen(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(8000)
        answers = await asyncio.gather(
            one.worker.post(f"{one.path}/contest-hours", {"minutes": 600, "text": "不止"}),
            one.worker.post(f"{one.path}/pay-confirmation", {"received": False}),
            one.employer.post(f"{one.path}/pay-report", paid(12000)),
            one.employer.post(f"{one.path}/confirm-hours", {"minutes": 1}),
        )
        assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
        assert parts(await one.record()) == {"reported_fen": 12000, "contested_fen": 13000}


async def test_one_key_a_hundred_times_is_one_payment(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        body, headers = paid(100), {"Idempotency-Key": "one-payment"}
        found: Counter[int] = Counter()
        bodies = set()
        for _ in range(10):
            answers = await asyncio.gather(
                *(one.employer.post(f"{one.path}/pay-report", body, headers=headers) for _ in range(10))
            )
            found.update(answer.status_code for answer in answers)
            bodies |= {answer.text for answer in answers if answer.status_code == 200}
        assert set(found) <= {200, 409}
        assert len(bodies) == 1
        assert await world.count("pay_reports") == 1
        assert parts(await one.record()) == {"open_fen": 19900, "reported_fen": 100}


async def test_two_batches_over_the_same_people_do_not_wait_for_each_other_forever(world: World) -> None:
    employer = await world.employer(trusted=True)
    gigs = await gigs_of(world, employer, 6)
    async with gigs[0].at(gigs[0].ends_at):
        for one in gigs:
            ok(await employer.post(f"{one.path}/confirm-hours", {"minutes": 480}))
        items = [paid(20000) | {"engagement_id": one.engagement["id"]} for one in gigs]
        path = f"/v1/employers/{employer.employer_id}/pay-reports"
        answers = await asyncio.gather(
            *(employer.post(path, {"items": order}) for order in [items, items[::-1]] * 4)
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 7}
        assert await world.count("pay_reports") == 6
