"""Streams that tell us nothing, and what staff do to any: begin, end, change, new key."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.live import Play
from app.core.problems import Problem
from app.core.types import new_id
from app.streams import actions, queries
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun
from app.streams.problems import (
    LiveServerAbsent,
    OutsideRoomIncomplete,
    StreamNotByHand,
    StreamOnAir,
    StreamWithoutKey,
)
from tests.streams.media import happened, key_of, new_room, new_stream, publishes, state, tells
from tests.world import World, ok, refused


def hence(**later: float) -> datetime:
    return clock.now() + timedelta(**later)


async def again(session: AsyncSession, stream: Stream) -> Stream:
    return await session.get_one(Stream, stream.id)


async def test_an_outside_room_is_on_air_from_the_word_to_the_word(world: World) -> None:
    room = await new_room(world)
    async with world.session() as session:
        await actions.begin_by_hand(session, await again(session, room))
    with time_machine.travel(hence(seconds=90), tick=False):
        async with world.session() as session:
            assert await queries.seconds_sent(session, room.id, clock.now()) in (89, 90)
            await actions.end_by_hand(session, await again(session, room))
            await actions.end_by_hand(session, await again(session, room))

    assert await state(world, room) == "ended"
    assert await happened(world, room.id) == ["StreamStarted", "StreamEnded"]


async def test_it_begins_once(world: World) -> None:
    room, own = await new_room(world), await new_stream(world)
    async with world.session() as session:
        await actions.begin_by_hand(session, await again(session, room))
        with pytest.raises(StreamOnAir):
            await actions.begin_by_hand(session, await again(session, room))
        with pytest.raises(StreamNotByHand):
            await actions.begin_by_hand(session, await again(session, own))


async def test_an_end_by_hand_is_for_good_whoever_still_publishes(world: World) -> None:
    stream = await new_stream(world)
    before = key_of(stream)
    ok(await publishes(world, stream, key=before), 204)

    async with world.session() as session:
        await actions.end_by_hand(session, await again(session, stream))

    refused(await tells(world, "on_update", stream, key=before), 403, "publish_refused")
    ok(await tells(world, "on_publish_done", stream), 204)
    refused(await publishes(world, stream, 2, before), 403, "publish_refused")
    assert await state(world, stream) == "ended"
    assert await happened(world, stream.id) == ["StreamStarted", "StreamEnded"]


async def test_what_never_began_is_closed_without_a_word(world: World) -> None:
    stream = await new_stream(world)
    async with world.session() as session:
        await actions.end_by_hand(session, await again(session, stream))

    refused(await publishes(world, stream), 403, "publish_refused")
    assert await happened(world, stream.id) == []


@pytest.mark.parametrize(
    ("kind", "given", "refusal"),
    [
        (LiveKind.OUTSIDE, {}, OutsideRoomIncomplete),
        (LiveKind.OUTSIDE, {"platform": LivePlatform.DOUYIN}, OutsideRoomIncomplete),
        (LiveKind.OWN, {"link": "https://a.example.com"}, OutsideRoomIncomplete),
        (LiveKind.OWN, {"room": "1"}, OutsideRoomIncomplete),
        (LiveKind.TENCENT, {}, LiveServerAbsent),
        (LiveKind.ALIYUN, {}, LiveServerAbsent),
    ],
)
async def test_a_stream_that_can_not_be_is_not_made(
    world: World, kind: LiveKind, given: dict[str, str], refusal: type[Problem]
) -> None:
    with pytest.raises(refusal):
        async with world.session() as session:
            await actions.create(session, new_id(), kind, **given)  # type: ignore[arg-type]
    assert await world.count("streams") == 0


async def test_it_goes_another_way_only_off_air(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    link = "https://live.kuaishou.example.com/1"
    async with world.session() as session:
        with pytest.raises(StreamOnAir):
            await actions.change(
                session,
                await again(session, stream),
                LiveKind.OUTSIDE,
                platform=LivePlatform.KUAISHOU,
                link=link,
            )
        await actions.end_by_hand(session, await again(session, stream))
        changed = await again(session, stream)
        await actions.change(session, changed, LiveKind.OUTSIDE, platform=LivePlatform.KUAISHOU, link=link)

    assert [(one.kind, one.url) for one in queries.play_addresses(changed, clock.now())] == [
        (Play.PAGE, link)
    ]
    with pytest.raises(StreamWithoutKey):
        queries.push_address(changed, clock.now())


async def test_a_dump_holds_no_key(world: World) -> None:
    stream = await new_stream(world)
    assert stream.key
    held = await world.look("SELECT key_sealed FROM streams")
    assert stream.key.encode() not in held


async def test_a_second_of_the_stream_is_found_in_the_replays_part(world: World) -> None:
    stream, start = await new_stream(world), clock.now()
    async with world.session() as session:
        for begin, stop, kept in ((0, 100, 99_600), (140, 200, None), (300, 360, 60_000)):
            run = StreamRun(
                stream_id=stream.id,
                client="1",
                started_at=start + timedelta(seconds=begin),
                ended_at=start + timedelta(seconds=stop),
                replay_key=kept and "replays/x",
                duration_ms=kept,
            )
            session.add(run)
            await session.flush()
        parts = await queries.replay(session, stream.id)

    assert [(part.starts_at_s, part.duration_s) for part in parts] == [(0, 99), (160, 60)]
    places = {0: (0, 0), 42: (0, 42), 99: (0, 98), 130: (0, 98), 160: (1, 0), 200: (1, 40), 999: (1, 59)}
    for at_s, (part, seconds) in places.items():
        assert queries.place_in_replay(parts, at_s) == (parts[part], seconds), at_s
    assert queries.place_in_replay([], 5) is None
    async with world.session() as session:
        after = await queries.replay(session, stream.id, start + timedelta(seconds=100))
    assert after == parts[1:], "what was over before the fair began was a rehearsal"
    assert queries.place_in_replay(parts[1:], 5) == (parts[1], 0)
