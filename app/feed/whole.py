"""What a snapshot is made of: all records of some types, and the place in the changes where they stand."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.feed.models import Kind
from app.feed.positions import START, Position
from app.feed.queries import is_known

if TYPE_CHECKING:
    import asyncpg

_NEWEST = "SELECT id, mark FROM province_changes ORDER BY id DESC LIMIT 1"
# A line a record. `data` is JSON without control characters, and so are the others: written as CSV with
# these two for the comma and the quotation mark, no line is quoted or escaped, and needs no second look.
_LINES = """SELECT '{"type":"' || kind || '","id":"' || entity_id || '","version":' || version
                   || ',"data":' || data || '}'
              FROM province_records WHERE kind = ANY($1::text[])"""
_AS_IT_IS = {"format": "csv", "delimiter": "\x01", "quote": "\x02"}
# Ids grow with time, so that this is a stretch of the events' key.
_SAID_NO = text("""SELECT EXISTS (
  SELECT FROM events WHERE id > :since AND (kind = 'AccountClosing' OR kind = 'ConsentChanged'
         AND payload @> '{"purpose": "province", "given": false}'))""")
_OF_PERSONS = {Kind.ENGAGEMENT, Kind.APPLICATION}
# Who said no may have begun to before and committed after, and it is published later.
_MARGIN_MS = 60_000


async def cursor_of(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    """Return the cursor to go on from after what this transaction sees."""
    newest = await connection.fetchrow(_NEWEST)
    return str(Position(*newest) if newest else START)


async def copy_out(
    connection: "asyncpg.Connection[asyncpg.Record]",
    kinds: Sequence[Kind],
    take: Callable[[bytes], Awaitable[None]],
) -> int:
    """Hand out a line a record, as fast as they are taken; return how many."""
    done: str = await connection.copy_from_query(
        _LINES, [kind.value for kind in kinds], output=take, **_AS_IT_IS
    )
    return int(done.removeprefix("COPY "))


def last_line(cursor: str, count: int) -> bytes:
    """Return the line without which a snapshot is not whole."""
    return json.dumps({"cursor": cursor, "count": count}, separators=(",", ":")).encode() + b"\n"


async def holds(session: AsyncSession, cursor: str, kinds: Sequence[Kind], tag: UUID) -> bool:
    """Tell whether what was begun when its tag says may be given: the cursor leads on, nobody said no."""
    since = UUID(int=(tag.int >> 80) - _MARGIN_MS << 80)
    position = Position.of(cursor)
    # An empty one, of before the first change, is no use to anybody for ten minutes.
    if position == START or not await is_known(session, position):
        return False
    return not (_OF_PERSONS & set(kinds) and await session.scalar(_SAID_NO, {"since": since}))
