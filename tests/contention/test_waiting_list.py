"""A place that falls free goes to who has waited longest, and none stays free while somebody waits."""

import asyncio
import random
from collections import Counter

import httpx

from tests.contention.crowd import Member, applies, crowd, line, settle, withdraws
from tests.contention.ledger import books, deadlocks
from tests.processes import Api
from tests.world import World, ok, shift

# A worker waits for a shift that has a place, and nothing stands against it.
WAITING_IN_VAIN = """state = 'waitlisted' AND EXISTS (SELECT FROM shifts s WHERE s.id = shift_id
  AND s.hired < s.headcount AND NOT EXISTS (SELECT FROM engagements e WHERE e.worker_id =
  application_shifts.worker_id AND e.state <> 'cancelled'
  AND tstzrange(e.starts_at, e.ends_at) && tstzrange(s.starts_at, s.ends_at)))"""


async def test_places_go_to_those_who_wait_in_their_order(api: Api, world: World) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job(shifts=[shift(headcount=2)])
    workers = await crowd(world, 6)
    async with line(api.address, 10) as client:
        asked = [await applies(client, worker, job) for worker in workers]
        assert [answer.outcome for answer in asked] == ["accepted"] * 2 + ["waitlisted"] * 4

        for turn, leaver in enumerate((0, 2, 1)):
            await withdraws(client, workers[leaver], asked[leaver].body["id"])
            stand = await _standing(client, workers)
            assert stand == [[1, 2], [1, 3], [3, 4]][turn]

        # Who leaves the list is passed over.
        await withdraws(client, workers[5], asked[5].body["id"])
        await withdraws(client, workers[3], asked[3].body["id"])
        assert await _standing(client, workers) == [4]
    await settle(world)
    (await books(world.settings.database_url)).balance()


async def test_no_place_is_lost_or_given_twice_while_many_come_and_go(api: Api, world: World) -> None:
    chance = random.Random(20221)
    before = await deadlocks(world.settings.database_url)
    employer = await world.employer(trusted=True)
    # Two jobs at the same hours: who moves up in one must not move up in the other.
    jobs = [await employer.posts_job(shifts=[shift(headcount=8)]) for _ in range(2)]
    workers = await crowd(world, 70)
    early, late = workers[:40], workers[40:]
    async with line(api.address, 60) as client:
        asked = await asyncio.gather(*(applies(client, w, j) for w in early for j in jobs))
        given = [(w, a) for w, a in zip([w for w in early for _ in jobs], asked, strict=True) if a.states]
        leaving = [pair for pair in given if pair[1].outcome == "accepted" or chance.random() < 0.4]
        coming = [(worker, job) for worker in late for job in jobs]

        done = asyncio.Event()
        delivering = asyncio.create_task(_deliver_until(world, done))
        doing = [withdraws(client, worker, answer.body["id"]) for worker, answer in leaving]
        doing += [applies(client, worker, job) for worker, job in coming]
        chance.shuffle(doing)
        answers = await asyncio.gather(*doing)
        done.set()
        await delivering
    await settle(world)

    told = Counter(answer.status for answer in answers)
    assert set(told) <= {200, 201, 409}
    assert told[200] >= 16
    now = await books(world.settings.database_url)
    now.balance()
    assert await world.count("application_shifts", WAITING_IN_VAIN) == 0
    assert now.hired == 16, "people enough wait for both jobs"
    assert await deadlocks(world.settings.database_url) == before


async def _standing(client: httpx.AsyncClient, workers: list[Member]) -> list[int]:
    """Tell by their numbers who is taken on."""
    found = []
    for number, worker in enumerate(workers):
        headers = {"Authorization": f"Bearer {worker.token}"}
        items = ok(await client.get("/v1/me/engagements", headers=headers))["items"]
        found += [number for item in items if item["state"] == "agreed"]
    return found


async def _deliver_until(world: World, done: asyncio.Event) -> None:
    while not done.is_set():
        await world.deliver()
        await asyncio.sleep(0.05)
