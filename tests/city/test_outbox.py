"""Work that got stuck: seen by the city's operator, and tried again."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core import ports, work
from app.core.db import Database
from app.core.sms import Message, SmsRefused
from app.identity.messages import text_to
from app.stations.models import Role
from tests.world import Actor, World, ok, refused

OUTBOX = "/admin/v1/outbox"
_MINE = "SELECT id FROM procrastinate_jobs WHERE task_name = 'test.stuck'"
_failing: dict[str, bool] = {}


class PersonalError(Exception):
    pass


@work.task("test.stuck")
async def stuck(database: Database, *, thing_id: str) -> None:  # noqa: ARG001
    if _failing["on"]:
        raise PersonalError(f"李建国 {thing_id}")


@pytest.fixture(autouse=True)
def failing() -> Iterator[None]:
    _failing["on"] = True
    yield
    _failing["on"] = False


@pytest.fixture
async def operator(world: World) -> Actor:
    return await world.staff("1410", Role.OPERATOR)


@pytest.fixture
async def failed(world: World) -> AsyncIterator[int]:
    """Return the id of work that failed for the last time."""
    async with world.session() as session:
        await work.promise(session, "test.stuck", {"thing_id": "42"})
        await session.execute(text("UPDATE procrastinate_jobs SET attempts = 17"))
    await world.deliver()
    async with world.session() as session:
        yield (await session.scalars(text(_MINE))).one()


async def test_what_failed_is_seen_without_what_a_person_said(operator: Actor, failed: int) -> None:
    (one,) = ok(await operator.get(OUTBOX, params={"task": "test.stuck"}))["items"]
    assert (one["id"], one["state"], one["arguments"]) == (failed, "failed", {"thing_id": "42"})
    assert one["error"].startswith("PersonalError at ")
    assert "李建国" not in str(one)
    assert one["failed_at"]
    counts = ok(await operator.get(f"{OUTBOX}/counts"))["items"]
    assert {"task": "test.stuck", "state": "failed", "jobs": 1} in counts


async def test_what_is_retried_is_done(world: World, operator: Actor, failed: int) -> None:
    _failing["on"] = False
    assert ok(await operator.post(f"{OUTBOX}/{failed}/retry"))["retried"] == 1
    refused(await operator.post(f"{OUTBOX}/{failed}/retry"), 409, "work_not_stuck")
    await world.deliver()
    assert ok(await operator.get(OUTBOX))["items"] == []
    refused(await operator.post(f"{OUTBOX}/{2**62}/retry"), 404, "not_found")
    auditor = await world.staff("1410", Role.AUDITOR)
    (entry,) = ok(await auditor.get("/admin/v1/ledger", params={"action": "outbox"}))["items"]
    assert entry["after"] == {"work_id": failed, "task": "test.stuck"}


async def test_work_that_will_be_tried_again_can_be_tried_at_once(world: World, operator: Actor) -> None:
    async with world.session() as session:
        await work.promise(session, "test.stuck", *({"thing_id": str(n)} for n in range(3)))
    await world.deliver()
    items = ok(await operator.get(OUTBOX, params={"state": "retrying"}))["items"]
    assert [(one["attempts"], bool(one["next_try_at"])) for one in items] == [(1, True)] * 3
    _failing["on"] = False
    assert ok(await operator.post(f"{OUTBOX}/retry", {"task": "test.stuck"}))["retried"] == 3
    await world.deliver()
    assert ok(await operator.get(OUTBOX))["items"] == []


async def test_a_backlog_is_read_page_by_page(world: World, operator: Actor) -> None:
    async with world.session() as session:
        await work.promise(session, "test.stuck", *({"thing_id": str(n)} for n in range(5)))
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 hour'"))
    seen, cursor = [], None
    while True:
        params = {"limit": "2", "state": "waiting"} | ({"cursor": cursor} if cursor else {})
        page = ok(await operator.get(OUTBOX, params=params))
        seen += [one["arguments"]["thing_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]


class Refusing:
    """A provider that takes nothing."""

    async def send(self, to: str, message: Message, message_id: str) -> None:  # noqa: ARG002
        raise SmsRefused("isv.REFUSED", retryable=False)


async def test_an_sms_that_was_refused_is_seen_masked_and_sent_again(
    world: World, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = world.new_phone()
    with monkeypatch.context() as patched:
        patched.setattr(ports, "_installed", [replace(ports.ports(), sms=Refusing())])
        async with world.session() as session:
            await text_to(session, f"+86{phone}", Message("told", {"job": "卸货"}, "请到站"))
            await text_to(session, f"+86{phone}", Message("code", {"code": "123456"}, "验证码 123456"))
        await world.deliver()
    items = ok(await operator.get(f"{OUTBOX}/messages"))["items"]
    code, told = items
    assert told["failure"] == "isv.REFUSED"
    assert phone not in str(items)
    assert "卸货" not in str(items)
    refused(await operator.post(f"{OUTBOX}/messages/{code['id']}/retry"), 409, "message_outdated")
    ok(await operator.post(f"{OUTBOX}/messages/{told['id']}/retry"))
    await world.deliver()
    assert await world.count("sms_messages", "sent_at IS NOT NULL") == 1
