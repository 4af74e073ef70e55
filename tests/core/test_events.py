"""Promised work is part of the transaction that causes it, and takes effect once (trust.md, R2 and R3)."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events, work
from app.core.events import Event
from app.employers.events import EmployerVerified
from app.engagements.events import PlaceFreed, WorkerTakenOn
from tests.world import World, ok, refused


class Undone(Exception):  # noqa: N818 - no error
    """Raised to have a transaction rolled back."""


async def a_job(session: AsyncSession) -> None:
    await work.promise(session, "sms.send", {"message_id": str(uuid4())})


async def an_event(session: AsyncSession) -> None:
    await events.emit(session, PlaceFreed(uuid4()))


async def ghosts(world: World) -> int:
    return await world.count("procrastinate_jobs") + await world.count("events")


@pytest.mark.parametrize("first", [a_job, an_event])
@pytest.mark.parametrize("then", [a_job, an_event])
async def test_a_rolled_back_transaction_leaves_nothing_to_do(
    world: World,
    first: Callable[[AsyncSession], Awaitable[None]],
    then: Callable[[AsyncSession], Awaitable[None]],
) -> None:
    async def undone() -> None:
        async with world.session() as session:
            await first(session)
            await session.execute(text("SELECT 1"))
            await then(session)
            raise Undone

    with pytest.raises(Undone):
        await undone()

    assert await ghosts(world) == 0
    async with world.session() as session:
        await first(session)
    assert await ghosts(world) > 0


async def test_a_failed_commit_leaves_nothing_to_do(world: World) -> None:
    async def fails_at_the_very_end() -> None:
        async with world.session() as session:
            await a_job(session)
            await an_event(session)
            late = "CREATE TEMP TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"
            await session.execute(text(late))
            await session.execute(text("INSERT INTO late VALUES (1), (1)"))

    with pytest.raises(IntegrityError):
        await fails_at_the_very_end()

    assert await ghosts(world) == 0


async def test_a_refused_request_leaves_nothing_to_do(world: World) -> None:
    employer = await world.employer(trusted=True)
    worker = await world.worker()
    mine, other = await employer.posts_job(), await employer.posts_job()
    ok(await worker.applies(mine), 201)
    before = await ghosts(world)

    refused(await worker.applies(other), 409, "shift_overlaps")

    assert await ghosts(world) == before


async def test_a_reaction_delivered_many_times_at_once_takes_effect_once(world: World) -> None:
    employer = await world.employer(trusted=True)
    worker = await world.worker()
    await world.deliver()
    ok(await worker.applies(await employer.posts_job()), 201)
    async with world.session() as session:
        promised = [
            row.args
            for row in await session.execute(
                text("SELECT args FROM procrastinate_jobs WHERE task_name = 'events.deliver'")
            )
        ]

    copies = [events.deliver(world.database, **arguments) for arguments in promised for _ in range(20)]
    await asyncio.gather(*copies)
    await world.deliver()

    assert await worker.inbox() == ["taken_on", "worker_verified"]
    assert [text for text in await worker.texts() if "您已被录用" in text] == (await worker.texts())[:1]
    assert await world.count("employers", "hires = 1") == 1


async def test_a_reaction_that_fails_leaves_no_mark_and_is_tried_again(world: World) -> None:
    async with world.session() as session:
        await events.emit(session, EmployerVerified(uuid4()))

    await world.deliver()

    assert await world.count("deliveries") == 0
    assert await world.count("procrastinate_jobs", "status = 'todo' AND attempts = 1") >= 1


def test_every_kind_of_event_survives_being_kept() -> None:
    for kind in (WorkerTakenOn(uuid4(), promoted=True), PlaceFreed(uuid4())):
        assert Event.kinds[type(kind).__name__].from_payload(events._payload(kind)) == kind
