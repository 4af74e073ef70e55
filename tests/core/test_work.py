"""Work that nobody is doing any more is given back, also when its worker is alive."""

import pytest
from sqlalchemy import text

from app.core import work
from tests.world import World

# As it stands after PostgreSQL was killed between giving a job out and the worker's hearing of it.
UNDER_WAY = text(
    """WITH alive AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id)
       UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM alive)"""
)
BEGAN = text(
    "UPDATE procrastinate_events SET at = now() - make_interval(secs => :ago) WHERE type = 'started'"
)


@pytest.mark.parametrize(("ago", "given_back"), [(work.TOO_LONG_S + 5, 1), (work.TOO_LONG_S - 15, 0)])
async def test_what_is_under_way_too_long_is_given_back_and_done(
    world: World, ago: int, given_back: int
) -> None:
    worker = await world.worker()
    async with world.session() as session:
        await session.execute(UNDER_WAY)
        await session.execute(BEGAN, {"ago": ago})
    await world.deliver()
    assert await worker.inbox() == []

    app = work.worker_app(world.settings.database_url)
    async with app.open_async():
        assert await work.recover_stalled(app) == given_back

    await world.deliver()
    assert (await worker.inbox() == ["worker_verified"]) is bool(given_back)
