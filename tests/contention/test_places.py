"""One place is never given twice, however many ask at once (domain.md, rules 1 and 2; trust.md, R1)."""

import asyncio
from collections import Counter
from collections.abc import Callable

from tests.contention.crowd import answered, applies, crowd, line
from tests.contention.figures import FIGURE
from tests.contention.ledger import absent, books, deadlocks
from tests.processes import Api
from tests.world import Json, World, ok, shift

CONNECTIONS = 500
# What a phone waits; the time itself is a figure, for a tighter bound would judge the machine's other work.
ANSWERED_WITHIN_S = 30


async def test_five_hundred_ask_for_five_places_at_once(
    api: Api, world: World, record_property: Callable[[str, object], None]
) -> None:
    employer = await world.employer()
    job = await employer.posts_job(shifts=[shift(headcount=5)])
    workers = await crowd(world, 500)

    async with line(api.address, CONNECTIONS) as client:
        answers = await asyncio.gather(*(applies(client, worker, job) for worker in workers))

    slowest = max(answer.took_s for answer in answers)
    record_property(f"{FIGURE}500 for 5 places, slowest answer in s", round(slowest, 2))
    assert Counter(answer.outcome for answer in answers) == {
        "accepted": 5,
        "waitlisted": 10,
        "shift_full": 485,
    }
    assert {answer.tries for answer in answers} == {1}
    assert slowest < ANSWERED_WITHIN_S
    now = await books(world.settings.database_url)
    now.balance()
    assert now.hired == 5


async def test_one_worker_asks_for_two_hundred_shifts_at_the_same_hour(api: Api, world: World) -> None:
    employer = await world.employer(trusted=True)
    jobs = [await employer.posts_job(shifts=[shift(8 + n % 3)]) for n in range(40)]
    [worker] = await crowd(world, 1)

    async with line(api.address, CONNECTIONS) as client:
        answers = await asyncio.gather(*(applies(client, worker, jobs[n % 40]) for n in range(200)))

    told = Counter(answer.outcome for answer in answers)
    assert told["accepted"] == 1
    # Four more requests went to the very job that she or he got.
    assert told == {"accepted": 1, "applied_already": 4, "shift_overlaps": 195}
    (await books(world.settings.database_url)).balance()


async def test_who_was_told_yes_has_the_place_although_the_api_was_killed(api: Api, world: World) -> None:
    employer = await world.employer(trusted=True)
    jobs = [await employer.posts_job(shifts=[shift(headcount=15)]) for _ in range(3)]
    workers = await crowd(world, 150)

    async with line(api.address, 100) as client:
        asking = [
            asyncio.create_task(applies(client, worker, jobs[n % 3])) for n, worker in enumerate(workers)
        ]
        await answered(asking, 50)
        api.kill()
        await api.up()
        answers = await asyncio.gather(*asking)

    assert any(answer.tries > 1 for answer in answers), "nobody was cut off: the kill came too late"
    outcomes = Counter(answer.outcome for answer in answers)
    # A retry finds the first answer: nobody is told that she or he had applied already.
    assert outcomes == {"accepted": 45, "waitlisted": 90, "shift_full": 15}
    url = world.settings.database_url
    given = [answer.body["id"] for answer in answers if answer.status == 201]
    assert await absent(url, given) == 0
    now = await books(url)
    now.balance()
    assert now.hired == outcomes["accepted"]
    assert await world.count("applications") == len(given) == len(set(given))


async def test_one_worker_killed_in_the_middle_is_in_one_place(api: Api, world: World) -> None:
    employer = await world.employer(trusted=True)
    jobs = [await employer.posts_job() for _ in range(20)]
    [worker] = await crowd(world, 1)

    async with line(api.address, 200) as client:
        asking = [asyncio.create_task(applies(client, worker, jobs[n % 20])) for n in range(200)]
        await answered(asking, 1)
        api.kill()
        await api.up()
        answers = await asyncio.gather(*asking)

    assert Counter(answer.outcome for answer in answers)["accepted"] == 1
    now = await books(world.settings.database_url)
    now.balance()
    assert now.hired == 1


async def test_shifts_move_and_postings_close_while_many_apply(api: Api, world: World) -> None:
    """Locks are taken in one order: nobody waits in a circle, and no listing is left behind."""
    before = await deadlocks(world.settings.database_url)
    employer = await world.employer(trusted=True)
    days = [shift(headcount=3, days=day) for day in range(2, 6)]
    jobs = [await employer.posts_job(shifts=days) for _ in range(4)]
    workers = await crowd(world, 150)

    async def busies_herself(job: Json) -> None:
        for n in range(12):
            chosen = job["shifts"][n % len(days)]["id"]
            changes = shift(8 + n % 2, headcount=3 + n // 4, days=2 + n % len(days))
            path = f"/v1/jobs/{job['id']}/shifts/{chosen}"
            ok(await client.patch(path, json=changes, headers=employers))
        ok(await client.post(f"/v1/jobs/{job['id']}/close", headers=employers))

    employers = {"Authorization": f"Bearer {employer.token}"}
    async with line(api.address, 100) as client:
        changing = asyncio.gather(*(busies_herself(job) for job in jobs[:2]))
        applying = [applies(client, worker, jobs[n % 4]) for n, worker in enumerate(workers)]
        answers = await asyncio.gather(*applying)
        await changing

    assert {answer.status for answer in answers} <= {201, 409}
    assert await deadlocks(world.settings.database_url) == before
    assert [answer.tries for answer in answers if answer.tries > 1] == []
    (await books(world.settings.database_url)).balance()
