"""One Idempotency-Key has one effect, however often it is sent (trust.md, R4)."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import time_machine
from sqlalchemy import text

from app.core import clock, idempotency
from app.maintenance import forget
from tests.world import Employer, Json, World, ok, refused, shift


@pytest.fixture
async def employer(world: World) -> Employer:
    return await world.employer(trusted=True)


def keyed(key: str) -> Json:
    return {"headers": {"Idempotency-Key": key}}


async def drafts(employer: Employer, key: str, **changes: str) -> httpx.Response:
    return await employer.post("/v1/jobs", employer.draft(shifts=[shift()], **changes), **keyed(key))


async def test_a_key_sent_a_hundred_times_at_once_has_one_effect(world: World, employer: Employer) -> None:
    key = str(uuid4())

    answers = await asyncio.gather(*(drafts(employer, key) for _ in range(100)))

    told = Counter(answer.status_code for answer in answers)
    assert told[201] >= 1
    assert set(told) <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "idempotency_key_in_use")
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await world.count("jobs") == 1
    again = await drafts(employer, key)
    assert again.content in {answer.content for answer in answers}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == next(a for a in answers if a.status_code == 201).headers["ETag"]


async def test_a_key_with_another_body_or_address_is_refused(world: World, employer: Employer) -> None:
    key = str(uuid4())
    job = ok(await drafts(employer, key), 201)

    refused(await drafts(employer, key, title="搬家"), 422, "idempotency_key_reused")
    elsewhere = await employer.post(f"/v1/jobs/{job['id']}/submit", employer.draft(), **keyed(key))
    refused(elsewhere, 422, "idempotency_key_reused")
    assert await world.count("jobs") == 1


async def test_a_key_belongs_to_who_sent_it(world: World, employer: Employer) -> None:
    other = await world.employer()
    key = str(uuid4())

    first, second = ok(await drafts(employer, key), 201), ok(await drafts(other, key), 201)

    assert first["id"] != second["id"]


async def test_a_request_under_way_holds_its_key_and_no_other(world: World, employer: Employer) -> None:
    worker = await world.worker()
    job = await employer.posts_job()
    key = str(uuid4())
    async with world.session() as session:
        # As if somebody were busy with this worker: the request waits inside its transaction.
        await session.execute(text("SELECT FROM workers WHERE id = :id FOR UPDATE"), {"id": worker.id})
        first = asyncio.create_task(worker.applies(job, **keyed(key)))
        await _until_somebody_waits(world)

        second = await worker.applies(job, **keyed(key))
        assert not first.done()

    refused(second, 409, "idempotency_key_in_use")
    assert ok(await first, 201) == ok(await worker.applies(job, **keyed(key)), 201)
    assert await world.count("applications") == 1


async def test_a_request_that_was_cut_off_frees_its_key(world: World, employer: Employer) -> None:
    worker = await world.worker()
    job = await employer.posts_job()
    key = str(uuid4())
    async with world.session() as session:
        await session.execute(text("SELECT FROM workers WHERE id = :id FOR UPDATE"), {"id": worker.id})
        first = asyncio.create_task(worker.applies(job, **keyed(key)))
        waiting = await _until_somebody_waits(world)
        # What PostgreSQL does with the connections of a process that was killed.
        await world.look("SELECT pg_terminate_backend($1)", waiting)
        refused(await first, 503, "not_ready")

    ok(await worker.applies(job, **keyed(key)), 201)
    assert await world.count("applications") == 1


async def test_a_refusal_does_not_use_the_key_up(world: World, employer: Employer) -> None:
    worker = await world.worker(verified=False)
    job = await employer.posts_job()
    key = str(uuid4())
    refused(await worker.applies(job, **keyed(key)), 409, "real_name_missing")
    invalid = await worker.post(f"/v1/jobs/{job['id']}/applications", {"shift_ids": "x"}, **keyed(key))
    refused(invalid, 422, "invalid")
    assert await world.count("idempotency_answers", f"key = '{key}'") == 0

    async with world.session() as session:
        await session.execute(
            text(
                "UPDATE workers SET verified_at = now(), birth_date = '1985-05-17', id_number_index = 'x'"
                " WHERE id = :id"
            ),
            {"id": worker.id},
        )
    ok(await worker.applies(job, **keyed(key)), 201)


async def test_an_answer_is_kept_for_a_day(world: World, employer: Employer) -> None:
    key, body = str(uuid4()), employer.draft(shifts=[shift(days=3)])

    async def sends() -> Json:
        answer: Json = ok(await employer.post("/v1/jobs", body, **keyed(key)), 201)
        return answer

    with time_machine.travel(clock.now(), tick=False) as moving:
        first = await sends()

        moving.shift(idempotency.KEPT_FOR - timedelta(seconds=1))
        employer.token = await world.fresh_token(employer)
        await forget(world.database)
        assert await sends() == first

        moving.shift(1)
        assert (await sends())["id"] != first["id"]
        assert await world.count("jobs") == 2

        moving.shift(idempotency.KEPT_FOR + timedelta(seconds=1))
        await forget(world.database)
        assert await world.count("idempotency_answers") == 0


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_without_measure_is_refused(world: World, employer: Employer, key: str) -> None:
    refused(await drafts(employer, key), 422, "invalid")
    assert await world.count("jobs") == 0


async def _until_somebody_waits(world: World) -> int:
    """Return the process id of the one connection that waits for a lock."""
    async with asyncio.timeout(10):
        while True:
            waiting: int | None = await world.look(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if waiting:
                return waiting
            await asyncio.sleep(0.02)
