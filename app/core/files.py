"""Uploaded files: kept in a local folder or in S3 under random names, reached by short-lived links."""

import base64
import hmac
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from obstore.store import LocalStore, ObjectStore, from_url

from app.core.clock import now

if TYPE_CHECKING:
    from obstore.store import RetryConfig  # absent at run time

# A key is all that ever reaches the store: a kind, and a random name that tells nothing.
_KEY = re.compile(r"[a-z][a-z_-]{0,39}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY_BYTES = 32
PIECE_BYTES = 1024 * 1024


class FileAbsent(Exception):  # noqa: N818 - the caller answers 404
    """There is no such file, or this can't be a file's key."""


def new_key(kind: str) -> str:
    """Return a key for a new file, random, in its kind's folder: "certificates/6f1c…"."""
    return _checked(f"{kind}/{uuid4()}")


class Files:
    """The store behind one URL; S3 takes its credentials and endpoint from the AWS_* environment."""

    def __init__(self, url: str) -> None:
        """Take `file:///folder`, made if it is absent, or `s3://bucket/prefix`."""
        self._store: ObjectStore
        if url.startswith("file:"):
            self._store = LocalStore.from_url(url, mkdir=True)
        elif url.startswith("s3:"):
            # obstore's own three minutes of trying would outlast any request.
            patience: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
            self._store = from_url(url, retry_config=patience)
        else:
            raise ValueError("files are kept under file:///… or s3://…")

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Keep the bytes; S3 keeps the type beside them, a local folder can't."""
        about = {} if isinstance(self._store, LocalStore) else {"Content-Type": content_type}
        await self._store.put_async(_checked(key), data, attributes=about or None)

    async def get(self, key: str) -> bytes:
        """Return the bytes; refuses with FileAbsent."""
        try:
            found = await self._store.get_async(_checked(key))
        except FileNotFoundError:
            raise FileAbsent(key) from None
        return bytes(await found.bytes_async())

    async def put_file(self, key: str, path: Path, content_type: str) -> None:
        """Keep a file that is too large to be held in memory."""
        about = {} if isinstance(self._store, LocalStore) else {"Content-Type": content_type}
        await self._store.put_async(_checked(key), path, attributes=about or None)

    async def size(self, key: str) -> int:
        """Return how many bytes the file has; refuses with FileAbsent."""
        try:
            return int((await self._store.head_async(_checked(key)))["size"])
        except FileNotFoundError:
            raise FileAbsent(key) from None

    async def part(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Give the bytes from `start` up to `end`, piece by piece; refuses with FileAbsent."""
        try:
            for at in range(start, end, PIECE_BYTES):
                piece = await self._store.get_range_async(
                    _checked(key), start=at, end=min(end, at + PIECE_BYTES)
                )
                yield bytes(piece)
        except FileNotFoundError:
            raise FileAbsent(key) from None

    async def delete(self, key: str) -> None:
        """Forget the bytes; what is already gone is well."""
        try:
            await self._store.delete_async(_checked(key))
        except FileNotFoundError:
            return


class Links:
    """Signs download links of ours, so that who holds one may read one file for a short while."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes that signs nothing else."""
        if len(key) != _KEY_BYTES:
            raise ValueError("a link key has 32 bytes")
        self._key = key

    def sign(self, key: str, expires: datetime) -> str:
        """Return the ticket for a file until an instant: "seconds.signature", safe in a URL."""
        until = int(expires.timestamp())
        return f"{until}.{self._signature(key, until)}"

    def verify(self, key: str, ticket: str) -> bool:
        """Tell whether the ticket was signed for this file and is still good."""
        until, _, signature = ticket.partition(".")
        # The pattern keeps out the other digits and the spaces that int() would take.
        if not re.fullmatch(r"[0-9]{1,12}", until) or not signature.isascii():
            return False
        good = hmac.compare_digest(signature, self._signature(key, int(until)))
        return good and now().timestamp() < int(until)

    def _signature(self, key: str, until: int) -> str:
        digest = hmac.digest(self._key, f"{until}\n{_checked(key)}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise FileAbsent("not a file's key")
    return key
