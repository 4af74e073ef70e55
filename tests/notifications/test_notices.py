"""The inbox and SMS: each thing told once, the reminder the evening before."""

from datetime import timedelta

import time_machine

from app.core import clock
from app.notifications.reactions import remind
from tests.world import World, ok, shift


async def test_the_reminder_comes_once_and_only_to_who_works_tomorrow(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second = await world.worker(), await world.worker()
    soon, later = await employer.posts_job(), await employer.posts_job(shifts=[shift(days=2)])
    ok(await first.applies(soon), 201)
    ok(await second.applies(later), 201)
    for _ in range(2):
        await remind(world.database)
    assert (await first.inbox()).count("reminder") == 1
    assert "reminder" not in await second.inbox()
    assert "鼓楼北大街" in (await first.texts())[0]
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        await remind(world.database)
        assert await world.count("notifications", "kind = 'reminder'") == 2


async def test_what_was_read_is_read(world: World) -> None:
    worker = await world.worker()
    await world.deliver()
    unread = ok(await worker.get("/v1/me/notifications"))["items"]
    assert [one["read_at"] for one in unread] == [None]
    assert ok(await worker.post("/v1/me/notifications/read", {"ids": [unread[0]["id"]]}))["marked"] == 1
    assert ok(await worker.post("/v1/me/notifications/read", {}))["marked"] == 0
    assert ok(await worker.get("/v1/me/notifications"))["items"][0]["read_at"]


async def test_english_for_who_asks_for_it(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    ok(await worker.patch("/v1/me", {"language": "en"}))
    ok(await worker.applies(await employer.posts_job()), 201)
    await world.deliver()
    assert "You are taken on" in (await worker.texts())[0]
