"""Batches of vacancies: lines of JSON as they stream in, kept by the hundred, an answer for each."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from app.core.db import Database
from app.core.faults import faults_in
from app.core.problems import Fault
from app.inbound.actions import arrival
from app.inbound.codes import LOCK
from app.inbound.schemas import NAME, BatchLine
from app.inbound.storing import Arrival, Status, store

MOST_LINES = 10_000
LONGEST_LINE = 64 * 1024
LARGEST = 64 * 1024 * 1024
CHUNK = 500
TURN = 50  # lines read at a stretch
MOST_HELD = 2 * 1024 * 1024  # a chunk of long lines is a smaller one
MOST_FAULTS = 5  # of a line: whoever gets more wrong reads the contract
_TOO_LONG = Fault("", "line_too_long", "一行至多 64 KiB", "A line has 64 KiB at most")
_TOO_MANY = Fault(
    "", "too_many_lines", "一批至多 10000 行,此行及以后未处理", "10,000 lines at most; the rest was not read"
)
_NAME = re.compile(NAME)


class Waiting(NamedTuple):
    """A line that is to be kept, and where its answer goes."""

    place: int
    number: int
    arrival: Arrival


async def take(
    database: Database, client_id: str, body: AsyncIterator[bytes], *, english: bool
) -> list[bytes]:
    """Keep the lines of a batch; return the answers, one for each, in order.

    Each chunk is a transaction of its own: when the connection is cut, what came before is kept, and
    sending it again is harmless. While one is kept the next is read: two and the answers are ever held.
    """
    answers: list[bytes] = []
    waiting: list[Waiting] = []
    keeping: asyncio.Task[None] | None = None
    number, held = 0, 0
    try:
        async for line in _lines(body):
            number += 1
            if number > MOST_LINES:
                answers.append(_answer(number, None, Status.INVALID, [_TOO_MANY], english=english))
                break
            if line is not None and not line.strip():
                continue
            read = [_TOO_LONG] if line is None else _read(line)
            if isinstance(read, Arrival):
                waiting.append(Waiting(len(answers), number, read))
                answers.append(b"")
                held += len(line or b"")
            else:
                answers.append(_answer(number, _named(line), Status.INVALID, read, english=english))
            if len(waiting) == CHUNK or held > MOST_HELD:
                if keeping:
                    await keeping
                keeping = asyncio.create_task(_keep(database, client_id, waiting, answers))
                waiting, held = [], 0
            if number % TURN == 0:
                await asyncio.sleep(0)  # what is being kept has its turn
    finally:
        if keeping:
            await keeping
    await _keep(database, client_id, waiting, answers)
    return answers


async def _keep(database: Database, client_id: str, waiting: Sequence[Waiting], answers: list[bytes]) -> None:
    """Keep a chunk and fill its answers in."""
    if not waiting:
        return
    async with database.transaction() as session:
        await session.execute(LOCK)
        statuses = await store(session, client_id, [one.arrival for one in waiting])
    for one, status in zip(waiting, statuses, strict=True):
        answers[one.place] = _answer(one.number, one.arrival.source_id, status, [], english=False)


async def _lines(body: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """Yield the lines; None for one that is too long, of which nothing is held."""
    left, skipping = b"", False
    async for part in body:
        *lines, left = (left + part).split(b"\n")
        for line in lines:
            yield None if skipping or len(line) > LONGEST_LINE else line
            skipping = False
        if len(left) > LONGEST_LINE:
            left, skipping = b"", True
    if left or skipping:
        yield None if skipping or len(left) > LONGEST_LINE else left


def _read(line: bytes) -> Arrival | list[Fault]:
    try:
        given = BatchLine.model_validate_json(line)
    except ValidationError as error:
        return faults_in(error.errors(include_input=False, include_url=False))
    version = given.version or 0
    return arrival(given.source_id, version, given.job) if given.job else Arrival(given.source_id, version)


def _named(line: bytes | None) -> str | None:
    """Return which vacancy a line that can't be kept is about, where it says so."""
    try:
        given = json.loads(line or b"null")
    except (ValueError, RecursionError):
        return None
    source_id = given.get("source_id") if isinstance(given, dict) else None
    named = isinstance(source_id, str) and len(source_id) <= 64 and _NAME.match(source_id)  # noqa: PLR2004 - as the schema
    return source_id if named else None


def _answer(
    number: int, source_id: str | None, status: Status, faults: Sequence[Fault], *, english: bool
) -> bytes:
    shown = [fault.shown(english=english) for fault in faults[:MOST_FAULTS]]
    told = {"line": number, "source_id": source_id, "status": status.value, "errors": shown}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
