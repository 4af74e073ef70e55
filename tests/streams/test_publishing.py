"""Who may publish, and what follows: the media server's callbacks, one by one."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.core.ports import ports
from app.streams import actions, keeping, publishing, queries
from app.streams.models import Stream
from tests.streams.media import happened, key_of, new_room, new_stream, publishes, state, tells
from tests.world import World, ok, refused


async def test_a_good_key_brings_the_stream_on_air(world: World) -> None:
    stream = await new_stream(world)

    ok(await publishes(world, stream), 204)

    assert await state(world, stream) == "live"
    assert await happened(world, stream.id) == ["StreamStarted"]


@pytest.mark.parametrize("key", ["", "x", "1-2", "9" * 12 + "-" + "0" * 64])
async def test_a_wrong_key_is_refused_and_leaves_nothing(world: World, key: str) -> None:
    stream = await new_stream(world)

    refused(await tells(world, "on_publish", stream, key=key), 403, "publish_refused")
    refused(await tells(world, "on_publish", stream), 403, "publish_refused")

    assert await state(world, stream) == "waiting"
    assert await world.count("stream_runs") == 0


async def test_anothers_key_and_an_old_one_are_refused(world: World) -> None:
    mine, other = await new_stream(world), await new_stream(world)

    refused(await publishes(world, mine, key=key_of(other)), 403, "publish_refused")
    refused(await publishes(world, mine, key=key_of(mine, seconds=-1)), 403, "publish_refused")


async def test_a_new_key_closes_the_addresses_before_it_and_drops_who_uses_one(world: World) -> None:
    stream = await new_stream(world)
    before = key_of(stream)
    ok(await publishes(world, stream, key=before), 204)
    ok(await tells(world, "on_update", stream, key=before), 204)

    async with world.session() as session:
        stream = await session.get_one(Stream, stream.id)
        await actions.new_key(session, stream)

    refused(await tells(world, "on_update", stream, key=before), 403, "publish_refused")
    await tells(world, "on_publish_done", stream)
    refused(await publishes(world, stream, 2, before), 403, "publish_refused")
    ok(await publishes(world, stream, 2), 204)


async def test_there_is_one_publisher_a_key(world: World) -> None:
    stream = await new_stream(world)
    answers = await asyncio.gather(*(publishes(world, stream, client) for client in range(8)))

    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 7
    assert await world.count("stream_runs") == 1
    assert await happened(world, stream.id) == ["StreamStarted"]


async def test_who_calls_itself_another_in_its_address_is_refused(world: World) -> None:
    """Nginx posts the stream's name, and then whatever the publisher wrote behind the question mark."""
    mine, other = await new_stream(world), await new_stream(world)
    form = f"call=publish&name={other.name}&clientid=1&key={key_of(mine)}&name={mine.name}"

    answer = await world.nobody.call("POST", "/live/on_publish?secret=local-only", content=form)

    refused(answer, 403, "publish_refused")
    assert await state(world, other) == "waiting"


@pytest.mark.parametrize(
    "callback", ["on_publish", "on_publish_done", "on_update", "on_play", "on_record_done"]
)
async def test_foreigners_find_no_door(world: World, callback: str) -> None:
    stream = await new_stream(world)
    for secret in ("", "wrong", "%00", "\u4e2d"):
        refused(await tells(world, callback, stream, secret=secret, key=key_of(stream)), 404, "not_found")


async def test_nonsense_is_refused_and_breaks_nothing(world: World) -> None:
    for body in (b"", b"\xff\xfe", b"name=%00&key=1", b"&".join([b"a=1"] * 80), b"name=" + b"n" * 9000):
        for callback in ("on_publish", "on_publish_done", "on_play", "on_record_done"):
            answer = await world.nobody.call("POST", f"/live/{callback}?secret=local-only", content=body)
            assert answer.status_code == 403, (callback, body[:20])


