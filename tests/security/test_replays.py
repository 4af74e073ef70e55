"""What an idempotency key gives again, and to whom."""

from sqlalchemy import update

from app.stations.models import Role, Staff
from tests.world import World, ok, refused

ONCE = {"Idempotency-Key": "7c0d5a52-6a0b-4c39-9d55-0a6f6f0c1f11"}


async def test_who_has_another_role_is_not_answered_as_before(world: World) -> None:
    reviewer, worker = await world.staff("141002"), await world.worker()
    path = f"/admin/v1/workers/{worker.id}/verify"
    first = ok(await reviewer.post(path, {}, headers=ONCE))
    assert ok(await reviewer.post(path, {}, headers=ONCE)) == first
    async with world.session() as session:
        await session.execute(update(Staff).where(Staff.id == reviewer.id).values(role=Role.AUDITOR))
    refused(await reviewer.post(path, {}, headers=ONCE), 404, "not_found")


async def test_each_reading_of_a_sealed_field_is_in_the_ledger_whatever_the_key(world: World) -> None:
    reviewer, worker = await world.staff("141002"), await world.worker()
    for _ in range(2):
        path = f"/admin/v1/workers/{worker.id}/identity"
        ok(await reviewer.post(path, {"reason": "核对"}, headers=ONCE))
    assert await world.count("ledger", "action = 'worker.identity_read'") == 2
