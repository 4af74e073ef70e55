"""Promised work: jobs written in the transaction that causes them, done at least once by the worker."""

import asyncio
import json
import warnings
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import procrastinate
import structlog
from procrastinate.jobs import Job
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, logs
from app.core.db import ROLE, Database

log = structlog.get_logger()

Doing = Callable[..., Awaitable[None]]

QUEUE = "work"
# A failing job is tried for about three days (2 + 4 + … + 2^17 s), then stays as failed, to be seen.
PATIENCE = procrastinate.RetryStrategy(max_attempts=17, exponential_wait=2)
HEARTBEAT_S = 3
STALLED_AFTER_S = 10
TOO_LONG_S = 45
# The next job is the first of the index. After a burst, before ANALYZE, PostgreSQL would sort the whole
# backlog for each job instead: 15 ms and not 0.3 at 20,000 jobs.
OPTIONS = f"-c enable_sort=off -c role={ROLE}"

_tasks: dict[str, Doing] = {}
_timetable: dict[str, tuple[str, Doing]] = {}
Steady = Callable[[Database], Awaitable[bool]]
_steady: dict[str, tuple[float, Steady]] = {}

_PROMISE = text(
    """SELECT procrastinate_defer_jobs_v1(array_agg(
         ROW(:queue, :task, 0, NULL, NULL, a, CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1))
       FROM jsonb_array_elements(CAST(:arguments AS jsonb)) AS a"""
)

_NOTE = text(
    """INSERT INTO procrastinate_failures (job_id, at, error)
       SELECT id, :at, :error FROM procrastinate_jobs WHERE id = :job_id
       ON CONFLICT (job_id) DO UPDATE SET at = excluded.at, error = excluded.error"""
)


def task(name: str) -> Callable[[Doing], Doing]:
    """Register what the worker does for `name`: called with the Database and the job's arguments.

    It may be called more than once for one promise, so it must be idempotent.
    """

    def register(do: Doing) -> Doing:
        _tasks[name] = do
        return do

    return register


def at_times(cron: str) -> Callable[[Doing], Doing]:
    """Run something by a timetable in UTC; called with the Database alone. It must be idempotent."""

    def register(do: Doing) -> Doing:
        _timetable[f"{do.__module__}.{do.__name__}"] = (cron, do)
        return do

    return register


def steadily(every_s: float) -> Callable[[Steady], Steady]:
    """Do something all the while the worker runs: again at once while it says True, else after `every_s`.

    For what the timetable is too coarse for. Every worker does it: it takes its own lock, if it needs one.
    """

    def register(do: Steady) -> Steady:
        _steady[f"{do.__module__}.{do.__name__}"] = (every_s, do)
        return do

    return register


async def keep_doing(database: Database) -> None:
    """Do all that is to be done steadily, until cancelled; a failure of one holds up no other."""
    async with asyncio.TaskGroup() as group:
        for name, (every_s, do) in _steady.items():
            group.create_task(_keep_doing(database, name, every_s, do))


async def _keep_doing(database: Database, name: str, every_s: float, do: Steady) -> None:
    while True:
        more = False
        try:
            more = await do(database)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.warning("left_for_the_next_round", what=name, **logs.where_it_failed(error))
        await asyncio.sleep(0 if more else every_s)


async def promise(
    session: AsyncSession, name: str, *arguments: dict[str, Any], at: datetime | None = None
) -> None:
    """Promise one job for each set of arguments, in the session's transaction; `at`: not before then.

    Goes through the session and never through the raw connection, whose first statement may stand
    outside the transaction: so a roll-back leaves no job.
    """
    if arguments:
        values = {"queue": QUEUE, "task": name, "arguments": json.dumps(arguments), "at": at}
        await session.execute(_PROMISE, values)


def worker_app(database_url: str) -> procrastinate.App:
    """Return procrastinate's application over the same database, with every registered task."""
    connector = procrastinate.PsycopgConnector(conninfo=database_url, kwargs={"options": OPTIONS})
    app = procrastinate.App(connector=connector)
    for name, do in _tasks.items():
        app.task(name=name, queue=QUEUE, pass_context=True, retry=PATIENCE)(_job(do))
    for name, (cron, do) in _timetable.items():
        task = app.task(name=name, queue=QUEUE, pass_context=True, queueing_lock=name)
        app.periodic(cron=cron)(task(_round(do)))
    return app


async def recover_stalled(app: procrastinate.App) -> int:
    """Give back the jobs of workers that died in the middle; return how many.

    A worker that outlives a crash of PostgreSQL may have been given a job in an answer that never came,
    or have had no way to say that it was done: what has been under way for too long is given back too.
    """
    stalled = {job.id: job for job in await _without_a_worker(app)}
    stalled |= {job.id: job for job in await _under_way_too_long(app)}
    for job in stalled.values():
        await app.job_manager.retry_job(job)
    return len(stalled)


async def _without_a_worker(app: procrastinate.App) -> Iterable[Job]:
    return await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)


async def _under_way_too_long(app: procrastinate.App) -> Iterable[Job]:
    with warnings.catch_warnings():
        # Deprecated because it may repeat a job that is merely slow; ours may be repeated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return await app.job_manager.get_stalled_jobs(nb_seconds=TOO_LONG_S)


def _job(do: Doing) -> Any:
    async def run(context: procrastinate.JobContext, **arguments: Any) -> None:
        await _attempt(context, do, arguments)

    return run


def _round(do: Doing) -> Any:
    async def run(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001
        await _attempt(context, do, {})

    return run


async def _attempt(context: procrastinate.JobContext, do: Doing, arguments: dict[str, Any]) -> None:
    database: Database = context.additional_context["database"]
    try:
        await do(database, **arguments)
    except Exception as error:
        await _note(database, context.job.id, error)
        raise


async def _note(database: Database, job_id: int | None, error: Exception) -> None:
    """Keep what failed last beside the job: kinds and places, for a message may hold what a person sent."""
    told = logs.where_it_failed(error)
    kinds = " < ".join(filter(None, [told["error"], told.get("cause")]))
    values = {"job_id": job_id, "at": clock.now(), "error": f"{kinds} at {told['at'][-1]}"}
    try:
        async with database.transaction() as session:
            await session.execute(_NOTE, values)
    except Exception as failure:  # noqa: BLE001 - the database may be away; the job fails as it did
        log.warning("failure_not_noted", job=job_id, **logs.where_it_failed(failure))
