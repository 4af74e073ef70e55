"""R1 for wages: hours, payments and answers under way while the API and PostgreSQL are killed."""

# ruff: noqa: S101 - assert is the tool here

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.core import clock
from bench.drills.test_applying import _kill as killed_and_started
from scripts.cluster import Cluster
from tests.contention.crowd import Answer, Member, answered, applies, crowd, insists, line, started
from tests.contention.figures import FIGURE
from tests.contention.promises import nothing_left
from tests.processes import serving, working
from tests.world import World, shift

WORKERS, JOBS = 1_000, 20
AT_ONCE = 60
KILLS = 3
DAY_FEN = 20_000

# What became of every fen, and of each who was paid.
BOOKS = """
SELECT (SELECT count(*) FROM pay_records) AS records,
       (SELECT count(*) FROM pay_reports) AS reports,
       (SELECT count(*) FROM engagements WHERE state = 'paid') AS paid,
       (SELECT coalesce(sum(owed_fen), 0) FROM pay_records) AS owed_fen,
       (SELECT coalesce(sum(open_fen + reported_fen + contested_fen + cancelled_fen), 0)
          FROM pay_records) AS elsewhere_fen,
       (SELECT coalesce(sum(settled_fen), 0) FROM pay_records) AS settled_fen,
       (SELECT coalesce(sum(amount_fen), 0) FROM pay_reports) AS reported_fen,
       (SELECT count(*) FROM events WHERE kind = 'PaySettled') AS settled_events,
       (SELECT count(*) FROM notifications WHERE kind = 'pay_settled') AS told
"""


@pytest.mark.timeout(1_800)
async def test_no_fen_is_lost_or_paid_twice(
    city: World, cluster: Cluster, record_property: Callable[[str, object], None]
) -> None:
    employer = await city.employer(trusted=True)
    jobs = [await employer.posts_job(shifts=[shift(headcount=WORKERS // JOBS)]) for _ in range(JOBS)]
    workers = await crowd(city, WORKERS)
    boss = Member(employer.id, employer.token or "")
    url = city.settings.database_url

    began = time.monotonic()
    async with serving(city.settings) as api, working(city.settings) as worker:
        async with line(api.address, AT_ONCE) as client:
            asked = (applies(client, member, jobs[n % JOBS]) for n, member in enumerate(workers))
            await asyncio.gather(*started(AT_ONCE, asked))
            engaged = await _have_worked(url)
            paying = started(
                AT_ONCE, (_is_paid(client, boss, member, engaged[member.id]) for member in workers)
            )
            for number in range(KILLS * 2):
                await answered(paying, len(workers) * (number + 1) // (KILLS * 2 + 1))
                await killed_and_started(api if number % 2 else cluster)
            answers = [answer for chain in await asyncio.gather(*paying) for answer in chain]
        took_s = time.monotonic() - began
        survived = worker.is_running
        left_s = await nothing_left(url)

    connection = await asyncpg.connect(url)
    try:
        books = await connection.fetchrow(BOOKS)
    finally:
        await connection.close()
    told = Counter(answer.status for answer in answers)
    for name, value in {
        "R1 pay: chains of hours, payment, answer": WORKERS,
        "R1 pay: API and PostgreSQL killed, times each": KILLS,
        "R1 pay: answers": dict(told),
        "R1 pay: cut off and tried again": sum(answer.tries > 1 for answer in answers),
        "R1 pay: fen owed = settled + elsewhere": f"{books['owed_fen']} = {books['settled_fen']}"
        f" + {books['elsewhere_fen']}",
        "R1 pay: records, reports, paid, told": f"{books['records']}, {books['reports']}, {books['paid']},"
        f" {books['told']}",
        "R1 pay: seconds, answers a second": f"{took_s:.0f}, {len(answers) / took_s:.0f}",
        "R1 pay: seconds until all was delivered": round(left_s, 1),
    }.items():
        record_property(FIGURE + name, value)

    assert survived
    assert all(status < httpx.codes.MULTIPLE_CHOICES for status in told), told
    assert books["records"] == books["reports"] == books["paid"] == WORKERS
    assert books["owed_fen"] == books["settled_fen"] == books["reported_fen"] == WORKERS * DAY_FEN
    assert books["elsewhere_fen"] == 0
    assert books["settled_events"] == books["told"] == WORKERS


async def _have_worked(database_url: str) -> dict[UUID, UUID]:
    """Move everybody's shift to this morning; return the engagement of each worker."""
    begins = clock.now() - timedelta(hours=9)
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            for table in ("shifts", "engagements"):
                await connection.execute(
                    f"UPDATE {table} SET starts_at = $1, ends_at = $2",  # noqa: S608
                    begins,
                    begins + timedelta(hours=8),
                )
        rows = await connection.fetch("SELECT worker_id, id FROM engagements")
    finally:
        await connection.close()
    return {row["worker_id"]: row["id"] for row in rows}


async def _is_paid(client: httpx.AsyncClient, boss: Member, member: Member, engagement: UUID) -> list[Answer]:
    """Let the hours be confirmed, the wage be paid, and the worker say so."""
    path = f"/v1/engagements/{engagement}"
    paid = {"amount_fen": DAY_FEN, "method": "cash", "paid_at": clock.now().isoformat()}
    return [
        await insists(client, boss, f"{path}/confirm-hours", {"minutes": 480}),
        await insists(client, boss, f"{path}/pay-report", paid),
        await insists(client, member, f"{path}/pay-confirmation", {"received": True}),
    ]
