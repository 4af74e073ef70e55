"""The open streams of one process: woken when their account is told something."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.core.listening import Listener
from app.core.problems import NotReady
from app.core.waking import Stream
from app.notifications.actions import CHANNEL

MOST_OF_AN_ACCOUNT = 5
MOST_OF_A_PROCESS = 2_000


class Streams:
    """Listens from the first stream on. Beyond five the account's oldest ends; its app has gone anyway."""

    def __init__(self, database_url: str) -> None:
        self._open: dict[UUID, list[Stream]] = {}
        self._count = 0
        self._over = False
        self._listener = Listener(database_url, CHANNEL, self._heard, self._missed)

    def must_have_room(self) -> None:
        """Refuse when the process has its fill of streams, or is ending."""
        if self._over or self._count >= MOST_OF_A_PROCESS:
            raise NotReady

    @contextmanager
    def enter(self, account_id: UUID) -> Iterator[Stream]:
        """Keep a stream of the account open while the block runs."""
        self._listener.start()
        stream = Stream()
        stream.ended = self._over
        mine = self._open.setdefault(account_id, [])
        mine.append(stream)
        self._count += 1
        for oldest in mine[:-MOST_OF_AN_ACCOUNT]:
            oldest.end()
        try:
            yield stream
        finally:
            mine.remove(stream)
            self._count -= 1
            if not mine and self._open.get(account_id) is mine:
                del self._open[account_id]

    def end(self) -> None:
        """End every stream, and open none any more: the process stops."""
        self._over = True
        for stream in self._all():
            stream.end()

    async def close(self) -> None:
        """End every stream and stop listening."""
        self.end()
        await self._listener.close()

    def _heard(self, payload: str) -> None:
        for stream in self._open.get(UUID(payload), []):
            stream.wake()

    def _missed(self) -> None:
        for stream in self._all():
            stream.wake()

    def _all(self) -> list[Stream]:
        return [stream for mine in self._open.values() for stream in mine]
