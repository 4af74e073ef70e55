# ruff: noqa: S608 - composed of the constants below
"""Promised work that got stuck: seen and tried again. Its arguments are ids, its failures code places."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.city.problems import MessageOutdated, WorkNotStuck
from app.city.schemas import Stuck
from app.core import work
from app.core.keyring import keys
from app.core.problems import NotFound
from app.identity.messages import holds_a_code
from app.identity.models import SmsMessage

MOST = 1_000

# What waits is looked up by the queue's own partial index; the events of each by theirs (job_id).
_STUCK = """
    SELECT j.id, j.task_name AS task, j.args AS arguments, j.attempts, j.scheduled_at AS next_try_at,
           f.at AS failed_at, f.error, e.since,
           CASE WHEN j.status = 'failed' THEN 'failed' WHEN j.attempts > 0 THEN 'retrying'
                ELSE 'waiting' END AS state
      FROM procrastinate_jobs j
      LEFT JOIN procrastinate_failures f ON f.job_id = j.id
      CROSS JOIN LATERAL (SELECT min(at) AS since FROM procrastinate_events WHERE job_id = j.id) e
     WHERE j.status = 'failed' OR (j.status = 'todo' AND (j.attempts > 0
           OR coalesce(j.scheduled_at, e.since) < now() - interval '5 minutes'))"""
_PAGE = text(
    f"""SELECT * FROM ({_STUCK}) s
         WHERE (CAST(:state AS text) IS NULL OR state = :state)
           AND (CAST(:task AS text) IS NULL OR task = :task)
           AND (CAST(:before AS bigint) IS NULL OR id < :before)
         ORDER BY id DESC LIMIT :most"""
)
_COUNTS = text(
    f"SELECT task, state, count(*) AS jobs FROM ({_STUCK}) s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 200"
)
# With all its patience again; a round that comes by itself anyway no longer bars the next one.
_RETRY = """
    UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, queueing_lock = NULL
     WHERE id IN (SELECT id FROM procrastinate_jobs WHERE {which}
                     AND (status = 'failed' OR (status = 'todo' AND attempts > 0))
                   ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
 RETURNING task_name"""
_RETRY_ONE = text(_RETRY.format(which="id = :id"))
_RETRY_ALL = text(_RETRY.format(which="task_name = :task"))


@dataclass(frozen=True)
class Work:
    """One piece of stuck work."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    next_try_at: datetime | None
    failed_at: datetime | None
    error: str | None
    since: datetime | None
    state: Stuck


async def stuck(
    session: AsyncSession, state: Stuck | None, task: str | None, limit: int, cursor: str | None
) -> tuple[list[Work], str | None]:
    """Return a page of what is stuck, the newest first."""
    scope = f"outbox/{state}/{task}"
    before = keys().cursors.read(cursor, scope)[0] if cursor else None
    given = {"state": state, "task": task, "before": before, "most": limit + 1}
    found = [Work(**row) for row in (await session.execute(_PAGE, given)).mappings()]
    following = keys().cursors.sign([found[limit - 1].id], scope) if len(found) > limit else None
    return found[:limit], following


async def counts(session: AsyncSession) -> list[dict[str, Any]]:
    """Return how much is stuck, by task and state."""
    return [dict(row) for row in (await session.execute(_COUNTS)).mappings()]


async def retry(session: AsyncSession, officer: Officer, work_id: int) -> int:
    """Have one piece tried again at once; refuses what did not fail."""
    there = await session.scalar(text("SELECT true FROM procrastinate_jobs WHERE id = :id"), {"id": work_id})
    if not there:
        raise NotFound
    tasks = list(await session.scalars(_RETRY_ONE, {"id": work_id, "most": 1}))
    if not tasks:
        raise WorkNotStuck
    await _record(session, officer, "outbox.retry", after={"work_id": work_id, "task": tasks[0]})
    return 1


async def retry_all(session: AsyncSession, officer: Officer, task: str) -> int:
    """Have what failed of a task tried again at once, a thousand at most; return how many."""
    tasks = list(await session.scalars(_RETRY_ALL, {"task": task, "most": MOST}))
    await _record(session, officer, "outbox.retry_all", after={"task": task, "retried": len(tasks)})
    return len(tasks)


def unsent() -> Select[SmsMessage]:
    """Return the messages that a provider refused for good (index failed)."""
    return select(SmsMessage).where(SmsMessage.failure.is_not(None))


async def send_again(session: AsyncSession, officer: Officer, message_id: UUID) -> SmsMessage:
    """Promise a refused message anew; refuses a one-time code, which is of no use by now."""
    message = await session.get(SmsMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFound
    if message.failure is None:
        raise WorkNotStuck
    if holds_a_code(message):
        raise MessageOutdated
    before, message.failure = {"failure": message.failure, "template": message.template}, None
    await session.flush()
    await work.promise(session, "sms.send", {"message_id": str(message.id)})
    await _record(session, officer, "outbox.send_again", object_id=message.id, before=before)
    return message


async def _record(session: AsyncSession, officer: Officer, action: str, **told: Any) -> None:
    await record(
        session,
        officer.actor,
        action,
        object_kind="outbox",
        object_id=told.pop("object_id", None),
        division=officer.station.division,
        **told,
    )
