"""A studio: the media server over a real API and worker, and hosts who publish colour bars to it."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from app.core.clock import now
from app.core.live.own import OwnServer
from app.core.types import new_id
from app.streams import actions
from app.streams.models import LiveKind, Stream
from scripts.children import spawn
from scripts.live import MediaServer, Ports, colour_bars
from scripts.ports import any_free
from scripts.setup import has_live
from tests.processes import serving, working
from tests.world import World

DROP_S = 3
ABSENT = None if has_live() else "nginx, libnginx-mod-rtmp and ffmpeg are not installed: `make test` as root"


@dataclass
class Studio:
    """What runs, and what happened when, for who reads a failure or the closing note."""

    server: MediaServer
    api: httpx.AsyncClient
    began: float = field(default_factory=time.monotonic)

    def note(self, what: str) -> None:
        """Write a line of the log."""
        print(f"{time.monotonic() - self.began:5.1f} s  {what}")  # noqa: T201 - pytest shows it with -s

    def address(self, stream: Stream, **changes: str) -> str:
        """Return a push address that is good for an hour."""
        own = OwnServer(self.server.push_url, self.server.play_url)
        return own.push_address(
            stream.name, changes.get("secret", stream.key or ""), now() + timedelta(hours=1)
        )

    @contextmanager
    def publishing(self, address: str) -> Iterator[subprocess.Popen[str]]:
        """Publish colour bars while the block runs."""
        with (self.server.folder / "ffmpeg.log").open("a") as log:
            child = spawn(colour_bars(address), output=log)
            try:
                yield child
            finally:
                child.kill()
                child.wait()

    async def refused(self, address: str) -> bool:
        """Tell whether a publisher is turned away."""
        with self.publishing(address) as child:
            try:
                async with asyncio.timeout(8):
                    return await asyncio.to_thread(child.wait) != 0
            except TimeoutError:
                return False


@asynccontextmanager
async def studio(world: World) -> AsyncIterator[Studio]:
    """Run API, worker and media server while the block runs."""
    folder: Path = world.settings.local_dir / "live"
    ports = Ports(any_free(), any_free())
    env = {
        "LIVE_PUSH_URL": f"rtmp://127.0.0.1:{ports.rtmp}/live",
        "LIVE_PLAY_URL": f"http://127.0.0.1:{ports.http}/hls",
        "LIVE_DROP_S": str(DROP_S),
        "FILES_URL": world.settings.files_at,
    }
    async with (
        serving(world.settings, **env) as api,
        working(world.settings, **env),
        httpx.AsyncClient(base_url=api.address, timeout=20) as client,
    ):
        server = MediaServer(folder, api=api.address, ports=ports)
        with (world.settings.local_dir / "nginx.log").open("a") as log:
            server.output = log
            # Here and not in a thread: its parent is the thread that starts it, and it ends with that.
            server.start()
            try:
                yield Studio(server, client)
            finally:
                await asyncio.to_thread(server.stop)


async def new_stream(world: World) -> Stream:
    """Make a stream of our own server."""
    async with world.session() as session:
        return await actions.create(session, new_id(), LiveKind.OWN)
