"""What `make province` starts: it introduces itself, takes the copy, and shows both sides equal."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.stations.models import Role, Staff
from scripts.children import spawn
from scripts.ports import any_free
from tests.processes import serving, working
from tests.world import PASSWORD, SECRET, World, ok

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.timeout(120)
async def test_a_newcomer_sees_the_exchange_work(world: World, tmp_path: Path) -> None:
    employer = await world.employer(trusted=True)
    await employer.posts_job()
    await world.publish()
    port = any_free()
    allowed = {"OUTBOUND_ALLOWED": f"127.0.0.1:{port}"}
    async with serving(world.settings, **allowed) as api, working(world.settings, **allowed):
        handout = tmp_path / "demo.json"
        handout.write_text(json.dumps(await _handout(world, api.address)), "utf-8")
        async with _province(api.address, port, handout, tmp_path / "province") as (page, log):
            state = await _compared(page, log)

            assert state["held"]["job"] > 0
            assert state["held"]["application"] == 1
            assert state["differences"] == 0
            assert state["vacancies"] == {
                **{f"SX-000{n}": "shown" for n in range(1, 5)},
                "SX-0900": "waiting",
                "SX-0901": "own",
            }
            assert "没有差异" in (await page.get("/differences")).text
            assert "岗位" in (await page.get("/")).text
            await page.post("/vacancies")
            assert "SX-1001" in (await page.get("/state")).json()["vacancies"]
            said = log.read_text("utf-8")
            assert "全量 snapshot" in said
            assert "accepted" in said


async def _handout(world: World, address: str) -> dict[str, Any]:
    operator = await world.staff("1410", Role.OPERATOR)
    async with world.session() as session:
        staff = await session.get_one(Staff, operator.id)
        staff.username = "operator-1410"
        staff.totp_secret = TOTP
    machine = await world.province(client_id="province-demo")
    worker = await world.worker()
    return {
        "staff": [{"username": "operator-1410", "password": PASSWORD, "totp_secret": TOTP}],
        "province": {
            "client_id": machine.client_id,
            "client_secret": SECRET,
            "token_url": f"{address}/sync/v1/oauth/token",
        },
        "workers": [{"phone": worker.phone, "verified": True}],
    }


@asynccontextmanager
async def _province(
    city: str, port: int, handout: Path, folder: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, Path]]:
    log = folder.with_suffix(".log")
    child = await asyncio.to_thread(_started, city, port, handout, folder, log)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as page:
            yield page, log
    finally:
        child.terminate()
        await asyncio.to_thread(child.wait, 10)


def _started(city: str, port: int, handout: Path, folder: Path, log: Path) -> "subprocess.Popen[str]":
    args = ["--city", city, "--port", str(port), "--handout", str(handout), "--folder", str(folder)]
    with log.open("w") as output:
        return spawn([sys.executable, "-m", "tests.stubs.province", *args], output=output)


async def _compared(page: httpx.AsyncClient, log: Path) -> dict[str, Any]:
    """Wait until the province has compared for the first time."""
    async with asyncio.timeout(90):
        while True:
            try:
                state: dict[str, Any] = ok(await page.get("/state"))
                if state["compared"]:
                    return state
            except httpx.TransportError:
                pass
            assert "Traceback" not in await asyncio.to_thread(log.read_text, "utf-8")
            await asyncio.sleep(0.2)
