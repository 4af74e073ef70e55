"""City and stub province, each a real server, joined by a line in each direction that may do harm."""

import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette

from tests.processes import Api, Process, working
from tests.processes import serving as api_serving
from tests.stubs.province.city import City, Credentials
from tests.stubs.province.copy import Copy
from tests.stubs.province.doors import PUSHES, application
from tests.stubs.province.keys import Keys, made
from tests.stubs.province.life import Province
from tests.stubs.proxy import Proxy, bad_line
from tests.stubs.server import serving
from tests.world import World


@dataclass
class Link:
    """Both sides and the lines between them: `up` carries pushes, `down` the province's calls.

    `province` follows and is pushed to, `listener` (another copy of its) is only pushed to.
    """

    province: Province
    listener: Province
    keys: Keys
    api: Api
    worker: Process
    up: Proxy
    down: Proxy

    async def begins(self) -> None:
        """Take the first snapshot, and subscribe."""
        for one, path in ((self.province, PUSHES), (self.listener, f"/listener{PUSHES}")):
            await one.start_over()
            await one.subscribe(f"{self.up.address}{path}")

    async def heal(self) -> None:
        await self.up.heal()
        await self.down.heal()


@asynccontextmanager
async def linked(world: World, folder: Path, *, seed: int = 0, chance: float = 0) -> AsyncIterator[Link]:
    """Run API and worker over the world's database, and a province that signs in with a key of its own."""
    keys = made()
    machine = await world.province(keys=keys.public(), calls_a_minute=60_000)
    app = Starlette()
    async with serving(app) as doors, bad_line(doors, seed=seed, chance=chance) as up:
        place = urlsplit(up.address).netloc
        allowed = {"OUTBOUND_ALLOWED": place}
        async with (
            api_serving(world.settings, **allowed) as api,
            working(world.settings, **allowed) as worker,
            bad_line(api.address, seed=seed + 1, chance=chance) as down,
        ):
            credentials = Credentials(
                machine.client_id, key=keys.signing, token_url=f"{api.address}/sync/v1/oauth/token"
            )
            city = City(down.address, credentials)
            province = Province(city, Copy(), folder, [_secret()])
            listener = Province(city, Copy(), folder, [_secret()], subscription="listener")
            app.mount("/listener", application(listener))
            app.mount("/", application(province))
            try:
                yield Link(province, listener, keys, api, worker, up, down)
            finally:
                await city.close()
                province.copy.close()
                listener.copy.close()


def _secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def peak_mib(process: Process) -> int:
    """Return the most memory that the process ever had resident."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024
