"""Many promises made at once, and how far they have been kept."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import insert, update

from app.core import clock
from app.core.events import emit
from app.core.types import new_id
from app.engagements.events import WorkerTakenOn
from app.engagements.models import Engagement, EngagementState
from app.jobs.models import Shift
from tests.contention.crowd import crowd
from tests.processes import Process
from tests.world import World, shift

# Each WorkerTakenOn has two reactions: one tells the worker (inbox and SMS), one counts for the employer.
REACTIONS = 2
PIECES = REACTIONS + 1  # and the SMS
WITHIN_S = 60
_KEPT = """SELECT
  (SELECT count(*) FROM deliveries JOIN events ON id = event_id AND kind = 'WorkerTakenOn') AS delivered,
  (SELECT count(*) FROM notifications WHERE kind = 'taken_on') AS told,
  (SELECT count(*) FROM sms_messages WHERE template = 'taken_on') AS texts,
  -- In quiet hours it is done when it is kept for the morning.
  (SELECT count(*) FROM sms_messages m WHERE template = 'taken_on' AND (sent_at IS NOT NULL OR EXISTS (
    SELECT FROM procrastinate_jobs WHERE args->>'message_id' = m.id::text AND status = 'todo'
      AND attempts = 0 AND scheduled_at > now()))) AS sent,
  (SELECT sum(hires) FROM employers)::int AS counted,
  -- All that was promised, failed or not. A round of the timetable (they alone have a queueing lock) that
  -- failed while the database was away promised nothing: the next minute's round does its work.
  (SELECT count(*) FROM procrastinate_jobs
    WHERE NOT (status = 'failed' AND queueing_lock IS NOT NULL)
      AND NOT (status = 'todo' AND attempts = 0 AND coalesce(scheduled_at, now()) > now())) AS backlog"""


@dataclass(frozen=True)
class Kept:
    """What took effect by now."""

    delivered: int
    told: int
    texts: int
    sent: int
    counted: int
    backlog: int

    @property
    def done(self) -> int:
        """Count the pieces of work that are done: reactions, and messages sent."""
        return self.delivered + self.sent


async def kept(database_url: str) -> Kept:
    """Count it all at one instant."""
    connection = await asyncpg.connect(database_url)
    try:
        return Kept(**dict(await connection.fetchrow(_KEPT) or {}))
    finally:
        await connection.close()


async def take_on(world: World, count: int) -> None:
    """Take so many workers on without asking anyone, each with the event that tells of it."""
    employer = await world.employer(trusted=True)
    for begun in range(0, count, 1_000):
        size = min(1_000, count - begun)
        job = await employer.posts_job(shifts=[shift(headcount=size)])
        workers = await crowd(world, size)
        async with world.session() as session:
            ids = [new_id() for _ in workers]
            place = await session.get_one(Shift, UUID(job["shifts"][0]["id"]))
            rows = [
                {
                    "id": id_,
                    "job_id": place.job_id,
                    "shift_id": place.id,
                    "worker_id": worker.id,
                    "employer_id": UUID(employer.employer_id),
                    "division": job["division"],
                    "station_id": UUID(job["station_id"]),
                    "starts_at": place.starts_at,
                    "ends_at": place.ends_at,
                    "state": EngagementState.AGREED,
                    "terms_hash": "",
                    "agreed_at": clock.now(),
                }
                for id_, worker in zip(ids, workers, strict=True)
            ]
            await session.execute(insert(Engagement), rows)
            await session.execute(update(Shift).where(Shift.id == place.id).values(hired=size))
            for id_ in ids:
                await emit(session, WorkerTakenOn(id_, promoted=False))


async def keep_under_fire(worker: Process, database_url: str, kills: int, pieces: int) -> float:
    """Kill the worker so many times while it delivers.

    Returns the seconds from its last start until nothing was left to do; fails after a minute.
    """
    for number in range(kills):
        share = pieces * (number + 1) // (kills + 2)
        await _reached(database_url, _done(share))
        worker.kill()
        worker.start()
    return await nothing_left(database_url)


async def nothing_left(database_url: str, within_s: float = WITHIN_S) -> float:
    """Wait until all that was promised is done; returns the seconds, fails after the time given."""
    began = time.monotonic()
    await _reached(database_url, lambda now: now.backlog == 0, within_s)
    return time.monotonic() - began


def _done(share: int) -> Callable[[Kept], bool]:
    return lambda now: now.done >= share


async def _reached(database_url: str, enough: Callable[[Kept], bool], within_s: float = WITHIN_S) -> None:
    until = time.monotonic() + within_s
    while not enough(now := await kept(database_url)):
        assert time.monotonic() < until, f"after {within_s} s: {now}"
        await asyncio.sleep(0.1)
