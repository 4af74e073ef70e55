"""The real processes over a test's database: started, killed as a crash would, and started again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.core.settings import Settings
from scripts.children import end, spawn
from scripts.ports import any_free

READY_WITHIN_S = 60


class Process:
    """One of our modules as a process of its own, writing its log into the tests' folder."""

    def __init__(self, module: str, settings: Settings, **env: str) -> None:
        self.module = module
        self.log: Path = settings.local_dir / f"{module}-{any_free()}.log"
        self._env = os.environ | {
            "ENVIRONMENT": "local",
            "DATABASE_URL": settings.database_url,
            "LOCAL_DIR": str(settings.local_dir),
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, which must not be running; call from a thread that outlives it."""
        assert self._child is None or self._child.poll() is not None
        with self.log.open("a", encoding="utf-8") as log:
            self._child = spawn([sys.executable, "-m", self.module], env=self._env, output=log)

    def kill(self) -> None:
        """Kill -9, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as a deployment does, and wait until it has."""
        self._end(signal.SIGTERM)

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def said(self) -> str:
        """Return what it wrote so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def _end(self, how: signal.Signals) -> None:
        if self._child is not None:
            end(self._child, how, within_s=30)


class Api(Process):
    """The API on a port of its own, which it keeps over restarts."""

    def __init__(self, settings: Settings, **env: str) -> None:
        self.address = f"http://127.0.0.1:{any_free()}"
        port = self.address.rpartition(":")[2]
        super().__init__("app.main", settings, HOST="127.0.0.1", PORT=port, **env)

    async def up(self) -> None:
        """Start it and wait until it can serve."""
        self.start()
        async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient(base_url=self.address) as client:
            while self.is_running:
                try:
                    if (await client.get("/readyz")).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"the API ended by itself:\n{self.said()[-2000:]}")


@asynccontextmanager
async def serving(settings: Settings, **env: str) -> AsyncIterator[Api]:
    """Run the API while the block runs; it may be killed and brought up again inside."""
    api = Api(settings, **env)
    try:
        await api.up()
        yield api
    finally:
        await asyncio.to_thread(api.stop)


@asynccontextmanager
async def working(settings: Settings, **env: str) -> AsyncIterator[Process]:
    """Run the worker while the block runs; it may be killed and started again inside."""
    worker = Process("app.worker", settings, **env)
    try:
        worker.start()
        yield worker
    finally:
        await asyncio.to_thread(worker.stop)
