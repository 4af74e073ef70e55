"""The listings: what is open now, as search reads it, kept in the transaction that changes a job."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock

# Rule 3 in one place: whose postings may be seen, and until when. A job is listed while it is open, its
# employer verified, and a shift to come has a place free.
_VISIBLE = """
  SELECT j.*, e.name AS employer_name, e.kind AS employer_kind, t.name AS trade_name,
         s.next_shift, s.places_left, s.next_starts_at, s.starts, s.minutes,
         least(s.last_starts_at, j.valid_until) AS open_until,
         ST_Transform(j.point::geometry, 4546) AS g, s.shortest_minutes, s.longest_minutes
    FROM jobs j
    JOIN employers e ON e.id = j.employer_id AND e.state = 'verified' AND e.verified_until > :now
    JOIN trades t ON t.code = j.trade
    JOIN LATERAL (
      SELECT (array_agg(json_build_object('id', id,
                'starts_at', to_char(starts_at AT TIME ZONE 'UTC',
                  'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'ends_at', to_char(ends_at AT TIME ZONE 'UTC',
                  'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'headcount', headcount, 'hired', hired)
                ORDER BY starts_at, id))[1] AS next_shift,
             sum(headcount - hired - reserved) AS places_left, min(starts_at) AS next_starts_at,
             max(starts_at) AS last_starts_at,
             int4range(min(floor(extract(epoch FROM starts_at) / 60))::int,
                max(floor(extract(epoch FROM starts_at) / 60))::int, '[]') AS starts,
             array_agg(floor(extract(epoch FROM starts_at) / 60)::int ORDER BY starts_at) AS minutes,
             min(extract(epoch FROM ends_at - starts_at) / 60)::int AS shortest_minutes,
             max(extract(epoch FROM ends_at - starts_at) / 60)::int AS longest_minutes
        FROM shifts WHERE job_id = j.id AND starts_at > :now AND hired + reserved < headcount
      HAVING count(*) > 0
    ) s ON true
   WHERE j.state = 'open' AND j.valid_until > :now
"""

# What an hour of it pays, in fen rounded down, at the longest shift (wages.py says the same in Python).
HOURLY = """(CASE j.pay_per WHEN 'hour' THEN j.pay_fen
              WHEN 'day' THEN j.pay_fen::bigint * 60 / j.longest_minutes
              WHEN 'piece' THEN j.pay_fen::bigint * 60 / j.expected_minutes
              ELSE j.pay_fen::bigint * 60 / coalesce(j.expected_minutes, j.longest_minutes) END)"""

_ROWS = f"""
  SELECT j.id, j.g, point(ST_X(j.g), ST_Y(j.g)), point(ST_X(j.g) + j.trade::float8 * 1e7, ST_Y(j.g)),
         j.trade, j.division, rpad(j.division, 9, '0')::int, {HOURLY}, j.hiring,
         j.starts, j.minutes, j.next_starts_at, j.open_until, j.published_at, j.places_left,
         j.words, j.searched,
         rtrim(json_build_object('id', j.id, 'title', j.title, 'trade', j.trade, 'trade_name', j.trade_name,
           'pay', json_build_object('amount_fen', j.pay_fen, 'per', j.pay_per,
             'expected_minutes', j.expected_minutes),
           'hourly_fen', {HOURLY}, 'hiring', j.hiring, 'pay_settlement', j.pay_settlement,
           'employer', json_build_object('id', j.employer_id, 'kind', j.employer_kind,
             'name', j.employer_name, 'verified', true),
           'next_shift', j.next_shift, 'places_left', j.places_left,
           'published_at', to_char(j.published_at AT TIME ZONE 'UTC',
              'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'source', j.source,
           'source_name', CASE j.source WHEN 'province' THEN '省平台' ELSE '本市' END
         )::text, '}}}}') || ', "place": ',
         j.places ->> 'wgs84', j.places ->> 'gcj02', j.places ->> 'bd09'
    FROM ({_VISIBLE} {{where}}) j
"""  # noqa: S608 - put together from the constants above alone

_COLUMNS = """job_id, g, pt, tpt, trade, division, area, hourly_fen, hiring, starts, start_minutes,
  next_starts_at, open_until, published_at, places_left, words, searched, card,
  place_wgs84, place_gcj02, place_bd09"""

_UPSERT = text(
    f"INSERT INTO listings ({_COLUMNS}) {_ROWS.format(where='AND j.id = ANY(:ids)')}"
    " ON CONFLICT (job_id) DO UPDATE SET "
    + ", ".join(f"{c.strip()} = excluded.{c.strip()}" for c in _COLUMNS.split(",")[1:])
    + " RETURNING job_id"
)
_DELETE = text("DELETE FROM listings WHERE job_id = ANY(:ids) AND NOT job_id = ANY(:listed)")


async def refresh(session: AsyncSession, jobs: Sequence[UUID]) -> None:
    """Make the listings of these jobs what they should be now: listed as they are, or gone."""
    if not jobs:
        return
    await session.flush()
    ids = sorted(jobs)
    listed = list(await session.scalars(_UPSERT, {"ids": ids, "now": clock.now()}))
    await session.execute(_DELETE, {"ids": ids, "listed": listed})


async def rebuild(session: AsyncSession) -> None:
    """Make every listing anew, in one statement."""
    await session.execute(text("DELETE FROM listings"))
    statement = f"INSERT INTO listings ({_COLUMNS}) {_ROWS.format(where='')}"
    await session.execute(text(statement), {"now": clock.now()})
