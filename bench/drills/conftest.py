"""A PostgreSQL of the drill's own, which may be killed, with a migrated city in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic import command

from app import reference
from app.core import keyring, migrated, ports
from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from scripts.cluster import Cluster, throwaway
from tests.contention.figures import pytest_terminal_summary
from tests.world import World

__all__ = ["pytest_terminal_summary"]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster that is gone afterwards."""
    with throwaway("drill") as cluster:
        yield cluster


@pytest.fixture
async def city(cluster: Cluster, tmp_path: Path) -> AsyncIterator[World]:
    """Return a world in its database; the processes of the drill are not started yet."""
    settings = Settings(database_url=cluster.url(), local_dir=tmp_path, log_level="WARNING")
    await asyncio.to_thread(command.upgrade, migrated.config(settings.driver_url), "head")
    keyring.install(settings)
    ports.install(settings)
    database = Database(settings.driver_url, 2)
    async with database.transaction() as session:
        await reference.load(session, demonstration=True)
    await database.close()
    app = create_app(settings)
    async with app.router.lifespan_context(app), World(app, settings) as world:
        yield world