async def test_a_drop_that_is_made_good_ends_nothing(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    ok(await tells(world, "on_publish_done", stream), 204)
    assert await state(world, stream) == "dropped"

    with time_machine.travel(clock.now() + timedelta(seconds=59), tick=False):
        await keeping.look_for_the_away(world.database)
        assert await state(world, stream) == "dropped"
        ok(await publishes(world, stream, 2), 204)
    with time_machine.travel(clock.now() + timedelta(seconds=65), tick=False):
        await keeping.end_if_away(world.database, stream_id=str(stream.id))
        assert await state(world, stream) == "live"

    assert await happened(world, stream.id) == ["StreamStarted", "StreamDropped", "StreamStarted"]


async def test_away_for_longer_it_has_ended_once_and_a_good_key_may_bring_it_back(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    ok(await tells(world, "on_publish_done", stream), 204)

    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        for _ in range(2):
            await keeping.look_for_the_away(world.database)
            await keeping.end_if_away(world.database, stream_id=str(stream.id))
        assert await state(world, stream) == "ended"
        ok(await publishes(world, stream, 2), 204)

    assert await state(world, stream) == "live"
    assert await happened(world, stream.id) == [
        "StreamStarted", "StreamDropped", "StreamEnded", "StreamStarted",
    ]  # fmt: skip


async def test_the_promise_to_look_again_is_made_with_the_drop(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    ok(await tells(world, "on_publish_done", stream), 204)

    due = "SELECT scheduled_at - $1 FROM procrastinate_jobs WHERE task_name = 'streams.end_if_away'"
    dropped = await world.look("SELECT dropped_at FROM streams")
    assert await world.look(due, dropped) == ports().live.drop == timedelta(seconds=60)


async def test_a_publisher_nobody_told_us_the_end_of_is_gone_after_a_while(world: World) -> None:
    """The API was away when it stopped, or the media server died."""
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    seen = await world.look("SELECT seen_at FROM stream_runs")

    with time_machine.travel(clock.now() + timedelta(seconds=20), tick=False):
        await keeping.look_for_the_away(world.database)
        assert await state(world, stream) == "live"
    with time_machine.travel(clock.now() + timedelta(seconds=30), tick=False):
        await keeping.look_for_the_away(world.database)
        assert await state(world, stream) == "dropped"
    assert await world.look("SELECT ended_at FROM stream_runs") == seen


@pytest.mark.parametrize("away_s", [40, 120])
async def test_who_was_taken_for_gone_while_we_were_away_goes_on(world: World, away_s: int) -> None:
    stream, start = await new_stream(world), clock.now()
    with time_machine.travel(start, tick=False):
        ok(await publishes(world, stream), 204)
    with time_machine.travel(start + timedelta(seconds=away_s), tick=False):
        await keeping.look_for_the_away(world.database)
        assert await state(world, stream) in ("dropped", "ended")
        ok(await tells(world, "on_update", stream, key=key_of(stream)), 204)
        assert await state(world, stream) == "live"
    async with world.session() as session:
        assert await queries.seconds_sent(session, stream.id, start + timedelta(seconds=150)) == 150

    ok(await tells(world, "on_publish_done", stream), 204)
    refused(await tells(world, "on_update", stream, key=key_of(stream)), 403, "publish_refused")
    assert await state(world, stream) == "dropped"


async def test_who_is_told_of_while_taken_for_gone_goes_on(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    waits = "wait_event_type = 'Lock' AND datname = current_database()"
    async with world.session() as session:
        (run,) = await queries.runs_of(session, stream.id)
        held = await session.get_one(Stream, stream.id)
        await publishing.drop(session, held, run, run.seen_at or run.started_at)
        told = asyncio.create_task(tells(world, "on_update", stream, key=key_of(stream)))
        async with asyncio.timeout(10):
            while not await world.count("pg_stat_activity", waits):
                pass
    ok(await told, 204)

    assert await state(world, stream) == "live"
    ok(await tells(world, "on_update", stream, key=key_of(stream)), 204)


async def test_the_host_need_not_wait_for_the_clock_to_come_back(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)

    with time_machine.travel(clock.now() + timedelta(seconds=30), tick=False):
        ok(await publishes(world, stream, 2), 204)
        ok(await tells(world, "on_update", stream, 2, key=key_of(stream)), 204)
        refused(await tells(world, "on_update", stream, 1, key=key_of(stream)), 403, "publish_refused")
    assert await world.count("stream_runs", "ended_at IS NULL") == 1


async def test_the_end_of_an_earlier_connection_does_not_end_the_present_one(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream, 1), 204)
    ok(await tells(world, "on_publish_done", stream, 1), 204)
    ok(await publishes(world, stream, 2), 204)

    ok(await tells(world, "on_publish_done", stream, 1), 204)

    assert await state(world, stream) == "live"


async def test_what_is_on_air_is_played(world: World) -> None:
    stream = await new_stream(world)
    refused(await tells(world, "on_play", stream), 403, "publish_refused")
    ok(await publishes(world, stream), 204)
    ok(await tells(world, "on_play", stream), 204)


async def test_the_streams_own_time_leaves_out_the_drops(world: World) -> None:
    stream = await new_stream(world)
    start = clock.now()
    for begin, stop in ((0, 100), (140, 200)):
        with time_machine.travel(start + timedelta(seconds=begin), tick=False):
            ok(await publishes(world, stream, begin), 204)
        with time_machine.travel(start + timedelta(seconds=stop), tick=False):
            ok(await tells(world, "on_publish_done", stream, begin), 204)
    with time_machine.travel(start + timedelta(seconds=300), tick=False):
        ok(await publishes(world, stream, 300), 204)

    expected = {-1: None, 0: 0, 30: 30, 120: None, 140: 100, 170: 130, 250: None, 300: 160, 345: 205}
    async with world.session() as session:
        for after, sent in expected.items():
            at = start + timedelta(seconds=after)
            assert await queries.seconds_sent(session, stream.id, at) == sent, after

    with time_machine.travel(start + timedelta(seconds=350), tick=False):
        ok(await tells(world, "on_publish_done", stream, 300), 204)
        async with world.session() as session:
            away = [
                await queries.seconds_sent(session, stream.id, clock.now() + timedelta(seconds=s))
                for s in (0, 9)
            ]
            assert away == [210, 210], "where it will go on"
    with time_machine.travel(start + timedelta(seconds=420), tick=False):
        await keeping.look_for_the_away(world.database)
        async with world.session() as session:
            assert await queries.seconds_sent(session, stream.id, clock.now()) is None


async def test_an_outside_room_is_not_published_to_us(world: World) -> None:
    room = await new_room(world)
    refused(await tells(world, "on_publish", room, key="1-" + "0" * 64), 403, "publish_refused")
