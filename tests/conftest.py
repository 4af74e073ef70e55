"""A migrated database for each test worker, the application over it, and a world of actors.

Commits are real: tests see what clients would see, constraints at commit included. After each test that
had the world, every table but the reference data is emptied.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic import command
from fastapi import FastAPI

from app import reference
from app.core import keyring, migrated, ports
from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from tests.world import World

REFERENCE = {
    "alembic_version",
    "certificate_kinds",
    "divisions",
    "late_cancellation_shares",
    "minimum_wages",
    "official_days",
    "spatial_ref_sys",
    "stations",
    "trades",
}
# Reference data as they were at first, and what puts them back after a test in which staff changed them.
KEEP = """CREATE SCHEMA kept; CREATE TABLE kept.stations AS TABLE stations;
          CREATE TABLE kept.divisions AS TABLE divisions;
          CREATE TABLE kept.trades AS TABLE trades;
          CREATE TABLE kept.minimum_wages AS TABLE minimum_wages;
          TRUNCATE province_touched"""
PUT_BACK = """DELETE FROM stations; INSERT INTO stations SELECT * FROM kept.stations;
              DELETE FROM trades; INSERT INTO trades SELECT * FROM kept.trades;
              DELETE FROM minimum_wages; INSERT INTO minimum_wages SELECT * FROM kept.minimum_wages;
              UPDATE divisions d SET boundary = k.boundary, seat = k.seat, position_source = k.position_source
                FROM kept.divisions k
               WHERE k.code = d.code AND (k.position_source IS DISTINCT FROM d.position_source
                                          OR (k.boundary IS NULL) <> (d.boundary IS NULL))"""


def _template() -> str:
    """Name the template after what goes into it, so that a changed migration makes a new one."""
    parts = sorted([*migrated.ROOT.glob("migrations/**/*.*"), *migrated.ROOT.glob("app/*/data/*")])
    content = b"".join(part.read_bytes() for part in parts if part.suffix != ".pyc")
    return f"gigs_template_{hashlib.sha256(content).hexdigest()[:12]}"


def at(url: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest.fixture(scope="session")
def superuser_url() -> str:
    """Return the test cluster's superuser; `make test` starts the cluster."""
    if "TEST_DATABASE_URL" not in os.environ:
        pytest.skip("needs a database: run `make test ARGS=…`")
    return os.environ["TEST_DATABASE_URL"]


@pytest.fixture(scope="session")
async def template(superuser_url: str) -> str:
    """Return the name of a database that is migrated and has the reference data; made by who comes first."""
    name = _template()
    server = await asyncpg.connect(superuser_url)
    await server.execute("SELECT pg_advisory_lock(1410)")
    try:
        if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await server.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
            await server.execute(f"CREATE DATABASE {name}_new OWNER gigs")
            url = at(os.environ["TEST_APP_URL"], f"{name}_new")
            settings = Settings(database_url=url)
            await asyncio.to_thread(command.upgrade, migrated.config(settings.driver_url), "head")
            keyring.install(settings)
            database = Database(settings.driver_url, 2)
            async with database.transaction() as session:
                await reference.load(session, demonstration=True)
            await database.close()
            await server.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    finally:
        await server.close()
    return name


@pytest.fixture(scope="session")
async def database_url(superuser_url: str, template: str) -> AsyncIterator[str]:
    """Return this test worker's own database, a copy of the template."""
    name = f"gigs_test_{os.getpid()}"
    server = await asyncpg.connect(superuser_url)
    await server.execute("SELECT pg_advisory_lock(1410)")  # a template is copied by one at a time
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER gigs")
    await server.execute("SELECT pg_advisory_unlock(1410)")
    own = await asyncpg.connect(at(superuser_url, name))
    await own.execute(KEEP)
    await own.close()
    yield at(os.environ["TEST_APP_URL"], name)
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.close()


@pytest.fixture(scope="session")
async def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the local environment over the test database."""
    folder: Path = tmp_path_factory.mktemp("local")
    settings = Settings(database_url=database_url, local_dir=folder, log_level="INFO")
    keyring.install(settings)
    ports.install(settings)
    return settings


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Return the application, started."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def world(app: FastAPI, settings: Settings, superuser_url: str) -> AsyncIterator[World]:
    """Return an empty city with its reference data; emptied again afterwards."""
    async with World(app, settings) as world:
        yield world
    server = await asyncpg.connect(at(superuser_url, urlsplit(settings.database_url).path[1:]))
    rows = await server.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = ", ".join(row["tablename"] for row in rows if row["tablename"] not in REFERENCE)
    # The tables that can only grow are emptied by the superuser alone, with their triggers asleep.
    await server.execute(f"SET session_replication_role = replica; TRUNCATE {names}")
    await server.execute(PUT_BACK)
    # What a test set beside the reference data: shares are set for days to come alone.
    await server.execute("DELETE FROM late_cancellation_shares WHERE effective_from > current_date")
    await server.close()
