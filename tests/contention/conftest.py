"""A real API process over the test worker's database, and figures about what is true afterwards."""

from collections.abc import AsyncIterator

import pytest

from app.core.settings import Settings
from tests.contention.crowd import line
from tests.contention.figures import pytest_terminal_summary
from tests.processes import Api, serving
from tests.world import World

__all__ = ["pytest_terminal_summary"]


@pytest.fixture(scope="session")
async def server(settings: Settings) -> AsyncIterator[Api]:
    """Return the API process that the tests of one test worker share; who kills it brings it up again."""
    async with serving(settings) as api:
        yield api


@pytest.fixture
async def api(server: Api, world: World) -> AsyncIterator[Api]:  # noqa: ARG001 - the city is emptied afterwards
    """Return the running API over an empty city; whatever it did, nothing failed unexpectedly."""
    async with line(server.address, 1) as client:
        yield server
        figures = (await client.get("/metrics")).text
    failed = [
        row for row in figures.splitlines() if row.startswith("http_requests") and 'status="500"' in row
    ]
    assert not failed, server.said()[-4000:]
