"""The one publisher: looks at what was touched and writes down what changed for the province.

It takes touched rows away and only then, by a later statement, reads what they point at: so it sees at least
what the transaction that touched them did. Whose row is not there yet because it has not committed is found
when it has. docs/decisions/0021-the-feed.md.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.feed.models import Kind, Reason, Touched
from app.feed.scope import Found
from app.feed.sources import SOURCES, Touches, widened
from app.mapping.canonical import canonical, digest
from app.mapping.facts import Facts
from app.mapping.profiles import PROFILE

EVERY_S = 0.5
BATCH = 1_000
MOST = 5_000  # things looked at in one transaction: a touched worker or employer may stand for thousands
COUNTY = 6  # digits: the records are counted by county, or under the city
_LOCK = 0x1410_0019

_PUT_BACK = text("""
INSERT INTO province_touched (kind, entity_id, at)
SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:at AS timestamptz[]))""")
# What differs from the record becomes a change, numbered on from the last one. One statement, so that the
# numbers have no gaps, and so that a batch costs one way to the database however large it is.
_WRITE = text("""
WITH now AS (
  SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:divisions AS text[]),
    CAST(:days AS date[]), CAST(:data AS text[]), CAST(:hashes AS bytea[]), CAST(:reasons AS text[]),
    CAST(:at AS timestamptz[])) WITH ORDINALITY
    AS n (kind, entity_id, division, day, data, hash, reason, at, place)
), differing AS (
  SELECT n.*, r.division AS old_division, r.day AS old_day,
         (SELECT coalesce(max(id), 0) FROM province_changes)
           + row_number() OVER (ORDER BY n.at, n.place) AS id
    FROM now n LEFT JOIN province_records r USING (kind, entity_id)
   WHERE n.hash IS DISTINCT FROM r.hash
), changes AS (
  INSERT INTO province_changes (id, mark, kind, entity_id, change, reason, at, published_at,
                                division, day)
  SELECT id, right(gen_random_uuid()::text, 12), kind, entity_id,
         CASE WHEN hash IS NULL THEN 'removed' WHEN old_day IS NOT NULL THEN 'changed' ELSE 'created' END,
         reason, at, :published_at, old_division, old_day
    FROM differing
), gone AS (
  DELETE FROM province_records r USING differing d
   WHERE r.kind = d.kind AND r.entity_id = d.entity_id AND d.hash IS NULL
), kept AS (
  INSERT INTO province_records (kind, entity_id, division, day, data, hash, version)
  SELECT kind, entity_id, division, day, data, hash, id FROM differing WHERE hash IS NOT NULL
  ON CONFLICT (kind, entity_id) DO UPDATE SET division = excluded.division, day = excluded.day,
    data = excluded.data, hash = excluded.hash, version = excluded.version
)
SELECT count(*) FROM differing""")


class Rendered(NamedTuple):
    """A thing as the province is to have it; without data where it is not to, and then why."""

    kind: Kind
    id: UUID
    division: str | None
    day: date | None
    data: str | None
    hash: bytes | None
    reason: Reason | None


@work.steadily(EVERY_S)
async def publish(database: Database) -> bool:
    """Publish a batch of what was touched; return whether there may be more.

    Only one does at a time: who finds another at it leaves it to that one.
    """
    async with database.transaction() as session:
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return False
        taken, touched = await _take(session)
        wide = await widened(session, touched)
        later = [(kind, id_, at) for kind, touches in wide.items() for id_, at in touches.items()][MOST:]
        if later:
            kinds, ids, at = zip(*later, strict=True)
            await session.execute(_PUT_BACK, {"kinds": kinds, "ids": ids, "at": at})
            for kind, id_, _ in later:
                del wide[kind][id_]
        if taken:
            await _write(session, wide)
    return taken == BATCH or bool(later)


async def render(session: AsyncSession, kind: Kind, ids: list[UUID]) -> Iterator[Rendered]:
    """Return these things as they are to be had now; what is not in the database at all left our scope."""
    found: Found = await SOURCES[kind](session, ids)
    say = getattr(PROFILE, kind.value)
    return (_rendered(kind, id_, found.get(id_, Reason.LEFT_SCOPE), say) for id_ in ids)


def _rendered(kind: Kind, id_: UUID, facts: Facts | Reason, say: Any) -> Rendered:
    if isinstance(facts, Reason):
        return Rendered(kind, id_, None, None, None, None, facts)
    data = canonical(say(facts))
    return Rendered(kind, id_, facts.division[:COUNTY], facts.day, data, digest(data), None)


async def _take(session: AsyncSession) -> tuple[int, dict[str, Touches]]:
    """Take the oldest touched rows away; return how many, and what they say by what was touched."""
    oldest = select(Touched.id).order_by(Touched.id).limit(BATCH)
    rows = await session.execute(
        delete(Touched)
        .where(Touched.id.in_(oldest))
        .returning(Touched.kind, Touched.entity_id, Touched.at)
        .execution_options(synchronize_session=False)
    )
    touched: dict[str, Touches] = defaultdict(dict)
    taken = 0
    for kind, id_, at in rows:
        taken += 1
        touched[kind][id_] = max(at, touched[kind].get(id_, at))
    return taken, touched


async def _write(session: AsyncSession, touched: dict[Kind, Touches]) -> None:
    """Write what differs from the records, and the changes."""
    rows: list[Rendered] = []
    for kind, touches in touched.items():
        rows += await render(session, kind, list(touches))
    values = {
        "kinds": [row.kind.value for row in rows],
        "ids": [row.id for row in rows],
        "divisions": [row.division for row in rows],
        "days": [row.day for row in rows],
        "data": [row.data for row in rows],
        "hashes": [row.hash for row in rows],
        "reasons": [row.reason.value if row.reason else None for row in rows],
        "at": [touched[row.kind][row.id] for row in rows],
        "published_at": clock.now(),
    }
    await session.execute(_WRITE, values)
