"""The bench's database: a cluster of its own, filled once a day and kept for the next run."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic import command
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from app import reference
from app.core import clock, keyring, migrated
from app.core.db import Database
from app.core.settings import Settings
from app.jobs import listings
from bench import market
from scripts.cluster import Cluster
from scripts.terminal import LOCAL, ROOT, held

_MADE_BY = ("bench/market.py", "app/jobs/listings.py", "app/jobs/words.py", "migrations/versions")


@contextmanager
def filled(jobs: int) -> Iterator[Cluster]:
    """Give a running cluster whose market has so many open jobs, all of them to come."""
    folder = LOCAL / "bench" / f"{jobs}-jobs"
    with held(folder / "lock", refusal="Another bench is running."):
        stamp, wanted = folder / "stamp", _stamp()
        cluster = Cluster(folder, durable=False)
        if not stamp.exists() or stamp.read_text() != wanted:
            cluster.remove()
            folder.mkdir(parents=True, exist_ok=True)
            cluster = Cluster(folder, durable=False)
        with cluster:
            if not stamp.exists():
                _fill(cluster, jobs)
                stamp.write_text(wanted)
            yield cluster


def _stamp() -> str:
    """Name what the data are made by, and the day: they are dated from today."""
    found = hashlib.sha256()
    for name in _MADE_BY:
        path = ROOT / name
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            found.update(file.read_bytes())
    return f"{clock.today()} {found.hexdigest()}"


def _fill(cluster: Cluster, jobs: int) -> None:
    settings = Settings(database_url=cluster.url())
    keyring.install(settings)
    command.upgrade(migrated.config(settings.driver_url), "head")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        asyncio.run(_load_reference(settings))
        posting = progress.add_task("posting jobs", total=jobs)
        with psycopg.connect(cluster.url()) as connection:
            market.fill(connection, jobs, lambda done: progress.update(posting, completed=done))
        progress.update(posting, completed=jobs)
        listing = progress.add_task("listing them", total=None)
        asyncio.run(_list_all(settings))
        cluster.execute("VACUUM (ANALYZE)", "gigs")
        progress.update(listing, total=jobs, completed=jobs)


async def _load_reference(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    async with database.transaction() as session:
        await reference.load(session, demonstration=True)
    await database.close()


async def _list_all(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await listings.rebuild(session)
    await database.close()
