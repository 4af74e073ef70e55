"""`make bench`: how near the API comes to what PostgreSQL alone can do, as ratios taken in one run.

Search first, then the exchange with the province (bench/exchange.py). The market is filled once a day and
kept in .local/bench. Options: --quick (20,000 jobs, short runs: a test of the bench itself), --jobs N,
--rounds N. Results are printed and kept in .local/bench/search.txt and exchange.txt.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app.core import clock
from bench import exchange
from bench.database import filled
from bench.rates import Rate, pgbench, wrk
from bench.server import PROCESSES, Served, serving
from bench.shapes import MIXED, OTHERS, Shape, mix, shape
from scripts.cluster import Cluster
from scripts.terminal import LOCAL, finish

CLIENTS = 4  # of pgbench: on two cores more do not give more
MANY, SOME = 64, 16  # connections


class Options(NamedTuple):
    jobs: int
    rounds: int
    seconds: int
    exchange: exchange.Options


class Measured(NamedTuple):
    """Medians over the rounds."""

    shape: Shape
    api: Rate
    sql: Rate

    @property
    def ratio(self) -> float:
        return self.api.per_s / self.sql.per_s


def main() -> int:
    """Measure and print the tables."""
    options = _options()
    console = Console(record=True, width=110)
    day = (clock.today() + timedelta(days=5)).isoformat()
    mixed = [shape(name, filters, day) for name, filters in MIXED.items()]
    others = [shape(name, filters, day) for name, filters in OTHERS.items()]
    with filled(options.jobs) as cluster, serving(cluster) as served, Progress(transient=True) as progress:
        shapes = [*mixed, mix(mixed), *others]
        task = progress.add_task("measuring", total=len(shapes) * options.rounds + options.rounds)
        found = [_measure(one, cluster, served, options, lambda: progress.advance(task)) for one in shapes]
        few = []
        for _ in range(options.rounds):
            paths = found[len(mixed)].shape.paths
            few.append(wrk(served.base_url, paths, connections=SOME, seconds=options.seconds))
            progress.advance(task)
        memory_mib = served.largest_mib()
    _print(console, options, found, len(mixed), _median(few), memory_mib)
    (LOCAL / "bench" / "search.txt").write_text(console.export_text())
    exchange.run(options.exchange)
    return 0


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 jobs and one short round")
    parser.add_argument("--jobs", type=int, default=200_000, help="open jobs (1000000 takes ten minutes)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; medians are shown")
    given = parser.parse_args()
    if given.quick:
        return Options(20_000, 1, 1, exchange.QUICK)
    return Options(given.jobs, given.rounds, 3, exchange.Options(rounds=min(given.rounds, 3)))


def _measure(
    one: Shape, cluster: Cluster, served: Served, options: Options, tick: Callable[[], None]
) -> Measured:
    """Take the API and PostgreSQL in turn, so that what else the machine does meets both."""
    api, sql = [], []
    wrk(served.base_url, one.paths, connections=SOME, seconds=1)  # statements are prepared, pages are in RAM
    for _ in range(options.rounds):
        settings = {name: value for name, value in one.plan.value.items() if name != "application_name"}
        sql.append(
            pgbench(
                cluster.url(), one.statements, clients=CLIENTS, seconds=options.seconds, settings=settings
            )
        )
        api.append(wrk(served.base_url, one.paths, connections=MANY, seconds=options.seconds))
        tick()
    return Measured(one, _median(api), _median(sql))


def _median(rates: list[Rate]) -> Rate:
    return Rate(*(median(column) for column in zip(*rates, strict=True)))


def _print(
    console: Console, options: Options, found: list[Measured], mixed: int, few: Rate, memory_mib: float
) -> None:
    title = f"Search over {options.jobs:,} open jobs, median of {options.rounds}"
    table = Table(
        title=f"{title}; API: {PROCESSES} processes, {MANY} connections; pgbench: {CLIENTS} clients"
    )
    table.add_column("20 a page")
    for name in ("API /s", "pgbench /s", "ratio", "", "SQL p50 ms", "SQL p99 ms", "p99 of nearest 20"):
        table.add_column(name, justify="left" if not name else "right")
    nearest = next(one for one in found if one.shape.name == "nearest 20")
    for number, one in enumerate(found):
        table.add_row(
            one.shape.name,
            f"{one.api.per_s:,.0f}",
            f"{one.sql.per_s:,.0f}",
            f"{one.ratio:.2f}",
            "█" * round(one.ratio * 12),
            f"{one.sql.p50_ms:.2f}",
            f"{one.sql.p99_ms:.2f}",
            f"{one.sql.p99_ms / nearest.sql.p99_ms:.1f} ×",
            end_section=number == mixed,
        )
    console.print(table)
    console.print(f"mix, {MANY} connections: {found[mixed].ratio:.2f} of pgbench (must 0.30, aim 0.50)")
    console.print(
        f"mix, {SOME} connections: p50 {few.p50_ms:.1f} ms, p99 {few.p99_ms:.1f} ms,"
        f" {few.p99_ms / few.p50_ms:.1f} × (must 8, aim 3)"
    )
    console.print(f"memory of an API process under load: {memory_mib:.0f} MiB (must 150, aim 100)")


if __name__ == "__main__":
    finish(main)
