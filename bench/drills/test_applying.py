"""R1: ten thousand apply, the API and PostgreSQL are killed three times each, and nothing is lost."""

# ruff: noqa: S101 - assert is the tool here

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

import asyncpg
import pytest

from scripts.cluster import Cluster
from tests.contention.crowd import answered, applies, crowd, line, started
from tests.contention.figures import FIGURE
from tests.contention.ledger import absent, books
from tests.contention.promises import REACTIONS, kept, nothing_left
from tests.processes import Api, serving, working
from tests.world import World, shift

WORKERS, JOBS_EACH, JOBS, HEADCOUNT = 2_500, 4, 50, 30
AT_ONCE = 100
KILLS = 3


@pytest.mark.timeout(1_800)
async def test_nothing_is_lost_or_given_twice(
    city: World, cluster: Cluster, record_property: Callable[[str, object], None]
) -> None:
    employer = await city.employer(trusted=True)
    # Half of the jobs are at the same hours, so that a worker can have one of them alone.
    hours = [8 if n % 2 else 8 + 4 * (n % 4) for n in range(JOBS)]
    jobs = [await employer.posts_job(shifts=[shift(hour, hours=4, headcount=HEADCOUNT)]) for hour in hours]
    workers = await crowd(city, WORKERS)
    url = city.settings.database_url

    began = time.monotonic()
    async with serving(city.settings) as api, working(city.settings) as worker:
        async with line(api.address, AT_ONCE) as client:
            wanted = [
                (member, jobs[(n * 7 + turn * 13) % JOBS])
                for turn in range(JOBS_EACH)
                for n, member in enumerate(workers)
            ]
            asking = started(AT_ONCE, (applies(client, member, job) for member, job in wanted))
            for number in range(KILLS * 2):
                await answered(asking, len(wanted) * (number + 1) // (KILLS * 2 + 1))
                await _kill(api if number % 2 else cluster)
            answers = await asyncio.gather(*asking)
        took_s = time.monotonic() - began
        survived = worker.is_running
        left_s = await nothing_left(url)

    given = [answer.body["id"] for answer in answers if answer.status == HTTPStatus.CREATED]
    now, done = await books(url), await kept(url)
    lost = await absent(url, given)
    told = Counter(answer.outcome for answer in answers)
    for name, value in {
        "R1 applications": len(answers),
        "R1 API and PostgreSQL killed, times each": KILLS,
        "R1 answers": dict(told),
        "R1 cut off and tried again": sum(answer.tries > 1 for answer in answers),
        "R1 over-hired": now.over_hired,
        "R1 in two places": now.in_two_places,
        "R1 acknowledged": len(given),
        "R1 acknowledged and absent": lost,
        "R1 places filled = engagements = events": f"{now.hired} = {now.engaged} = {now.events}",
        "R1 seconds, answers a second": f"{took_s:.0f}, {len(answers) / took_s:.0f}",
        "R1 worker outlived PostgreSQL": survived,
        "R1 seconds until all was delivered": round(left_s, 1),
    }.items():
        record_property(FIGURE + name, value)

    assert survived
    assert lost == 0
    now.balance()
    assert told["accepted"] == now.hired
    assert len(given) == len(set(given))
    assert await _applications(url) == len(given)
    assert (done.delivered, done.told, done.counted) == (now.events * REACTIONS, now.events, now.events)


async def _kill(which: Api | Cluster) -> None:
    """Kill -9 and start again, while the clients go on asking."""
    if isinstance(which, Api):
        which.kill()
        await asyncio.sleep(0.5)
        await which.up()
    else:
        await asyncio.to_thread(which.kill)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(which.start)


async def _applications(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM applications"))
    finally:
        await connection.close()
