"""Snapshots: all records as one compressed file, made in one transaction, given to many at any pace.

A client that reads slowly, stops, or comes back for the rest reads a file: the transaction ends as soon as
PostgreSQL has handed out the last row. The folder is all the state there is, so that several API processes
on one machine share it: a file that grows is locked by who writes it, and one that is whole can't be written
to any more. A growing file without a lock was left by a process that died.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from io import FileIO
from pathlib import Path
from typing import Self
from uuid import UUID

import structlog
from isal import isal_zlib
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, logs
from app.core.db import Database
from app.core.problems import NotReady
from app.core.types import new_id
from app.feed import whole
from app.feed.models import Kind

log = structlog.get_logger()
# Given to whoever asks anew; and to who has a part of it already.
FRESH, KEPT = timedelta(minutes=10), timedelta(hours=1)
MOST = 6  # files, each of another set of types or time
PIECE_BYTES = 256 * 1024
LOOK_EVERY_S = 0.05
_GZIP = 31  # zlib's word for gzip's head and tail around the deflated stream
_LEVEL = 1
_WHOLE, _GROWING = 0o400, 0o600
_UNNAMED = ".new"


class SnapshotBroken(Exception):  # noqa: N818 - the connection is cut, which is how a client learns of it
    """Its writer died: there will be no last line."""


@dataclass(frozen=True)
class Snapshot:
    """A file that is read: opened, so that it stays readable when its name is removed.

    `tag` is a UUIDv7, so it also says when it was begun.
    """

    file: FileIO
    cursor: str
    tag: UUID

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open a file by its name, which says what it is."""
        _, cursor, tag, _ = path.name.split(".")
        return cls(FileIO(path), cursor, UUID(tag))

    @property
    def is_whole(self) -> bool:
        return not os.fstat(self.file.fileno()).st_mode & 0o200

    @property
    def size(self) -> int:
        """Bytes, compressed; as many as there are by now."""
        return os.fstat(self.file.fileno()).st_size

    async def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield its bytes from one place up to another, or to its end, as it grows; then close it."""
        try:
            at = start
            while end is None or at < end:
                ended = self.is_whole  # looked at first: what comes between is in the next piece
                most = PIECE_BYTES if end is None else min(PIECE_BYTES, end - at)
                if piece := await asyncio.to_thread(os.pread, self.file.fileno(), most, at):
                    at += len(piece)
                    yield piece
                elif ended:
                    return
                else:
                    self._must_be_alive()
                    await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self.file.close()

    async def read_plain(self) -> AsyncIterator[bytes]:
        """Yield it uncompressed, in pieces of bounded size."""
        inflating = isal_zlib.decompressobj(_GZIP)
        async for piece in self.read():
            left = piece
            while left:
                if plain := await asyncio.to_thread(inflating.decompress, left, PIECE_BYTES):
                    yield plain
                left = inflating.unconsumed_tail
        yield inflating.flush()

    def _must_be_alive(self) -> None:
        if not self.is_whole and not _is_locked(self.file):
            raise SnapshotBroken


class Snapshots:
    """The snapshots of one process, in a folder that it may share with others."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._one = asyncio.Lock()
        self._writing: set[asyncio.Task[None]] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tidy()

    async def newest(self, session: AsyncSession, kinds: Sequence[Kind]) -> Snapshot:
        """Return a snapshot of these types that is new enough, or one that is only being made.

        Who comes while one is made shares it.
        """
        async with self._one:
            self._tidy()
            return await self._usable(session, kinds, FRESH) or await self._begin(kinds)

    async def begun(self, session: AsyncSession, kinds: Sequence[Kind], tag: UUID | None) -> Snapshot | None:
        """Return the snapshot of which somebody has a part: by its tag, or without one the newest.

        Refuses (503, for a moment) while it is still made: how long it will be is not known.
        """
        one = await self._usable(session, kinds, KEPT, tag)
        if one and not one.is_whole:
            one.file.close()
            raise NotReady
        return one

    async def close(self) -> None:
        """Give up what is being made."""
        for task in list(self._writing):
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _usable(
        self, session: AsyncSession, kinds: Sequence[Kind], within: timedelta, tag: UUID | None = None
    ) -> Snapshot | None:
        """Return the newest snapshot of these types that still holds, or the one of this tag if it does.

        One whose cursor leads nowhere does not, nor one in which somebody may stand who has since said no.
        """
        oldest = clock.now().timestamp() - within.total_seconds()
        for path in self._files(f"{'+'.join(kinds)}.*.{tag or '*'}.gz"):
            with suppress(FileNotFoundError):  # another process tidied
                one = Snapshot.at(path)
                alive = one.is_whole or _is_locked(one.file)
                young = os.fstat(one.file.fileno()).st_mtime > oldest
                if alive and young and await whole.holds(session, one.cursor, kinds, one.tag):
                    return one
                one.file.close()
        return None

    async def _begin(self, kinds: Sequence[Kind]) -> Snapshot:
        if len(self._writing) >= MOST:
            raise NotReady
        begun: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._make(kinds, begun))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return Snapshot.at(await begun)

    async def _make(self, kinds: Sequence[Kind], begun: "asyncio.Future[Path]") -> None:
        try:
            async with self._database.whole() as connection:
                cursor = await whole.cursor_of(connection)
                path = self._folder / f"{'+'.join(kinds)}.{cursor}.{new_id()}.gz"
                with _growing(path) as file:
                    if not begun.cancelled():
                        begun.set_result(path)
                    writer = _Compressed(file)
                    count = await whole.copy_out(connection, kinds, writer.write)
                    await writer.end(whole.last_line(cursor, count))
                    os.fchmod(file.fileno(), _WHOLE)
        except BaseException as error:
            if begun.done():
                log.warning("snapshot_broken", **logs.where_it_failed(error))
            else:
                begun.set_exception(error if isinstance(error, Exception) else NotReady())
            if not isinstance(error, Exception):
                raise
        else:
            # Even if nobody asks for one ever again.
            asyncio.get_running_loop().call_later(KEPT.total_seconds() + 1, self._tidy)

    def _files(self, pattern: str) -> list[Path]:
        """Return the files, newest first."""
        dated = []
        for path in self._folder.glob(pattern):
            with suppress(FileNotFoundError):
                dated.append((path.stat().st_mtime, path))
        return [path for _, path in sorted(dated, reverse=True)]

    def _tidy(self) -> None:
        """Remove what is old, what was left unfinished, and what there is too much of."""
        oldest = clock.now().timestamp() - KEPT.total_seconds()
        for number, path in enumerate(self._files("*"), 1):
            with suppress(FileNotFoundError), FileIO(path) as file:
                state = os.fstat(file.fileno())
                # What has no name yet is about to be locked.
                growing = state.st_mode & 0o200 and path.suffix != _UNNAMED
                if _is_locked(file) if growing else number < MOST and state.st_mtime > oldest:
                    continue
                path.unlink()


