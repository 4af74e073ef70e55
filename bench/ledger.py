# ruff: noqa: E501 - SQL that makes up a year
"""`python -m bench.ledger`: what the ledger's chain costs, how fast it is verified, how fast it is searched.

On a cluster of its own that syncs to disk. Options: --entries N (a million), --seconds N a run.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from uuid import UUID

import asyncpg
from alembic import command
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text

from app.access.asking import Officer
from app.access.queries import LedgerFilters, ledger
from app.audit.models import Entry
from app.audit.verifying import verify
from app.city import people
from app.core import clock, keyring, migrated
from app.core.db import Database
from app.core.pages import newest
from app.core.settings import Settings
from app.stations.models import Role, Staff, Station, StationKind
from scripts.cluster import Cluster
from scripts.terminal import LOCAL

LOADED = people  # what a person's things are
CONNECTIONS, ROUNDS, BATCH = 16, 3, 10_000
STATION = UUID("01900000-0000-7000-8000-000000000001")
ONE = """INSERT INTO ledger (id, actor_kind, actor_id, actor_name, action, object_kind, object_id, division,
                             before, after, reason, address)
         VALUES (gen_random_uuid(), 'staff', gen_random_uuid(), '张工', 'job.remove', 'job',
                 gen_random_uuid(), '141002101', '{"state": "open"}', '{"state": "closed"}', '重复',
                 '10.0.0.1')"""
# Ids that grow as UUIDv7 do, over a year; two thousand actors, fifty kinds of deed, 158 townships.
MANY = """
INSERT INTO ledger (id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, division,
                    before, after, reason, address)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
          || '8' || lpad(to_hex(n), 15, '0'))::uuid,
       at, 'staff', md5('a' || n % 2000)::uuid, '张工', (ARRAY['employer','job','pay','dispute','worker',
       'notice','excuse','appeal','trade','staff'])[1 + n % 10] || '.' || (ARRAY['verify','reject','read',
       'change','close'])[1 + n / 10 % 5], (ARRAY['employer','job','pay_record','dispute','worker'])[1 + n % 5],
       md5('o' || n % 300000)::uuid, '1410' || lpad((n % 17)::text, 2, '0') || lpad((n % 9 + 100)::text, 3, '0'),
       '{"state": "open", "number": 4}', '{"state": "closed", "number": 5}', '核实无误', '10.0.0.1'
  FROM (SELECT n, now() - interval '365 days' * (1 - n / $3::float) AS at
          FROM generate_series($1::bigint, $2::bigint) n) s"""


async def commits(url: str, seconds: int) -> float:
    """Return how many ledger-writing transactions commit in a second."""
    done = 0

    async def one(until: float) -> None:
        nonlocal done
        connection = await asyncpg.connect(url)
        while time.perf_counter() < until:
            await connection.execute(ONE)
            done += 1
        await connection.close()

    until = time.perf_counter() + seconds
    await asyncio.gather(*(one(until) for _ in range(CONNECTIONS)))
    return done / seconds


async def cost(cluster: Cluster, seconds: int, console: Console) -> None:
    """Compare, turn by turn, with the trigger and without."""
    server = await asyncpg.connect(cluster.superuser_url("gigs"))
    found: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for _ in range(ROUNDS):
        for how, rates in found.items():
            await server.execute(f"ALTER TABLE ledger {how} TRIGGER ledger_is_linked")
            rates.append(await commits(cluster.url(), seconds))
    await server.execute("ALTER TABLE ledger ENABLE TRIGGER ledger_is_linked")
    await server.execute(
        "SET session_replication_role = replica; TRUNCATE ledger, ledger_links, ledger_head, ledger_days"
    )
    await server.close()
    chained, bare = median(found["ENABLE"]), median(found["DISABLE"])
    console.print(
        f"commits/s, {CONNECTIONS} connections: {chained:.0f} chained, {bare:.0f} without: {chained / bare:.2f}"
    )


async def fill(cluster: Cluster, entries: int, tick: Callable[[int], None]) -> None:
    connection = await asyncpg.connect(cluster.url())
    for first in range(1, entries + 1, BATCH):
        last = min(entries, first + BATCH - 1)
        await connection.execute(MANY, first, last, entries)
        tick(last)
    await connection.execute("ANALYZE ledger; ANALYZE ledger_links")
    await connection.close()


async def verified(database: Database, console: Console) -> None:
    async with database.transaction(read_only=True) as session:
        begun = time.perf_counter()
        found = await verify(session)
        took = time.perf_counter() - begun
    assert found.first_broken is None, found  # noqa: S101 - a figure of a broken chain says nothing
    console.print(f"verified {found.checked} entries in {took:.1f} s: {found.checked / took:.0f} entries/s")


async def searched(database: Database, entries: int, console: Console) -> None:
    """Time the first and a later page of each filter."""
    async with database.transaction(read_only=True) as session:
        row = (await session.execute(text("SELECT * FROM ledger ORDER BY id LIMIT 1 OFFSET 777"))).one()
    now = clock.now()
    filters = {
        "nothing": LedgerFilters(),
        "actor": LedgerFilters(actor_id=row.actor_id),
        "object": LedgerFilters(object_id=row.object_id),
        "kind of object": LedgerFilters(object_kind="dispute"),
        "kind and actor": LedgerFilters(object_kind="dispute", actor_id=row.actor_id),
        "action": LedgerFilters(action="notice.change"),
        "family of actions": LedgerFilters(action="notice"),
        "unknown action": LedgerFilters(action="nothing.of.it"),
        "township": LedgerFilters(division="141002100"),
        "person": LedgerFilters(person_id=row.object_id),
        "a day ten months ago": LedgerFilters(
            from_=now - timedelta(days=301), until=now - timedelta(days=300)
        ),
        "action of a day": LedgerFilters(
            action="notice.change", from_=now - timedelta(days=301), until=now - timedelta(days=300)
        ),
    }
    table = Table("filter", "first page, ms", "second page, ms", title=f"search of {entries} entries, county")
    for name, wanted in filters.items():
        times = []
        async with database.transaction(read_only=True) as session:
            cursor = None
            for _ in range(2):
                begun = time.perf_counter()
                _, cursor = await newest(session, ledger(_officer(), wanted), Entry.id, 20, cursor, name)
                times.append(f"{(time.perf_counter() - begun) * 1000:.1f}")
                if cursor is None:
                    break
        table.add_row(name, *times)
    console.print(table)


def _officer() -> Officer:
    station = Station(id=STATION, kind=StationKind.COUNTY, name="尧都区", division="141002")
    staff = Staff(id=STATION, username="x", name="张工", role=Role.AUDITOR, station_id=STATION)
    return Officer(staff, station, None, ("141002",), session_id=STATION)


async def measure(cluster: Cluster, entries: int, seconds: int, console: Console) -> None:
    await cost(cluster, seconds, console)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("filling", total=entries)
        await fill(cluster, entries, lambda done: progress.update(task, completed=done))
    database = Database(Settings(database_url=cluster.url()).driver_url, 2)
    await verified(database, console)
    await searched(database, entries, console)
    await database.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=5)
    given = parser.parse_args()
    console = Console(record=True, width=110)
    folder = LOCAL / "bench" / "ledger"
    Cluster(folder, durable=True).remove()
    with Cluster(folder, durable=True) as cluster:
        settings = Settings(database_url=cluster.url())
        keyring.install(settings)
        command.upgrade(migrated.config(settings.driver_url), "head")
        asyncio.run(measure(cluster, given.entries, given.seconds, console))
    Cluster(folder, durable=True).remove()
    (LOCAL / "bench").mkdir(parents=True, exist_ok=True)
    (LOCAL / "bench" / "ledger.txt").write_text(console.export_text())


if __name__ == "__main__":
    main()
