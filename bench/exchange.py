"""`python -m bench.exchange`: the link to the province, as ratios to COPY of the same rows in the same run.

On a cluster of its own. Options: --quick (100,000 records, one round), --records N (a million), --rounds N.
Results are printed and kept in .local/bench/exchange.txt.
"""

import argparse
import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg
from alembic import command
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import reference
from app.core import keyring, migrated, ports
from app.core.db import Database
from app.core.settings import Settings
from bench import exchanged, market
from bench.exchanged import BATCH, Filled, Province, Receiver, Speeds, receiving
from bench.server import PROCESSES, Served, serving
from scripts.cluster import Cluster, throwaway
from scripts.terminal import LOCAL, finish

JOBS = 20_000  # of the market that is published
GOAL = 4
CHANGES, SNAPSHOT, PLAIN = "changes, pages of 1,000", "snapshot, gzip", "snapshot, plain"
PUSHES, BATCHES, PUBLISHING = "pushes, signed and checked", "inbound batch of 10,000", "publishing"


class Options(NamedTuple):
    records: int = 1_000_000
    rounds: int = 3


QUICK = Options(100_000, 1)


class Measured(NamedTuple):
    """What was found, the sides of each thing by round."""

    speeds: dict[str, list[Speeds]]
    peak_mib: float
    idle_mib: float
    digest_ms: float
    ratio_of_gzip: float


def main() -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.exchange", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 records and one round")
    parser.add_argument("--records", type=int, default=Options().records)
    parser.add_argument(
        "--rounds", type=int, default=Options().rounds, help="interleaved rounds; medians are shown"
    )
    given = parser.parse_args()
    run(QUICK if given.quick else Options(given.records, given.rounds))
    return 0


def run(options: Options) -> None:
    """Measure and print the table."""
    console = Console(record=True, width=110)
    (LOCAL / "bench").mkdir(parents=True, exist_ok=True)
    with throwaway("exchange") as cluster, receiving() as receiver, Progress(transient=True) as progress:
        os.environ["OUTBOUND_ALLOWED"] = f"127.0.0.1:{receiver.port}"  # the API process inherits it
        settings = Settings(database_url=cluster.url(), log_level="WARNING")
        keyring.install(settings)
        ports.install(settings)
        task = progress.add_task("posting and publishing", total=2 + options.rounds)
        _prepare(cluster, settings)
        filled = exchanged.fill(cluster, settings, options.records)
        progress.advance(task, 2)
        with serving(cluster) as served:
            progress.update(task, description="measuring")
            found = _measure(cluster, settings, served, receiver, options, lambda: progress.advance(task))
    _print(console, options, filled, found)
    (LOCAL / "bench" / "exchange.txt").write_text(console.export_text())


def _prepare(cluster: Cluster, settings: Settings) -> None:
    command.upgrade(migrated.config(settings.driver_url), "head")
    asyncio.run(_load_reference(settings))
    with psycopg.connect(cluster.url()) as connection:
        market.fill(connection, JOBS, lambda _: None)
    cluster.execute("VACUUM (ANALYZE)", "gigs")


async def _load_reference(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    async with database.transaction() as session:
        await reference.load(session, demonstration=True)
    await database.close()


def _measure(
    cluster: Cluster,
    settings: Settings,
    served: Served,
    receiver: Receiver,
    options: Options,
    tick: Callable[[], None],
) -> Measured:
    """Take us and PostgreSQL in turn, so that what else the machine does meets both."""
    speeds: dict[str, list[Speeds]] = {name: [] for name in (CHANGES, SNAPSHOT, PLAIN, PUSHES, BATCHES)}
    fed, pushed = min(options.records, 200_000), min(options.records, 100_000)
    digests, sizes, peaks = [], {}, []
    Province(served).subscribe(receiver.url)
    exchanged.copy_out(cluster, exchanged.SQL_RECORDS)  # what is read is in RAM, as it is for us afterwards
    idle_mib = served.largest_mib()
    for round_ in range(options.rounds):
        # Each time another connection: one that rests for five seconds is closed.
        sql = exchanged.copy_out(cluster, exchanged.changes_after(fed))
        count, took = Province(served).changes(fed)
        speeds[CHANGES].append(Speeds(count / took, fed / sql))
        for name, encoding in ((SNAPSHOT, "gzip"), (PLAIN, "identity")):
            shutil.rmtree(LOCAL / "bench" / "snapshots")
            (LOCAL / "bench" / "snapshots").mkdir()
            sql = exchanged.copy_out(cluster, exchanged.SQL_RECORDS)
            _forget_peaks(served)
            sizes[name], took = Province(served).snapshot(encoding)
            peaks.append(_peak_mib(served))
            speeds[name].append(Speeds(options.records / took, options.records / sql))
        digests.append(Province(served).digest()[1])
        sql = exchanged.copy_out(cluster, exchanged.changes_after(pushed))
        took = asyncio.run(exchanged.push_all(settings, receiver, pushed))
        speeds[PUSHES].append(Speeds(pushed / took, pushed / sql))
        took = Province(served).batch(f"BENCH-{round_}")
        sql = exchanged.copy_in(cluster, ["province_vacancies"], f"source_id LIKE 'BENCH-{round_}-%'")
        speeds[BATCHES].append(Speeds(BATCH / took, BATCH / sql))
        tick()
    return Measured(speeds, max(peaks), idle_mib, median(digests) * 1000, sizes[PLAIN] / sizes[SNAPSHOT])


def _statuses(served: Served) -> Iterator[Path]:
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            if re.search(rf"^PPid:\t{served.pid}$", status.read_text(), re.MULTILINE):
                yield status


def _forget_peaks(served: Served) -> None:
    for status in _statuses(served):
        status.with_name("clear_refs").write_text("5")


def _peak_mib(served: Served) -> float:
    """Return the most memory that an API process had resident at once, MiB."""
    found = [re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) for status in _statuses(served)]
    return max(int(one[1]) for one in found if one) / 1024


def _print(console: Console, options: Options, filled: Filled, found: Measured) -> None:
    table = Table(
        title=f"The exchange over {options.records:,} records, median of {options.rounds};"
        f" API: {PROCESSES} processes, one connection"
    )
    for name in ("rows a second", "ours", "COPY", "COPY is faster", "goal"):
        table.add_column(name, justify="left" if name == "rows a second" else "right")
    rows = {PUBLISHING: [Speeds(filled.published, filled.copied)]} | found.speeds
    for name, each in rows.items():
        times = median(one.sql / one.ours for one in each)
        table.add_row(
            name,
            f"{median(one.ours for one in each):,.0f}",
            f"{median(one.sql for one in each):,.0f} {'in' if name in (BATCHES, PUBLISHING) else 'out'}",
            f"{times:.1f} ×",
            "-" if name == PUBLISHING else "met" if times <= GOAL else f"missed ({GOAL} ×)",
        )
    console.print(table)
    console.print(
        f"memory of an API process: {found.idle_mib:.0f} MiB before, at most {found.peak_mib:.0f} MiB while"
        f" it gives a snapshot, of which gzip leaves 1/{found.ratio_of_gzip:.0f}"
    )
    console.print(f"digest of all postings by county: {found.digest_ms:.0f} ms")


if __name__ == "__main__":
    finish(main)