class _Compressed:
    """A file that is compressed into, a stretch at a time, in a thread."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._deflating = isal_zlib.compressobj(_LEVEL, wbits=_GZIP)
        self._waiting: list[bytes] = []
        self._bytes = 0

    async def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self._bytes += len(data)
        if self._bytes >= PIECE_BYTES:
            stretch = b"".join(self._waiting)
            self._waiting, self._bytes = [], 0
            await asyncio.to_thread(self._put, stretch)

    async def end(self, data: bytes) -> None:
        stretch = b"".join([*self._waiting, data])
        await asyncio.to_thread(self._put, stretch, ends=True)

    def _put(self, stretch: bytes, *, ends: bool = False) -> None:
        pressed = self._deflating.compress(stretch) + (self._deflating.flush() if ends else b"")
        while pressed:
            pressed = pressed[self._file.write(pressed) :]


@contextmanager
def _growing(path: Path) -> Iterator[FileIO]:
    """Give a new file, locked before it has its name: nobody takes it for one that was left behind.

    What is not whole in the end is removed before the lock is let go.
    """
    unnamed = path.with_suffix(_UNNAMED)
    with FileIO(os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, _GROWING), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        unnamed.rename(path)
        try:
            yield file
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _is_locked(file: FileIO) -> bool:
    """Tell whether somebody is writing to it."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
