"""The file of an import: kept sealed while it is needed, opened within bounds, read row by row."""

import base64
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from app.core import sheets
from app.core.files import new_key
from app.core.keyring import seal, unseal
from app.core.ports import ports
from app.imports.columns import Column

MOST_ROWS = 50_000
MOST_BYTES = 9 * 1024 * 1024
# Fifty thousand postings of twenty-one columns, unpacked: about 90 MB.
BOUNDS = sheets.Bounds(MOST_ROWS, MOST_BYTES, 160 * 1024 * 1024, 1_200_000)
HEADINGS_ROW = 1
ZIP = b"PK\x03\x04"


class FormUnknown(Exception):  # noqa: N818 - said to the user in the import's first error
    """The first row has not the headings of the template; holds the one that is missing."""


async def keep(import_id: UUID, content: bytes) -> str:
    """Keep a file, sealed: it holds ID numbers. Return its key."""
    key = new_key("imports")
    text = base64.b64encode(content).decode()
    await ports().files.put(key, seal(text, _place(import_id)), "application/octet-stream")
    return key


async def kept(import_id: UUID, key: str) -> bytes:
    """Return a file that was kept; refuses with FileAbsent."""
    return base64.b64decode(unseal(await ports().files.get(key), _place(import_id)))


async def rows(content: bytes) -> tuple[int, Iterator[list[Any]]]:
    """Return how many rows follow the headings, and all of them; refuses with SheetRefused."""
    count, each = await sheets.rows(content, BOUNDS)
    return max(0, count - HEADINGS_ROW), each


def headings(first: list[Any] | None, columns: tuple[Column, ...]) -> list[str]:
    """Return the headings of a form; refuses one that lacks a required column."""
    found = [str(cell).strip() for cell in first or []]
    for column in columns:
        if column.required and column.heading not in found:
            raise FormUnknown(column.heading)
    return found


def slices(left: Iterator[list[Any]], size: int) -> Iterator[list[list[Any]]]:
    """Return the rows a batch at a time."""
    while batch := list(islice(left, size)):
        yield batch


def _place(import_id: UUID) -> str:
    return f"imports/file/{import_id}"
