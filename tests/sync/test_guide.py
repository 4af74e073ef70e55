"""The page for the provincial engineer who signs in: its code runs as it stands there."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from app.core.migrated import ROOT
from app.stations.models import Role
from app.sync.models import Scope
from tests.processes import serving
from tests.world import World, ok

PAGE = (ROOT / "docs" / "province-access.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def run(block: str, **known: str) -> str:
    """Run a block of the page as a program of its own; return what it prints."""
    given = "".join(f"{name} = {value!r}\n" for name, value in known.items())
    done = subprocess.run(  # noqa: S603 - our own page, with our own interpreter
        [sys.executable, "-c", given + block], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_an_engineer_signs_in_by_the_page_alone(world: World, tmp_path: Path) -> None:
    make, sign_in = BLOCKS
    key_file = str(tmp_path / "key.pem")
    province, operator = await world.province(Scope.READ_JOB), await world.staff(role=Role.OPERATOR)

    handed_over = await asyncio.to_thread(run, make, KEY_FILE=key_file)
    jwk = dict(re.findall(r"'(\w+)': '([^']+)'", handed_over))
    ok(await operator.post(f"/admin/v1/sync/clients/{province.client_id}/keys", {"jwk": jwk}), 201)
    async with serving(world.settings) as api:
        known = {"CITY": api.address, "CLIENT_ID": province.client_id, "KEY_FILE": key_file}
        cursor = await asyncio.to_thread(run, sign_in, **known)

    assert re.fullmatch(r"[0-9a-f]+-[0-9a-f]{12}\n", cursor)
