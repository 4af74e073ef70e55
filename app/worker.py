"""The second process: delivers promised work and keeps the timetable."""

import asyncio
import contextlib
import signal

import procrastinate
import structlog

from app import reactions
from app.core import keyring, logs, ports, work
from app.core.db import Database
from app.core.settings import Settings

CONCURRENCY = 8
LOOK_AFTER_S = 5
AGAIN_AFTER_S = 1

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C; jobs under way are finished first."""
    logs.set_up(settings.log_level)
    keyring.install(settings)
    ports.install(settings)
    database = Database(settings.driver_url, CONCURRENCY + 4)
    working = asyncio.create_task(_work(settings, database))
    steady = asyncio.create_task(work.keep_doing(database))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await working
    finally:
        steady.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await steady
        await database.close()


async def _work(settings: Settings, database: Database) -> None:
    """Work until cancelled; procrastinate stops when it loses the database, so it is started anew."""
    while True:
        try:
            await _until_it_stops(settings, database)
        except asyncio.CancelledError as error:
            # Ours is a request to end; procrastinate's own, when its database is gone, is not.
            if (me := asyncio.current_task()) is None or me.cancelling():
                raise
            log.warning("worker_stopped", **logs.where_it_failed(error))
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.warning("worker_stopped", **logs.where_it_failed(error))
        await asyncio.sleep(AGAIN_AFTER_S)


async def _until_it_stops(settings: Settings, database: Database) -> None:
    app = work.worker_app(settings.database_url)
    async with app.open_async():
        looking = asyncio.create_task(_look_after_the_stalled(app))
        log.info("worker_started", reactions=len(reactions.REGISTERED))
        try:
            await app.run_worker_async(
                queues=[work.QUEUE],
                concurrency=CONCURRENCY,
                additional_context={"database": database},
                update_heartbeat_interval=work.HEARTBEAT_S,
                stalled_worker_timeout=work.STALLED_AFTER_S,
                fetch_job_polling_interval=2,
                shutdown_graceful_timeout=20,
                install_signal_handlers=False,
                delete_jobs="successful",
            )
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking


async def _look_after_the_stalled(app: procrastinate.App) -> None:
    """Give back what a worker that died was doing."""
    while True:
        try:
            if count := await work.recover_stalled(app):
                log.warning("stalled_work_given_back", jobs=count)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.warning("recovery_failed", **logs.where_it_failed(error))
        await asyncio.sleep(LOOK_AFTER_S)


def main() -> None:
    """Start the worker."""
    asyncio.run(run(Settings()))


if __name__ == "__main__":
    main()
