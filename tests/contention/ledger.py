"""What must be true of a market however it was treated: rules 1 and 2, and the books that agree."""

from dataclasses import dataclass, fields
from uuid import UUID

import asyncpg

_STANDS = "state NOT IN ('cancelled')"
_OF = f"""SELECT
  (SELECT count(*) FROM shifts s WHERE s.hired + s.reserved > s.headcount OR s.headcount <
     (SELECT count(*) FROM engagements e WHERE e.shift_id = s.id AND e.{_STANDS})) AS over_hired,
  (SELECT count(*) FROM engagements a JOIN engagements b ON a.worker_id = b.worker_id AND a.id < b.id
     AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
     WHERE a.{_STANDS} AND b.{_STANDS}) AS in_two_places,
  (SELECT count(*) FROM shifts s WHERE s.hired <>
     (SELECT count(*) FROM engagements e WHERE e.shift_id = s.id AND e.{_STANDS})) AS miscounted,
  (SELECT count(*) FROM shifts s WHERE s.reserved <>
     (SELECT count(*) FROM kept_places k WHERE k.shift_id = s.id)) AS miskept,
  (SELECT count(*) FROM shifts s WHERE s.waiting <> (SELECT count(*) FROM application_shifts c
     WHERE c.shift_id = s.id AND c.state = 'waitlisted')) AS misqueued,
  (SELECT count(*) FROM application_shifts c WHERE (c.state = 'accepted') <> EXISTS
     (SELECT FROM engagements e WHERE e.application_id = c.application_id AND e.shift_id = c.shift_id
        AND e.{_STANDS})) AS unkept,
  (SELECT count(*) FROM listings l FULL JOIN (SELECT job_id, sum(headcount - hired - reserved) AS places
     FROM shifts
     JOIN jobs ON jobs.id = job_id AND state = 'open' GROUP BY job_id
     HAVING sum(headcount - hired - reserved) > 0) s
     ON s.job_id = l.job_id WHERE l.places_left IS DISTINCT FROM s.places) AS mislisted,
  (SELECT sum(hired) FROM shifts)::int AS hired,
  (SELECT count(*) FROM engagements WHERE {_STANDS}) AS engaged,
  (SELECT count(*) FROM engagements) AS engaged_ever,
  (SELECT count(*) FROM terms) AS agreements,
  (SELECT count(DISTINCT payload ->> 'engagement_id') FROM events WHERE kind = 'WorkerTakenOn') AS told,
  (SELECT count(*) FROM events WHERE kind = 'WorkerTakenOn') AS events
"""  # noqa: S608 - put together from constants alone


@dataclass(frozen=True)
class Books:
    """The figures that must be nought, and those that must be equal."""

    over_hired: int
    in_two_places: int
    miscounted: int
    miskept: int
    misqueued: int
    unkept: int
    mislisted: int
    hired: int
    engaged: int
    engaged_ever: int
    agreements: int
    told: int
    events: int

    def balance(self) -> None:
        """Fail if any rule was broken."""
        wrong = [f.name for f in fields(self)[:7] if getattr(self, f.name)]
        assert not wrong, self
        assert self.hired == self.engaged, self
        assert self.engaged_ever == self.agreements == self.told == self.events, self


async def books(database_url: str) -> Books:
    """Read them all in one statement, so at one instant."""
    connection = await asyncpg.connect(database_url)
    try:
        return Books(**dict(await connection.fetchrow(_OF) or {}))
    finally:
        await connection.close()


async def absent(database_url: str, application_ids: list[str]) -> int:
    """Count the applications that were acknowledged and are not there."""
    connection = await asyncpg.connect(database_url)
    try:
        there = await connection.fetchval(
            "SELECT count(*) FROM applications WHERE id = ANY($1)", [UUID(one) for one in application_ids]
        )
    finally:
        await connection.close()
    return len(set(application_ids)) - int(there)


async def deadlocks(database_url: str) -> int:
    """Count the deadlocks that PostgreSQL had to break in this database since its last crash."""
    connection = await asyncpg.connect(database_url)
    try:
        found: int = await connection.fetchval(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
    finally:
        await connection.close()
    return found
