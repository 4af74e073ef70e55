"""Hearing what other processes say over PostgreSQL's LISTEN/NOTIFY: one connection a process."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

from app.core import logs
from app.core.db import ROLE

ALIVE_EVERY_S = 10
AGAIN_AFTER_S = 0.5
TIMEOUT_S = 5

log = structlog.get_logger()


class Listener:
    """Listens on one channel until it is closed, and connects anew whenever the connection is lost.

    `heard` is called with each payload. `missed` is called after each connecting: what was said before
    then was not heard, so that everybody has to look. The connection is its own and no pool's: behind
    PgBouncer it needs a session of its own (pool_mode=session), or PostgreSQL's own address.
    """

    def __init__(
        self, database_url: str, channel: str, heard: Callable[[str], None], missed: Callable[[], None]
    ) -> None:
        self._url, self._channel, self._heard, self._missed = database_url, channel, heard, missed
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen from now, unless it already does."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop listening."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("listener_lost", channel=self._channel, **logs.where_it_failed(error))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _listen(self) -> None:
        named = {"application_name": f"gigs-listener-{self._channel}", "role": ROLE}
        connection = await asyncpg.connect(self._url, timeout=TIMEOUT_S, server_settings=named)
        lost = asyncio.Event()

        def hear(_: Any, __: int, ___: str, payload: str) -> None:
            self._heard(payload)

        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, hear)
            self._missed()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), ALIVE_EVERY_S)
                if not lost.is_set():
                    # A connection whose other end vanished without a word is found out by asking.
                    await connection.execute("SELECT 1", timeout=TIMEOUT_S)
        finally:
            connection.terminate()
