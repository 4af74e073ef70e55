"""What is read of the feed: pages of changes, and how far behind it is.

Items are put together by PostgreSQL and handed on as bytes: 1,000 records cost Python next to nothing.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.feed.models import Kind, Touched
from app.feed.positions import START, Position
from app.feed.problems import CursorExpired

# A change `c` as it is told, with its record `r` as it is now (RECORD): so that a change that is read late
# never shows what was withdrawn since. Whose record is gone is told as removed; why, a later change says.
ITEM = """
'{"cursor":"' || to_hex(c.id) || '-' || c.mark || '","type":"' || c.kind || '","id":"' || c.entity_id
|| '","change":"' || CASE WHEN r.data IS NULL THEN 'removed' ELSE c.change END
|| '","at":"' || to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
|| '","version":' || coalesce(r.version, c.id)
|| ',"reason":' || coalesce('"' || c.reason || '"', 'null')
|| ',"data":' || coalesce(r.data, 'null') || '}'
"""
RECORD = """
LEFT JOIN province_records r ON r.kind = c.kind AND r.entity_id = c.entity_id AND c.change <> 'removed'
"""

# Changes that one compacted page looks through: most of them may have been superseded.
STRETCH = 50_000
_ALL = 2**62
_LAST_OF_ITS_KIND = """
AND NOT EXISTS (SELECT FROM province_changes l
                 WHERE l.kind = c.kind AND l.entity_id = c.entity_id AND l.id > c.id)
"""
# Along the primary key from the cursor on, however many changes there are; the records by theirs; compaction
# by ix_province_changes_entity. One statement is one snapshot: changes and records fit each other.
_IS_KNOWN = """
CASE WHEN CAST(:after AS bigint) = 0
     THEN :mark = :start AND coalesce((SELECT min(id) FROM province_changes), 1) = 1
     ELSE EXISTS (SELECT FROM province_changes WHERE id = :after AND mark = :mark) END
"""
_KNOWN = text(f"SELECT {_IS_KNOWN}")
_PAGE = """
SELECT position.known, position.head, position.beyond, c.id > 0 AS there,
       to_hex(c.id) || '-' || c.mark AS cursor, convert_to({item}, 'UTF8') AS item
  FROM (SELECT {known} AS known,
               (SELECT to_hex(id) || '-' || mark FROM province_changes WHERE id <= :reach
                 ORDER BY id DESC LIMIT 1) AS head,
               EXISTS (SELECT FROM province_changes WHERE id > :reach) AS beyond
       ) position
  LEFT JOIN (SELECT * FROM province_changes c
              WHERE c.id > :after AND c.id <= :reach AND c.kind = ANY(CAST(:kinds AS text[])) {compact}
              ORDER BY c.id LIMIT CAST(:most AS bigint) + 1) c ON true
  {record}
 ORDER BY c.id
"""
_WHOLE = text(_PAGE.format(item=ITEM, record=RECORD, known=_IS_KNOWN, compact=""))
_COMPACT = text(_PAGE.format(item=ITEM, record=RECORD, known=_IS_KNOWN, compact=_LAST_OF_ITS_KIND))


async def page(
    session: AsyncSession, after: Position, kinds: Sequence[Kind], limit: int, *, compact: bool
) -> bytes:
    """Return the changes after a position as JSON; refuses a position that is not in this history.

    `next_cursor` of the last page is the newest change's, whatever its type: so nothing is looked through
    twice. `compact`: of each thing the last change alone; of a stretch without any, a page may be empty.
    """
    values = {
        "after": after.id,
        "reach": after.id + STRETCH if compact else _ALL,
        "mark": after.mark,
        "kinds": [kind.value for kind in kinds],
        "most": limit,
        "start": START.mark,
    }
    rows = (await session.execute(_COMPACT if compact else _WHOLE, values)).all()
    if not rows[0].known:
        raise CursorExpired
    shown = rows[:limit] if rows[0].there else []
    full = len(rows) > limit
    following = shown[-1].cursor if full else rows[0].head or str(START)
    more = full or rows[0].beyond
    tail = f'],"next_cursor":"{following}","has_more":{"true" if more else "false"}}}'
    return b'{"items":[' + b",".join(row.item for row in shown) + tail.encode()


async def is_known(session: AsyncSession, position: Position) -> bool:
    """Tell whether reading can go on from there: it is in this history, and nothing after it was pruned."""
    values = {"after": position.id, "mark": position.mark, "start": START.mark}
    return bool(await session.scalar(_KNOWN, values))


async def lag(session: AsyncSession) -> timedelta:
    """Return how long ago the oldest thing was touched that has not been looked at yet; zero if none."""
    oldest = await session.scalar(select(Touched.at).order_by(Touched.id).limit(1))
    return max(clock.now() - oldest, timedelta()) if oldest else timedelta()
