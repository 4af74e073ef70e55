"""Terms are frozen at agreement; a moved shift needs new consent (rule 6)."""

import hashlib
import json
from datetime import datetime

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.world import Employer, Json, Worker, World, ok, refused, shift, tomorrow


async def taken_on(world: World) -> tuple[Employer, Worker, Json, Json]:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job()
    ok(await worker.applies(job), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    return employer, worker, job, engagement


async def moved(employer: Employer, job: Json, hour: int) -> None:
    path = f"/v1/jobs/{job['id']}/shifts/{job['shifts'][0]['id']}"
    times = shift(hour)
    ok(await employer.patch(path, {"starts_at": times["starts_at"], "ends_at": times["ends_at"]}))


async def test_terms_are_what_was_agreed_and_their_hash_can_be_checked(world: World) -> None:
    _, worker, job, engagement = await taken_on(world)
    terms = ok(await worker.get(f"/v1/engagements/{engagement['id']}/terms"))
    canonical = json.dumps(terms["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == terms["hash"]
    assert terms["body"]["pay"] == {
        "amount_fen": 20000,
        "per": "day",
        "expected_minutes": None,
        "hourly_fen": 2500,
        "settlement": "daily",
    }
    assert terms["body"]["job"]["id"] == job["id"]


async def test_terms_cannot_be_changed_even_in_the_database(world: World) -> None:
    await taken_on(world)
    for statement in ("UPDATE terms SET hash = 'x'", "DELETE FROM terms", "UPDATE ledger SET reason = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with world.session() as session:
                await session.execute(text(statement))
        with pytest.raises(asyncpg.PostgresError, match="can only grow"):
            await world.look(statement)  # as the owner


async def test_a_moved_shift_asks_for_consent_and_keeps_the_difference(world: World) -> None:
    employer, worker, job, engagement = await taken_on(world)
    await moved(employer, job, 10)
    await world.deliver()
    assert "shift_changed" in await worker.inbox()
    assert any("班次" in text or "改为" in text for text in await worker.texts() if "10:00" in text)

    waiting = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))
    assert waiting["shift"]["starts_at"] == engagement["shift"]["starts_at"]
    change = waiting["changes"][0]
    assert change["state"] == "proposed"

    path = f"/v1/engagements/{engagement['id']}/changes/{change['id']}"
    agreed = ok(await worker.post(f"{path}/accept"))
    assert datetime.fromisoformat(agreed["shift"]["starts_at"]) == tomorrow(10)
    assert agreed["terms_hash"] != engagement["terms_hash"]
    first = ok(await worker.get(f"/v1/engagements/{engagement['id']}/terms?version=1"))
    assert first["hash"] == engagement["terms_hash"]
    refused(await worker.post(f"{path}/refuse"), 409, "engagement_state")


async def test_refusing_a_change_frees_the_place_at_no_cost(world: World) -> None:
    employer, worker, job, engagement = await taken_on(world)
    other = await world.worker()
    ok(await other.applies(job), 201)
    await moved(employer, job, 12)
    change = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))["changes"][0]
    left = ok(await worker.post(f"/v1/engagements/{engagement['id']}/changes/{change['id']}/refuse"))
    assert (left["state"], left["cancelled_by"]) == ("cancelled", "employer")
    await world.deliver()
    assert "promoted" in await other.inbox()


async def test_consent_does_not_lead_into_an_overlap(world: World) -> None:
    employer, worker, job, engagement = await taken_on(world)
    evening = await employer.posts_job(shifts=[shift(18, 4)])
    ok(await worker.applies(evening), 201)
    await moved(employer, job, 12)
    change = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))["changes"][0]
    path = f"/v1/engagements/{engagement['id']}/changes/{change['id']}/accept"
    refused(await worker.post(path), 409, "shift_overlaps")
    again = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))
    assert again["shift"] == engagement["shift"]
    assert again["changes"][0]["state"] == "proposed"


async def test_a_second_move_supersedes_the_first(world: World) -> None:
    employer, worker, job, engagement = await taken_on(world)
    await moved(employer, job, 10)
    await moved(employer, job, 11)
    changes = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))["changes"]
    assert [change["state"] for change in changes] == ["superseded", "proposed"]
