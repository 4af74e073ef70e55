"""The digest: a tree of hashes by type, county, day and row, which the other side makes from its own copy.

The canonical form is docs/province-digest.md's, and fixed: a hash is the SHA-256 of its children's lines in
order, each ended by a line feed. Rows: "id hash". Days and counties: "day|division count hash". Along
ix_province_records_groups, in its order and without a look at the rows: nothing is sorted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.feed.models import Kind
from app.feed.positions import START, Position

EMPTY = hashlib.sha256().digest()
_DAYS = """
SELECT division, day, count(*) AS number,
       sha256(string_agg(convert_to(entity_id || ' ' || encode(hash, 'hex') || E'\\n', 'UTF8'), ''
                         ORDER BY entity_id)) AS hash
  FROM province_records WHERE kind = :kind {where} GROUP BY division, day
"""
_HEAD = "SELECT id, mark FROM province_changes ORDER BY id DESC LIMIT 1"
# Each is one statement, so that the cursor is that of the state which was counted.
_COUNTIES = text(f"""
WITH days AS ({_DAYS.format(where="")})
SELECT h.id, h.mark, g.* FROM (VALUES (1)) one LEFT JOIN ({_HEAD}) h ON true LEFT JOIN (
  SELECT division, sum(number)::bigint AS number,
         sha256(string_agg(convert_to(day || ' ' || number || ' ' || encode(hash, 'hex') || E'\\n', 'UTF8'),
                           '' ORDER BY day)) AS hash
    FROM days GROUP BY division) g ON true ORDER BY g.division
""")  # noqa: S608 - put together from constants alone
_DAYS_OF_ONE = text(f"""
SELECT h.id, h.mark, g.day, g.number, g.hash FROM (VALUES (1)) one LEFT JOIN ({_HEAD}) h ON true
  LEFT JOIN ({_DAYS.format(where="AND division = :division")}) g ON true ORDER BY g.day
""")  # noqa: S608 - likewise
_ROWS = text(f"""
WITH page AS MATERIALIZED (
  SELECT entity_id, hash, version FROM province_records
   WHERE kind = :kind AND division = :division AND day = :day AND entity_id > :after
   ORDER BY entity_id LIMIT :most)
SELECT h.id, h.mark, g.number, g.hash, p.* FROM (VALUES (1)) one LEFT JOIN ({_HEAD}) h ON true
  LEFT JOIN ({_DAYS.format(where="AND division = :division AND day = :day")}) g ON true
  LEFT JOIN (SELECT entity_id, hash AS row_hash, version FROM page) p ON true ORDER BY p.entity_id
""")  # noqa: S608 - likewise
# All days of a type, and which of them changed after a position: where something came, and where it was.
_SIDE = text(f"""
WITH moved AS (
  SELECT c.division, c.day FROM province_changes c
   WHERE c.id > :after AND c.kind = :kind AND c.division IS NOT NULL
  UNION
  SELECT r.division, r.day FROM province_changes c
    JOIN province_records r ON r.kind = c.kind AND r.entity_id = c.entity_id
   WHERE c.id > :after AND c.kind = :kind)
SELECT h.id, h.mark, g.*, m.division IS NOT NULL AS moved
  FROM (VALUES (1)) one LEFT JOIN ({_HEAD}) h ON true
  LEFT JOIN (({_DAYS.format(where="")}) g FULL JOIN moved m USING (division, day)) ON true
""")  # noqa: S608 - likewise


@dataclass(frozen=True)
class Group:
    """A node of the tree: how many rows are below it, and its hash."""

    name: str
    count: int
    hash: bytes


class Row(NamedTuple):
    id: UUID
    hash: bytes
    version: int


@dataclass(frozen=True)
class Digest:
    """A node with its children, as of a position."""

    position: Position
    count: int
    hash: bytes
    groups: Sequence[Group]
    rows: Sequence[Row] | None = None


class Side(NamedTuple):
    """All days of a type on our side, and those that changed after a position."""

    position: Position
    days: dict[tuple[str, date], tuple[int, bytes]]
    moved: set[tuple[str, date]]


async def of_type(session: AsyncSession, kind: Kind) -> Digest:
    """Return a type's digest by county."""
    found = (await session.execute(_COUNTIES, {"kind": kind})).all()
    return _node(_position(found[0]), [Group(*row[2:]) for row in found if row.division])


async def of_county(session: AsyncSession, kind: Kind, division: str) -> Digest:
    """Return a county's digest by day; the city's code is that of what lies in no county."""
    found = (await session.execute(_DAYS_OF_ONE, {"kind": kind, "division": division})).all()
    groups = [Group(row.day.isoformat(), row.number, row.hash) for row in found if row.day]
    return _node(_position(found[0]), groups)


async def of_day(
    session: AsyncSession, kind: Kind, division: str, day: date, after: UUID, most: int
) -> Digest:
    """Return a day's digest, and of its rows, by id, so many after one."""
    values = {"kind": kind, "division": division, "day": day, "after": after, "most": most}
    found = (await session.execute(_ROWS, values)).all()
    rows = [Row(row.entity_id, row.row_hash, row.version) for row in found if row.entity_id]
    return Digest(_position(found[0]), found[0].number or 0, found[0].hash or EMPTY, [], rows)


async def side(session: AsyncSession, kind: Kind, after: Position) -> Side:
    """Return all days of a type, and which of them changed after a position."""
    found = (await session.execute(_SIDE, {"kind": kind, "after": after.id})).all()
    days = {(row.division, row.day): (row.number, row.hash) for row in found if row.number}
    return Side(_position(found[0]), days, {(row.division, row.day) for row in found if row.moved})


def of_lines(lines: Iterable[str]) -> bytes:
    """Return the hash of what stands in these lines."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).digest()


def _node(position: Position, groups: Sequence[Group]) -> Digest:
    lines = (f"{one.name} {one.count} {one.hash.hex()}" for one in groups)
    return Digest(position, sum(one.count for one in groups), of_lines(lines), groups)


def _position(row: Any) -> Position:
    return START if row.id is None else Position(row.id, row.mark)
