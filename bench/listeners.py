"""`python -m bench.listeners`: thousands follow one fair at one API process, and what each of them missed.

On a cluster of its own. A host marks jobs through the same process; some listeners drop
out in the middle and come back by their number. Options: --listeners N (2000), --marks N (100),
--per-second N (5), --dropped N (200).
"""

import argparse
import asyncio
import re
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple, cast
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import uvloop
from alembic import command
from rich.console import Console
from rich.table import Table

from app import reference
from app.core import keyring, migrated, ports
from app.core.db import Database
from app.core.settings import Settings
from app.fairs.rooms import MOST_OF_AN_ADDRESS
from app.main import create_app
from app.stations.models import Role
from scripts.cluster import Cluster, throwaway
from tests.fairs.past import COUNTY, booth, fair
from tests.processes import Api, serving
from tests.world import Actor, World, ok, shift

AT_ONCE = 100  # connections opened together
WITHIN_S = 60
_EVENT = re.compile(rb"event: show\nid: (\d+)\n")
_LONGEST = 64  # of what the pattern can match


class Asked(NamedTuple):
    listeners: int
    marks: int
    per_second: float
    dropped: int


class Listener(asyncio.Protocol):
    """One phone: follows the fair, notes what came when, and comes back by its number when it was dropped."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.numbers: list[int] = []
        self.came_at: list[float] = []
        self.is_open = asyncio.Event()
        self._came = asyncio.Event()
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._rest = cast("asyncio.Transport", transport), b""
        resume = f"Last-Event-ID: {self.numbers[-1]}\r\n".encode() if self.numbers else b""
        self._transport.write(self.request + resume + b"\r\n")

    def data_received(self, data: bytes) -> None:
        now, seen = time.perf_counter(), self._rest + data
        if not self.is_open.is_set() and b"retry: " in seen:  # the feed's first words, after its headers
            self.is_open.set()
        end = 0
        for found in _EVENT.finditer(seen):
            self.numbers.append(int(found[1]))
            self.came_at.append(now)
            end = found.end()
            self._came.set()
        self._rest = seen[max(end, len(seen) - _LONGEST) :]

    async def has(self, number: int) -> None:
        """Wait until an event has come."""
        while not self.numbers or self.numbers[-1] < number:
            self._came.clear()
            await self._came.wait()

    def drop(self) -> None:
        self.is_open.clear()
        if self._transport:
            self._transport.abort()


class Crowd:
    """All the listeners, from as many addresses as the process allows so many of."""

    def __init__(self, api: Api, fair_id: UUID, count: int) -> None:
        place = urlsplit(api.address)
        self._host, self._port = str(place.hostname), int(place.port or 80)
        request = f"GET /v1/fairs/{fair_id}/live HTTP/1.1\r\nHost: city\r\n".encode()
        self.all = [Listener(request) for _ in range(count)]
        self._number = {listener: number for number, listener in enumerate(self.all)}

    async def come(self, listeners: Sequence[Listener]) -> None:
        for first in range(0, len(listeners), AT_ONCE):
            some = listeners[first : first + AT_ONCE]
            await asyncio.gather(*(self._connect(listener) for listener in some))
            async with asyncio.timeout(WITHIN_S):
                for listener in some:
                    await listener.is_open.wait()

    async def have(self, last: int) -> None:
        """Wait until everybody has the last event."""
        async with asyncio.timeout(WITHIN_S):
            for listener in self.all:
                await listener.has(last)

    async def _connect(self, listener: Listener) -> None:
        address = f"127.0.0.{2 + self._number[listener] // (MOST_OF_AN_ADDRESS * 4 // 5)}"
        await asyncio.get_running_loop().create_connection(
            lambda: listener, self._host, self._port, local_addr=(address, 0)
        )


class Marked(NamedTuple):
    asked_at: list[float]
    answered_at: list[float]


async def host(api: Api, host: Actor, fair_id: UUID, jobs: Sequence[str], asked: Asked) -> Marked:
    """Mark one job after the other, so many a second."""
    marked = Marked([], [])
    headers, path = {"Authorization": f"Bearer {host.token}"}, f"/admin/v1/fairs/{fair_id}/marks"
    async with httpx.AsyncClient(base_url=api.address, headers=headers, timeout=WITHIN_S) as client:
        began = time.perf_counter()
        for number in range(asked.marks):
            await asyncio.sleep(max(0, began + number / asked.per_second - time.perf_counter()))
            marked.asked_at.append(time.perf_counter())
            ok(await client.post(path, json={"job_id": jobs[number % len(jobs)]}), 201)
            marked.answered_at.append(time.perf_counter())
    return marked


async def follow(world: World, api: Api, asked: Asked, console: Console) -> int:
    """Let all of it happen, print what came of it, and return how many events were missed."""
    employer = await world.employer(trusted=True)
    jobs = [await employer.posts_job(title=f"岗位{n}", shifts=[shift(headcount=9)]) for n in range(10)]
    fair_id = await fair(world)
    await booth(world, fair_id, employer, *jobs)
    staff = await world.staff(COUNTY, Role.MANAGER)
    crowd = Crowd(api, fair_id, asked.listeners)
    began = time.perf_counter()
    await crowd.come(crowd.all)
    console.print(f"{asked.listeners} listeners came in {time.perf_counter() - began:.1f} s")
    marking = asyncio.create_task(host(api, staff, fair_id, [job["id"] for job in jobs], asked))
    fickle = crowd.all[:: max(1, asked.listeners // asked.dropped)][: asked.dropped] if asked.dropped else []
    seconds = asked.marks / asked.per_second
    await asyncio.sleep(seconds / 3)
    for listener in fickle:
        listener.drop()
    await asyncio.sleep(seconds / 3)
    await crowd.come(fickle)
    marked = await marking
    await crowd.have(asked.marks)
    return report(console, asked, crowd, fickle, marked, memory_mib(api))


def report(
    console: Console, asked: Asked, crowd: Crowd, fickle: Sequence[Listener], marked: Marked, mib: float
) -> int:
    whole = list(range(1, asked.marks + 1))
    missed = sum(len(set(whole) - set(listener.numbers)) for listener in crowd.all)
    disordered = sum(listener.numbers != sorted(set(listener.numbers)) for listener in crowd.all)
    back = set(fickle)
    steady = [listener for listener in crowd.all if listener not in back]
    all_ms, last_ms, from_press_ms = [], [], []
    for n in range(asked.marks):
        came = [listener.came_at[n] for listener in steady if len(listener.came_at) == asked.marks]
        all_ms += [(at - marked.answered_at[n]) * 1000 for at in came]
        last_ms.append((max(came) - marked.answered_at[n]) * 1000)
        from_press_ms.append((max(came) - marked.asked_at[n]) * 1000)
    table = Table(title=f"{asked.marks} marks, {asked.per_second:g} a second, {asked.listeners} listeners")
    for name in ("ms", "p50", "p99", "most"):
        table.add_column(name, justify="right" if name != "ms" else "left")
    for name, values in {
        "from the mark's answer to a listener": all_ms,
        "from the mark's answer to the last listener": last_ms,
        "from the press to the last listener": from_press_ms,
    }.items():
        cuts = quantiles(values, n=100, method="inclusive")
        table.add_row(name, f"{cuts[49]:.0f}", f"{cuts[98]:.0f}", f"{max(values):.0f}")
    console.print(table)
    console.print(
        f"{asked.listeners * asked.marks:,} events due: {missed} missed, {disordered} got them out of"
        f" order or twice; {len(fickle)} dropped out and came back by their number"
    )
    console.print(f"memory of the API process: {mib:.0f} MiB")
    return missed + disordered


def memory_mib(api: Api) -> float:
    """Resident memory of the process, MiB."""
    status = Path(f"/proc/{api.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


async def measure(cluster: Cluster, folder: Path, asked: Asked) -> int:
    settings = Settings(database_url=cluster.url(), local_dir=folder, log_level="WARNING")
    keyring.install(settings)
    ports.install(settings)
    database = Database(settings.driver_url, 2)
    async with database.transaction() as session:
        await reference.load(session, demonstration=True)
    await database.close()
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        World(app, settings) as world,
        serving(settings) as api,
    ):
        return await follow(world, api, asked, Console(width=110))


def main() -> int:
    """Measure, and fail if anything was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.listeners", description=__doc__)
    parser.add_argument("--listeners", type=int, default=2_000)
    parser.add_argument("--marks", type=int, default=100)
    parser.add_argument("--per-second", type=float, default=5)
    parser.add_argument("--dropped", type=int, default=200)
    given = parser.parse_args()
    asked = Asked(given.listeners, given.marks, given.per_second, given.dropped)
    # A connection is a file, here and in the API process, which inherits the limit.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with throwaway("listeners") as cluster, tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=cluster.url())
        command.upgrade(migrated.config(settings.driver_url), "head")
        return min(1, uvloop.run(measure(cluster, Path(folder), asked)))


if __name__ == "__main__":
    raise SystemExit(main())
