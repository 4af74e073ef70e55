"""The demo city, loaded once for all who look at it, and a copy for who changes it."""

# ruff: noqa: S608 - statements are put together from the words of the tests alone

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pyotp
import pytest
from rich.console import Console

from app.core import clock, ports
from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from scripts.demo import city as demo
from scripts.demo import handout
from tests.conftest import at
from tests.world import Actor, World, ok

SILENT = Console(quiet=True)


@dataclass
class Loaded:
    """A database of its own with the demo city in it."""

    database: Database
    settings: Settings
    connection: "asyncpg.Connection[Any]"
    today: datetime
    cpu_s: float
    later_url: str  # a copy, for what changes it

    async def count(self, statement: str) -> int:
        found: int = await self.connection.fetchval(f"SELECT count(*) FROM {statement}")
        return found


@asynccontextmanager
async def own_database(superuser_url: str, template: str, name: str) -> AsyncIterator[str]:
    server = await asyncpg.connect(superuser_url)
    try:
        await server.execute("SELECT pg_advisory_lock(1410)")  # a template is copied by one at a time
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER gigs")
        await server.execute("SELECT pg_advisory_unlock(1410)")
        yield at(os.environ["TEST_APP_URL"], name)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture(scope="session")
async def loaded(
    superuser_url: str,
    template: str,
    worker_id: str,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Loaded]:
    folder: Path = tmp_path_factory.mktemp("demo")
    name = f"gigs_demo_{worker_id}"
    async with own_database(superuser_url, template, name) as url:
        own = settings.model_copy(update={"database_url": url, "local_dir": folder})
        ports.install(own)
        filling = Database(own.driver_url, 2)
        began, today = time.process_time(), clock.start_of(clock.today()).astimezone(UTC)
        await demo.load(filling, own, SILENT)
        cpu_s = time.process_time() - began
        await filling.close()
        ports.install(settings)
        async with own_database(superuser_url, name, f"{name}_later") as later:
            database, connection = Database(own.driver_url, 2), await asyncpg.connect(url)
            try:
                yield Loaded(database, own, connection, today, cpu_s, later)
            finally:
                await connection.close()
                await database.close()


@pytest.fixture(autouse=True)
def files_of_the_city(loaded: Loaded, settings: Settings) -> Iterator[None]:
    """Let files be looked for where the city's pictures are; other tests find their own again."""
    ports.install(loaded.settings)
    yield
    ports.install(settings)


@pytest.fixture
async def morning(loaded: Loaded, superuser_url: str) -> AsyncIterator[Loaded]:
    """Return the city for who changes it through real processes: a copy of the copy."""
    source = urlsplit(loaded.later_url).path[1:]
    async with own_database(superuser_url, source, f"{source}_morning") as url:
        settings = loaded.settings.model_copy(update={"database_url": url})
        yield replace(loaded, settings=settings)


@pytest.fixture
async def city(loaded: Loaded) -> AsyncIterator[World]:
    """Return the city for who looks at it through HTTP."""
    app = create_app(loaded.settings)
    async with app.router.lifespan_context(app), World(app, loaded.settings) as world:
        yield world


async def on_duty(world: World, loaded: Loaded, username: str) -> Actor:
    """Sign in as a member of staff of the city."""
    handed = handout.read(loaded.settings) or {}
    one = next(staff for staff in handed["staff"] if staff["username"] == username)
    given = {"username": username, "password": one["password"]}
    given["totp"] = pyotp.TOTP(one["totp_secret"]).now()
    answer = ok(await world.nobody.post("/admin/v1/auth/sessions", given), 201)
    return Actor(world, token=answer["access_token"])
