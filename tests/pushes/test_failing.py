"""An endpoint that fails is tried again for three days; then what it did not take is parked, and shown."""

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest
import time_machine
from starlette.responses import RedirectResponse, Response, StreamingResponse

from app.core import clock, ports
from app.pushes import messages, sending
from app.pushes.queries import Lane
from app.stations.models import Role
from tests.pushes.conftest import Pushed
from tests.stubs.receiver import Json, well
from tests.world import ok, refused


async def _awaits_nothing(pushed: Pushed) -> None:
    assert await pushed.deliveries("pending") == []


async def test_what_fails_is_sent_again_as_the_same_message(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        for number, status in enumerate((301, 401, 403, 404, 429, 500, 503)):
            await pushed.feed.happens()
            pushed.receiver.temper = partial(_says, Response(status_code=status))
            await pushed.push()
            await pushed.push()
            (waiting,) = await pushed.deliveries("pending")
            assert (waiting["attempts"], waiting["last_status"]) == (1, status)
            await pushed.feed.happens()
            pushed.receiver.temper = well
            traveller.shift(timedelta(seconds=7))
            await pushed.push()
            await _awaits_nothing(pushed)
            assert pushed.receiver.ids[-3] == pushed.receiver.ids[-2] == waiting["id"]
            assert len(pushed.receiver.items) == 2 * (number + 1)


async def test_a_lost_answer_does_nothing_twice(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        await pushed.feed.happens()
        pushed.receiver.temper = lambda _: -503
        await pushed.push()
        pushed.receiver.temper = lambda _: 204
        traveller.shift(timedelta(seconds=7))
        await pushed.push()
    assert len(pushed.receiver.ids) == 2
    assert len(pushed.receiver.taken) == 1


async def test_a_repetition_shows_nothing_that_was_withdrawn_meanwhile(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        worker = await pushed.feed.happens(data='{"worker":"李*"}')
        pushed.receiver.temper = lambda _: 503
        await pushed.push()
        await pushed.feed.happens(worker, '{"worker":null}')
        pushed.receiver.temper = lambda _: 204
        traveller.shift(timedelta(seconds=7))
        await pushed.push()
    assert [item["data"] for item in pushed.receiver.items] == [{"worker": None}] * 2
    assert await pushed.world.look("SELECT count(*) FROM province_deliveries d WHERE d::text ~ '李'") == 0


async def test_it_backs_off_for_three_days_and_is_parked_then(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        began = clock.now()
        await pushed.subscribes()
        thing = await pushed.feed.happens()
        pushed.receiver.temper = lambda _: 503
        waits: list[timedelta] = []
        while not await pushed.deliveries("parked"):
            await pushed.push()
            (row,) = await pushed.deliveries()
            if row["next_at"]:
                next_at = datetime.fromisoformat(row["next_at"])
                waits.append(next_at - clock.now())
                traveller.move_to(next_at)
        assert timedelta(seconds=4) <= waits[0] <= timedelta(seconds=6)
        assert all(later < timedelta(hours=5) for later in waits)
        assert clock.now() - began >= timedelta(days=3)
        assert clock.now() - began < timedelta(days=3, minutes=1)
        assert len(pushed.receiver.ids) < 40
        assert (await pushed.shown())["parked"] == 1
        # What comes later goes on, and what was parked can be sent again.
        other = await pushed.feed.happens()
        pushed.receiver.temper = lambda _: 204
        await pushed.push()
        assert set(pushed.receiver.held) == {str(other)}
        assert pushed.receiver.taken[-1]["data"]["after"] != "0-000000000000"
        path = f"/sync/v1/subscriptions/main/deliveries/{row['id']}/retry"
        ok(await pushed.province.post(path))
        refused(await pushed.province.post(path), 409, "delivery_not_parked")
        await pushed.push()
        assert set(pushed.receiver.held) == {str(thing), str(other)}


async def _parks(pushed: Pushed, traveller: time_machine.Traveller) -> Json:
    pushed.receiver.temper = lambda _: 503
    await pushed.push()
    traveller.shift(timedelta(days=3, seconds=1))
    await pushed.push()
    (parked,) = await pushed.deliveries("parked")
    pushed.receiver.temper = lambda _: 204
    return parked


async def test_of_what_was_parked_only_what_is_not_superseded_is_sent_again(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        one, two = await pushed.feed.happens(), await pushed.feed.happens()
        parked = await _parks(pushed, traveller)
        await pushed.feed.happens(one)
        await pushed.push()
        path = f"/sync/v1/subscriptions/main/deliveries/{parked['id']}/retry"
        again = ok(await pushed.province.post(path))
        assert (again["count"], again["state"]) == (1, "pending")
        assert again["id"] != parked["id"]
        await pushed.push()
        assert set(pushed.receiver.held) == {str(one), str(two)}
        assert pushed.receiver.backwards == []


async def test_what_is_superseded_as_a_whole_is_not_sent_again(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        one = await pushed.feed.happens()
        parked = await _parks(pushed, traveller)
        await pushed.feed.happens(one)
        await pushed.push()
        path = f"/sync/v1/subscriptions/main/deliveries/{parked['id']}/retry"
        refused(await pushed.province.post(path), 409, "delivery_superseded")


async def test_an_operator_sees_what_is_stuck_and_sends_it_again(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        await pushed.feed.happens(data='{"name":"王*"}')
        parked = await _parks(pushed, traveller)
        operator = await pushed.world.staff("1410", Role.OPERATOR)
        answer = await operator.get("/admin/v1/sync/deliveries?state=parked")
        (shown,) = ok(answer)["items"]
        assert (shown["id"], shown["client_id"]) == (parked["id"], pushed.province.client_id)
        assert shown["host"] == pushed.receiver.address.removeprefix("http://")
        assert "王" not in answer.text
        assert "/hook" not in answer.text
        assert ok(await operator.get("/admin/v1/sync/deliveries?state=pending"))["items"] == []
        ok(await operator.post(f"/admin/v1/sync/deliveries/{parked['id']}/retry", {}))
        await pushed.push()
        assert len(pushed.receiver.held) == 1
        assert await pushed.world.count("ledger", "action = 'delivery.retry'") == 1


def _says(answer: Response, _: Json) -> Response:
    return answer


async def test_retry_after_is_heeded(pushed: Pushed) -> None:
    with time_machine.travel(clock.now(), tick=False):
        await pushed.subscribes()
        for at, wait in (("3600", 3600), (format_datetime(clock.now() + timedelta(hours=2)), 7200)):
            await pushed.feed.happens()
            busy = Response(status_code=503, headers={"retry-after": at})
            pushed.receiver.temper = partial(_says, busy)
            await pushed.push()
            waiting = (await pushed.deliveries("pending"))[-1]
            next_at = datetime.fromisoformat(waiting["next_at"])
            assert abs((next_at - clock.now()).total_seconds() - wait) <= 1
            pushed.receiver.temper = lambda _: 204
            ok(await pushed.province.post("/sync/v1/subscriptions/main/resume"))
            await pushed.push()


async def test_gone_pauses_until_it_is_resumed(pushed: Pushed) -> None:
    await pushed.subscribes()
    await pushed.feed.happens()
    pushed.receiver.temper = lambda _: 410
    await pushed.push()
    assert (await pushed.shown())["paused_at"]
    pushed.receiver.temper = lambda _: 204
    await pushed.push()
    assert len(pushed.receiver.ids) == 1
    ok(await pushed.province.post("/sync/v1/subscriptions/main/resume"))
    await pushed.push()
    assert len(pushed.receiver.held) == 1


async def test_a_secret_that_does_not_open_holds_up_nobody_else(pushed: Pushed) -> None:
    for id_ in ("broken", "main"):
        await pushed.subscribes(id_)
    await pushed.world.look(
        "UPDATE province_subscriptions SET secret_sealed = '\\x00' WHERE id = 'broken' RETURNING 1"
    )
    thing = await pushed.feed.happens()
    async with asyncio.timeout(10):
        await pushed.push()
    assert set(pushed.receiver.held) == {str(thing)}


async def test_a_pause_is_no_patience_lost(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        await pushed.feed.happens()
        pushed.receiver.temper = lambda _: 410
        await pushed.push()
        traveller.shift(timedelta(days=4))
        pushed.province.token = await pushed.world.province_token(pushed.province.client_id)
        ok(await pushed.province.post("/sync/v1/subscriptions/main/resume"))
        pushed.receiver.temper = lambda _: 503
        await pushed.push()
        assert [one["state"] for one in await pushed.deliveries()] == ["pending"]


async def test_one_that_never_answers_holds_up_nobody_else(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "TIMEOUT_S", 0.5)
    await pushed.subscribes()
    await pushed.subscribes("other", types=["fair"])
    over = asyncio.Event()

    async def never() -> Response:
        await over.wait()
        return Response()

    pushed.receiver.temper = lambda body: never() if body["data"]["items"][0]["type"] == "job" else 204
    for _ in range(3):
        await pushed.feed.happens()
    await pushed.feed.happens(kind="fair")
    await pushed.push()
    over.set()
    assert len(pushed.receiver.held) == 1
    (waiting,) = await pushed.deliveries("pending")
    assert (waiting["last_status"], waiting["last_error"]) == (None, "timeout")


async def test_an_answer_without_end_is_cut_off(pushed: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "TIMEOUT_S", 5.0)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000_000:
            sent += 65_536
            yield b"x" * 65_536
            await asyncio.sleep(0)  # as long as somebody reads

    await pushed.subscribes()
    await pushed.feed.happens()
    pushed.receiver.temper = lambda _: StreamingResponse(endless(), status_code=200)
    await pushed.push()
    await _awaits_nothing(pushed)
    assert sent < 20_000_000


async def test_a_redirect_is_not_followed(pushed: Pushed) -> None:
    await pushed.subscribes()
    await pushed.feed.happens()
    pushed.receiver.temper = lambda _: RedirectResponse(f"{pushed.receiver.address}/elsewhere", 307)
    await pushed.push()
    (waiting,) = await pushed.deliveries("pending")
    assert (waiting["last_status"], len(pushed.receiver.ids)) == (307, 1)


async def test_a_name_that_turns_private_is_not_called(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(pushed.receiver.address.rpartition(":")[2])
    answers = ["93.184.215.14", "127.0.0.1"]
    real = socket.getaddrinfo

    def resolve(host: object, *asked: object, **how: object) -> object:
        if host != "rebinding.example":
            return real(host, *asked, **how)  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    await pushed.subscribes(url=f"https://rebinding.example:{port}/hook")
    await pushed.feed.happens()
    await pushed.push()
    (waiting,) = await pushed.deliveries("pending")
    assert waiting["last_error"] == "address_refused"
    assert answers == []
    assert pushed.receiver.ids == []


async def test_whoever_dies_with_a_message_leaves_it_to_be_sent_again(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        first, second = await pushed.feed.happens(), await pushed.feed.happens(kind="job")
        lane = Lane(pushed.province.client_id, "main", "")
        claim = await sending._step(pushed.world.database, lane)
        assert claim
        await pushed.push()
        assert pushed.receiver.ids == []
        traveller.shift(sending.LEASE + timedelta(seconds=1))
        await pushed.push()
        assert pushed.receiver.ids == [claim[1].id]
        assert set(pushed.receiver.held) == {str(first), str(second)}


async def test_who_notes_too_late_notes_nothing(pushed: Pushed) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        await pushed.subscribes()
        await pushed.feed.happens()
        lane = Lane(pushed.province.client_id, "main", "")
        slow = await sending._step(pushed.world.database, lane)
        traveller.shift(sending.LEASE + timedelta(seconds=1))
        quick = await sending._step(pushed.world.database, lane)
        assert slow
        assert quick
        assert slow[1].id == quick[1].id
        for outcome in (messages.Outcome(status=204), messages.Outcome(status=422)):
            assert await sending._step(pushed.world.database, lane, (slow[0], outcome)) is None
            (waiting,) = await pushed.deliveries("pending")
            assert waiting["last_status"] is None
        await sending._step(pushed.world.database, lane, (quick[0], messages.Outcome(status=204)))
        await _awaits_nothing(pushed)


async def test_several_workers_send_each_message_once(pushed: Pushed) -> None:
    await pushed.subscribes()
    for _ in range(20):
        await pushed.feed.happens()
        await asyncio.gather(*(pushed.push() for _ in range(4)))
    assert len(pushed.receiver.ids) == len(set(pushed.receiver.ids)) == len(pushed.receiver.taken)
    assert len(pushed.receiver.items) == 20
    assert pushed.receiver.backwards == []


async def test_an_address_that_is_not_allowed_any_more_is_not_called(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pushed.subscribes()
    await pushed.feed.happens()
    monkeypatch.setattr(ports, "_installed", [dataclasses.replace(ports.ports(), allowed=())])
    await pushed.push()
    (waiting,) = await pushed.deliveries("pending")
    assert waiting["last_error"] == "address_refused"
    assert pushed.receiver.ids == []
