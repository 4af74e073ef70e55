"""Onto devices: once for each, again after a crash, and no more to a token that is gone."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest

from app.core import ports
from app.core.push import Note, PushRefused
from app.notifications import pushing
from app.notifications.actions import Letter, tell
from tests.world import Actor, World, ok


@dataclass
class Provider:
    """Stands in for a channel at its port."""

    refusal: PushRefused | None = None
    taken: list[tuple[str, str, Note, str]] = field(default_factory=list)

    async def push(self, token: str, platform: str, note: Note, message_id: str) -> None:
        if self.refusal:
            raise self.refusal
        self.taken.append((token, platform, note, message_id))


@pytest.fixture
def provider() -> Iterator[Provider]:
    before, channel = ports.ports(), Provider()
    ports._installed[:] = [replace(before, push=channel)]
    yield channel
    ports._installed[:] = [before]


async def with_device(world: World) -> tuple[Actor, str]:
    """Return somebody with a device who wants to hear at any hour, whatever the hour of the test."""
    person, device = await world.person(), str(uuid4())
    ok(await person.put("/v1/me/notification-settings", {"quiet_from": "13:00", "quiet_until": "13:00"}))
    ok(await person.put(f"/v1/me/devices/{device}", {"platform": "harmony", "push_token": "token-1"}))
    return person, device


async def told(world: World, person: Actor, key: str = "") -> None:
    async with world.session() as session:
        await tell(session, Letter(person.id, "worker_verified", key, {}, {"worker_id": "1"}))


async def pushes(world: World) -> list[str]:
    async with world.session() as session:
        found = await session.connection()
        rows = await found.exec_driver_sql("SELECT id::text FROM push_messages ORDER BY id")
        return [row[0] for row in rows]


async def test_what_is_told_is_pushed_once_to_each_device_with_a_token(
    world: World, provider: Provider
) -> None:
    person, _ = await with_device(world)
    ok(await person.put(f"/v1/me/devices/{uuid4()}", {"platform": "ios", "push_token": "token-2"}))
    ok(await person.put(f"/v1/me/devices/{uuid4()}", {"platform": "ios"}))
    for _ in range(2):
        await told(world, person)
    await world.deliver()
    assert sorted(token for token, *_ in provider.taken) == ["token-1", "token-2"]
    _, _, note, message_id = provider.taken[0]
    assert (note.title, note.data["kind"], note.data["worker_id"]) == ("实名认证通过", "worker_verified", "1")
    assert message_id in await pushes(world)
    assert "实名" not in repr(note)


async def test_a_worker_that_dies_before_it_can_say_so_pushes_again_under_the_same_id(
    world: World, provider: Provider
) -> None:
    person, _ = await with_device(world)
    await told(world, person)
    (message_id,) = await pushes(world)
    await pushing.send(world.database, message_id=message_id)
    async with world.session() as session:
        await (await session.connection()).exec_driver_sql("UPDATE push_messages SET sent_at = NULL")
    for _ in range(3):
        await pushing.send(world.database, message_id=message_id)
    assert [given[3] for given in provider.taken] == [message_id] * 2


async def test_a_token_that_is_gone_is_forgotten(world: World, provider: Provider) -> None:
    person, _ = await with_device(world)
    provider.refusal = PushRefused("unregistered", gone=True)
    await told(world, person, "a")
    await world.deliver()
    assert await world.count("devices", "push_token_sealed IS NULL") == 1
    assert await world.count("push_messages", "failure = 'unregistered' AND sent_at IS NULL") == 1
    provider.refusal = None
    await told(world, person, "b")
    assert len(await pushes(world)) == 1


async def test_what_may_pass_by_itself_is_tried_again(world: World, provider: Provider) -> None:
    person, _ = await with_device(world)
    provider.refusal = PushRefused("busy", retryable=True)
    await told(world, person)
    await world.deliver()
    (message_id,) = await pushes(world)
    assert await world.count("procrastinate_jobs", "task_name = 'push.send' AND status = 'todo'") == 1
    provider.refusal = None
    await pushing.send(world.database, message_id=message_id)
    assert len(provider.taken) == 1


async def test_a_device_forgotten_in_between_gets_nothing(world: World, provider: Provider) -> None:
    person, device = await with_device(world)
    await told(world, person)
    ok(await person.delete(f"/v1/me/devices/{device}"), 204)
    await world.deliver()
    assert provider.taken == []
    assert await world.count("push_messages", "failure = 'no_token'") == 1


async def test_pushes_can_be_switched_off_and_end_with_the_account(world: World, provider: Provider) -> None:
    person, _ = await with_device(world)
    off = {"kinds": [{"kind": "worker_verified", "push": False}]}
    ok(await person.put("/v1/me/notification-settings", off))
    await told(world, person, "a")
    assert await pushes(world) == []
    ok(
        await person.put(
            "/v1/me/notification-settings", {"kinds": [{"kind": "worker_verified", "push": True}]}
        )
    )
    await told(world, person, "b")
    assert len(await pushes(world)) == 1
    ok(await person.delete("/v1/me"), 204)
    await world.deliver()
    assert provider.taken == []
    for table in ("push_messages", "notifications", "inboxes", "notification_choices"):
        assert await world.count(table) == 0


async def test_locally_one_can_read_what_would_have_been_pushed(world: World) -> None:
    person, device = await with_device(world)
    await told(world, person)
    await world.deliver()
    (pushed,) = ok(await world.nobody.get("/dev/pushes", params={"to": device}))["items"]
    assert pushed["title"] == "实名认证通过"
    assert pushed["sent_at"]
