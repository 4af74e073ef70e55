"""Fifty thousand rows of each kind through the real worker: how long, and how much memory at its peak."""

# ruff: noqa: S101 - assert is the tool here

import asyncio
import io
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from app.core.sheets import XLSX
from scripts.demo.chance import Chance
from scripts.demo.identities import full_name
from scripts.demo.numbers import valid_uscc
from tests.contention.figures import FIGURE
from tests.imports.forms import EMPLOYERS, JOBS, WORKERS, employer, job, worker
from tests.processes import Process, working
from tests.world import Actor, World, ok

ROWS = int(os.environ.get("ROWS", "50000"))
WITHIN_S, GROWTH_MIB = 60, 200
FIRMS = 500  # of those that were imported, verified: the postings' employers
AT_MOST_S = 600


@pytest.mark.timeout(3_600)
async def test_fifty_thousand_rows_of_each_kind(
    city: World, record_property: Callable[[str, object], None]
) -> None:
    reviewer = await city.staff()
    async with working(city.settings) as process:
        await asyncio.sleep(3)
        for kind, headings, rows in _sheets():
            content = await asyncio.to_thread(_drawn, headings, rows)
            before, busy = _mib(process, "VmRSS"), _cpu_s(process)
            checked_s, written_s, longest_s = await _import(reviewer, kind, content)
            took = checked_s + written_s
            grown = _mib(process, "VmHWM") - before
            record_property(
                f"{FIGURE}{kind}, {ROWS:,} rows ({len(content) / 2**20:.1f} MiB)",
                f"checked {checked_s:.1f} s, written {written_s:.1f} s, together {took:.1f} s"
                f" ({_cpu_s(process) - busy:.1f} s of the worker's processor);"
                f" worker {before:.0f} MiB, at its peak {grown:+.0f} MiB;"
                f" slowest answer meanwhile {longest_s * 1000:.0f} ms",
            )
            assert took < WITHIN_S or os.environ.get("SLOW"), (kind, took)
            assert grown < GROWTH_MIB, (kind, grown)
            if kind == "employers":
                await _verify_some(city)
    for table in ("workers", "employers", "jobs", "shifts"):
        assert await city.look(f"SELECT count(*) FROM {table}") == ROWS  # noqa: S608 - our own names


def _sheets() -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    chance, dice = Chance("imports"), random.Random(7)
    codes = [valid_uscc("141002", n) for n in range(1, ROWS + 1)]

    def near() -> dict[str, Any]:
        return {"经度": 111.5 + dice.random() / 20, "纬度": 36.05 + dice.random() / 20, "坐标系": "gcj02"}

    employers = (
        employer(n, codes[n - 1], **(near() if n % 2 else {}), 联系人=full_name(chance))
        for n in range(1, ROWS + 1)
    )
    jobs = (
        job(
            n,
            codes[n % FIRMS],
            标题=f"仓库卸货第 {n} 单",
            工作内容=f"第 {n} 单:卸两车瓷砖,管一顿午饭,有搬运经验者优先,工具自备亦可。",
            **(near() if n % 2 else {}),
        )
        for n in range(1, ROWS + 1)
    )
    workers = (
        worker(n, 姓名=full_name(chance), **({"手机号": ""} if n % 10 == 0 else {}))
        for n in range(1, ROWS + 1)
    )
    yield "employers", EMPLOYERS, employers
    yield "jobs", JOBS, jobs
    yield "workers", WORKERS, workers


def _drawn(headings: list[str], rows: Iterator[list[Any]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, headings)
        for at, row in enumerate(rows, 1):
            page.write_row(at, 0, row)
    return made.getvalue()


async def _import(reviewer: Actor, kind: str, content: bytes) -> tuple[float, float, float]:
    began = time.monotonic()
    files = {"file": ("form.xlsx", content, XLSX)}
    sent = await reviewer.post("/admin/v1/imports", data={"kind": kind}, files=files)
    path = f"/admin/v1/imports/{ok(sent, 202)['id']}"
    longest = await _until(reviewer, path, "ready")
    checked = time.monotonic()
    ok(await reviewer.post(f"{path}/confirm", {}), 202)
    longest = max(longest, await _until(reviewer, path, "done"))
    assert ok(await reviewer.get(path))["rows_written"] == ROWS
    return checked - began, time.monotonic() - checked, longest


async def _until(reviewer: Actor, path: str, state: str) -> float:
    """Wait for a state; return the slowest answer on the way: somebody looks at the progress."""
    slowest, ends = 0.0, time.monotonic() + AT_MOST_S
    while time.monotonic() < ends:
        asked = time.monotonic()
        found = ok(await reviewer.get(path))
        slowest = max(slowest, time.monotonic() - asked)
        if found["state"] == state:
            return slowest
        assert found["state"] in ("checking", "writing"), ok(await reviewer.get(f"{path}/errors"))
        await asyncio.sleep(0.2)
    raise AssertionError(f"not {state} within {AT_MOST_S} s")


async def _verify_some(city: World) -> None:
    async with city.session() as session:
        await session.execute(
            text(
                "UPDATE employers SET state = 'verified', verified_at = now(),"
                " verified_until = now() + interval '100 days' WHERE uscc = ANY(:codes)"
            ),
            {"codes": [valid_uscc("141002", n) for n in range(1, FIRMS + 1)]},
        )


def _cpu_s(process: Process) -> float:
    assert process._child is not None  # noqa: SLF001
    times = Path(f"/proc/{process._child.pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def _mib(process: Process, name: str) -> float:
    assert process._child is not None  # noqa: SLF001 - its process's memory is what is measured
    status = Path(f"/proc/{process._child.pid}/status").read_text()  # noqa: SLF001
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1024
