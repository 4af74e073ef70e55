"""docs/province.md: each of its commands runs as it stands, one after the other in one shell."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

from tests.processes import serving
from tests.world import SECRET, World, ok

GUIDE = Path(__file__).parents[2] / "docs" / "province.md"
INBOUND = GUIDE.with_name("province-inbound.md")
DEMO = "http://127.0.0.1:8000"


async def test_every_command_of_the_guide_works(world: World, tmp_path: Path) -> None:
    employer = await world.employer(trusted=True)
    await employer.posts_job()
    await world.publish()
    machine = await world.province(client_id="province-demo")
    (tmp_path / ".local").mkdir()
    told = {"province": {"client_id": machine.client_id, "client_secret": SECRET}}
    (tmp_path / ".local" / "demo.json").write_text(json.dumps(told), "utf-8")
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
    assert DEMO in commands

    async with serving(world.settings) as api:
        script = "set -euo pipefail\n" + commands.replace(DEMO, api.address)
        ran = await asyncio.to_thread(_run, script, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert '"has_more"' in ran.stdout
    assert '"type":"job"' in ran.stdout
    shown = ok(await machine.get("/sync/v1/inbound/jobs/SX-2026-000123"))
    assert (shown["state"], shown["faults"]) == ("shown", [])


async def test_the_vacancy_of_its_page_is_shown(world: World, tmp_path: Path) -> None:
    machine = await world.province()
    (command,) = re.findall(r"```sh\n(.*?)```", INBOUND.read_text("utf-8"), re.DOTALL)

    async with serving(world.settings) as api:
        script = f"CITY={api.address}\nTOKEN={machine.token}\n{command}"
        ran = await asyncio.to_thread(_run, script, tmp_path)

    assert (ran.returncode, '"state":"shown","faults":[]' in ran.stdout) == (0, True), ran.stdout + ran.stderr


def _run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - the page's own commands
        ["/bin/bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
