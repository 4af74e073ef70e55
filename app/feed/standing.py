"""How the exchange stands: what was published, what waits, what both sides should have."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.feed.models import Kind
from app.feed.positions import START, Position
from app.feed.queries import lag

COUNTED = 100_000  # of what waits: beyond it, more are as bad
_STANDING = text(f"""
SELECT newest.id, newest.mark, newest.published_at AS newest_at,
       oldest.id AS oldest_id, oldest.published_at AS oldest_at,
       (SELECT count(*) FROM (SELECT FROM province_touched LIMIT {COUNTED}) t) AS waiting,
       (SELECT count(*) FROM province_comparisons) AS comparisons,
       (SELECT coalesce(sum(differing), 0)::bigint FROM province_comparisons) AS differing
  FROM (VALUES (1)) one
  LEFT JOIN (SELECT * FROM province_changes ORDER BY id DESC LIMIT 1) newest ON true
  LEFT JOIN (SELECT * FROM province_changes ORDER BY id LIMIT 1) oldest ON true
""")  # noqa: S608 - a constant
# Index-only, along ix_province_records_groups.
_RECORDS = text("SELECT kind, count(*) FROM province_records GROUP BY kind")


async def now(session: AsyncSession) -> dict[str, Any]:
    """Return the state, as ExchangeView shows it."""
    row = (await session.execute(_STANDING)).one()
    counts = {kind: number for kind, number in await session.execute(_RECORDS)}  # noqa: C416 - Rows are no pairs
    behind = await lag(session)
    return {
        "cursor": str(START if row.id is None else Position(row.id, row.mark)),
        "changes": 0 if row.id is None else row.id - row.oldest_id + 1,
        "oldest_change_at": row.oldest_at,
        "newest_change_at": row.newest_at,
        "waiting": row.waiting,
        "lag_s": behind.total_seconds(),
        "records": [{"type": kind, "count": counts.get(kind, 0)} for kind in Kind],
        "comparisons": row.comparisons,
        "differing": row.differing,
    }
