"""Marks: one call says which job is shown, and at which second of the stream."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from time_machine import travel

from app.core import clock
from app.core.events import emit
from app.core.types import new_id
from app.fairs import life
from app.fairs.models import Fair, FairJob, FairState
from app.stations.models import Role
from app.streams import actions as streams
from app.streams.events import StreamEnded, StreamStarted
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun, StreamState
from tests.fairs.past import COUNTY, booth, fair
from tests.fairs.test_live import Hall, hall
from tests.world import Json, World, ok, refused

OUTSIDE = {"kind": "outside", "platform": "douyin", "room": "2005", "link": "https://live.douyin.com/2005"}


def path(on: Hall, rest: str = "marks") -> str:
    return f"/admin/v1/fairs/{on.fair_id}/{rest}"


async def on_air(world: World, on: Hall, *runs: tuple[int, int | None]) -> None:
    """Give the fair a stream with runs, in seconds before now."""
    now = clock.now()
    async with world.session() as session:
        link = OUTSIDE["link"]
        stream = await streams.create(
            session, new_id(), LiveKind.OUTSIDE, platform=LivePlatform.DOUYIN, link=link
        )
        await session.execute(update(Fair).where(Fair.id == on.fair_id).values(stream_id=stream.id))
        for start, end in runs:
            ended_at = None if end is None else now - timedelta(seconds=end)
            started_at = now - timedelta(seconds=start)
            session.add(
                StreamRun(
                    id=new_id(), stream_id=stream.id, client="x", started_at=started_at, ended_at=ended_at
                )
            )


async def test_a_mark_has_the_streams_own_time(world: World) -> None:
    on = await hall(world)
    assert (await on.shows(0))["at_s"] is None, "nothing is sent"
    with travel(clock.now(), tick=False):
        await on_air(world, on, (1000, 400), (100, None))
        assert (await on.shows(1))["at_s"] == 700, "600 before the break, 100 since"


async def test_what_is_shown_already_is_marked_once_whoever_presses(world: World) -> None:
    on = await hall(world)
    clerk = await world.staff(COUNTY, Role.CLERK)
    body = {"job_id": on.jobs[0]["id"]}
    # Connections are open already, so that all of them really press together.
    await asyncio.gather(*(who.get(path(on)) for who in (on.host, clerk) * 4))
    pressed = await asyncio.gather(*(who.post(path(on), body) for who in (on.host, clerk) * 4))
    assert len({ok(one, 201)["id"] for one in pressed}) == 1
    assert await world.count("fair_feed") == 1

    await on.shows(1)
    await on.shows(0)
    assert len(ok(await clerk.get(path(on)))["items"]) == 3, "shown again later is another mark"


async def test_next_follows_the_timetable(world: World) -> None:
    on = await hall(world)
    employer = await world.employer(trusted=True)
    late = await employer.posts_job(title="丁")
    await booth(world, on.fair_id, employer, late, order=2)
    async with world.session() as session:
        first = update(FairJob).where(FairJob.job_id == UUID(on.jobs[2]["id"]))
        start = (await session.get_one(Fair, on.fair_id)).starts_at
        await session.execute(first.values(planned_at=start - timedelta(minutes=1)))
    order = [on.jobs[2], on.jobs[0], on.jobs[1], late]
    for job in order:
        assert ok(await on.host.post(path(on), {"next": True}), 201)["job_id"] == job["id"]
    refused(await on.host.post(path(on), {"next": True}), 409, "timetable_over")


async def test_only_a_job_of_a_fair_that_is_on_is_marked(world: World) -> None:
    on, other = await hall(world), await hall(world, FairState.BOOKABLE)
    refused(await on.host.post(path(on), {"job_id": other.jobs[0]["id"]}), 422, "job_not_at_fair")
    for wrong in ({}, {"next": True, "job_id": on.jobs[0]["id"]}):
        refused(await on.host.post(path(on), wrong), 422, "invalid")
    refused(await other.host.post(path(other), {"next": True}), 409, "fair_state")
    elsewhere, auditor = await world.staff("141081", Role.MANAGER), await world.staff("1410", Role.AUDITOR)
    for stranger in (elsewhere, auditor):
        refused(await stranger.post(path(on), {"next": True}), 404, "not_found")
        refused(await stranger.get(path(on)), 404, "not_found")
    assert await world.count("fair_marks") == 0


async def test_a_mark_is_put_right_and_a_mistaken_one_goes(world: World) -> None:
    on = await hall(world)
    with travel(clock.now(), tick=False):
        await on_air(world, on, (100, None))
        mark = await on.shows(0)
    one = path(on, f"marks/{mark['id']}")
    moved = ok(await on.host.patch(one, {"by_s": -30}))
    assert moved["at_s"] == 70
    assert moved["at"] < mark["at"]
    refused(await on.host.patch(one, {"by_s": -71}), 422, "mark_before_stream")
    job = on.jobs[0]["id"]
    phone = {"X-Viewer": str(uuid4())}
    opened = f"/v1/fairs/{on.fair_id}/jobs/{job}/open"
    ok(await world.nobody.put(opened, {"mark_id": mark["id"]}, headers=phone), 204)

    ok(await on.host.delete(one), 204)
    refused(await on.host.delete(one), 404, "not_found")
    assert await world.count("fair_opens", "mark_id IS NULL") == 1
    told = await world.look("SELECT array_agg(action ORDER BY id) FROM ledger WHERE action LIKE 'fair%'")
    assert told == ["fair.mark", "fair.move_mark", "fair.remove_mark"]


async def test_a_mark_that_is_moved_is_told_again_and_stays_behind_now(world: World) -> None:
    on = await hall(world)
    first = await on.shows(0)
    one = path(on, f"marks/{first['id']}")
    problem = refused(await on.host.patch(one, {"by_s": 60}), 422, "invalid")
    assert problem["errors"][0]["code"] == "mark_ahead"
    second = await on.shows(1)
    moved = ok(await on.host.patch(path(on, f"marks/{second['id']}"), {"by_s": -60}))

    ok(await on.host.post(path(on, "end")))
    feed = (await world.nobody.get(f"/v1/fairs/{on.fair_id}/live", params={"after": 2})).text
    assert f'"mark_id":"{second["id"]}","at":"{moved["at"]}"' in feed, "who listens knows what is on show now"


async def test_an_outside_room_is_set_up_and_goes_with_the_fair(world: World) -> None:
    on = await hall(world, FairState.BOOKABLE)
    refused(await on.host.get(path(on, "stream")), 409, "fair_without_stream")
    incomplete = OUTSIDE | {"link": None}
    refused(await on.host.put(path(on, "stream"), incomplete), 422, "outside_room_incomplete")
    unsafe = OUTSIDE | {"link": "javascript:alert(1)"}
    refused(await on.host.put(path(on, "stream"), unsafe), 422, "invalid")
    stream = ok(await on.host.put(path(on, "stream"), OUTSIDE))
    assert (stream["state"], stream["play"][0]["url"]) == ("waiting", OUTSIDE["link"])
    refused(await on.host.post(path(on, "stream/key")), 409, "stream_without_key")

    assert ok(await on.host.post(path(on, "start")))["state"] == "live"
    assert ok(await on.host.get(path(on, "stream")))["state"] == "live"
    refused(await on.host.put(path(on, "stream"), OUTSIDE), 409, "stream_on_air")
    assert (await on.shows(0))["at_s"] == 0
    assert ok(await on.host.post(path(on, "end")))["state"] == "ended"
    stream = ok(await on.host.get(path(on, "stream")))
    assert stream["state"] == "ended"
    assert stream["runs"][0]["ended_at"]
    link = {"link": "https://www.douyin.com/video/1"}
    assert ok(await on.host.put(path(on, "stream/replay"), link))["replay_link"] == link["link"]
    assert await world.count("events", "kind = 'FairEnded'") == 1


async def test_a_push_address_is_shown_once_and_kept_out_of_the_ledger(world: World) -> None:
    on = await hall(world, FairState.BOOKABLE)
    ok(await on.host.put(path(on, "stream"), {"kind": "own"}))
    first, second = [ok(await on.host.post(path(on, "stream/key"))) for _ in range(2)]
    assert first["push_address"].startswith("rtmp://")
    assert first["push_address"] != second["push_address"]
    shown = ok(await on.host.get(path(on, "stream")))
    key = second["push_address"].rpartition("=")[2]
    assert key not in str(shown)
    assert await world.count("ledger", "action = 'fair.new_stream_key'") == 2
    assert await world.count("ledger", f"ledger::text LIKE '%{key}%'") == 0


async def own_stream(world: World, on: Hall) -> UUID:
    ok(await on.host.put(path(on, "stream"), {"kind": "own"}))
    stream_id: UUID = await world.look("SELECT stream_id FROM fairs WHERE id = $1", on.fair_id)
    return stream_id


async def state(world: World, on: Hall) -> str:
    found: str = await world.look("SELECT state FROM fairs WHERE id = $1", on.fair_id)
    return found


async def stream_turns(world: World, stream_id: UUID, turned: StreamState) -> None:
    """Let our own media server have said that the stream is on, or over."""
    async with world.session() as session:
        stream = await session.get_one(Stream, stream_id)
        await life.lock_fair(session, stream)
        stream.state = turned
        await session.flush()
        await emit(
            session, (StreamStarted if turned is StreamState.LIVE else StreamEnded)(stream_id=stream_id)
        )


async def test_a_fair_follows_its_stream_and_comes_back_until_its_planned_end(world: World) -> None:
    on = await hall(world, FairState.BOOKABLE)
    stream_id = await own_stream(world, on)
    for turned in (StreamState.LIVE, StreamState.ENDED) * 2:
        await stream_turns(world, stream_id, turned)
        assert await state(world, on) == turned
    with travel(clock.now() + timedelta(hours=3)):
        await stream_turns(world, stream_id, StreamState.LIVE)
        assert await state(world, on) == "ended"
    assert await world.count("fair_feed", "kind = 'state'") == 4


async def test_a_rehearsal_is_not_the_fair_until_its_hour_has_come(world: World) -> None:
    starts_at = clock.now() + timedelta(hours=5)
    on = await hall(world, FairState.BOOKABLE, starts_at=starts_at)
    stream_id = await own_stream(world, on)
    await stream_turns(world, stream_id, StreamState.LIVE)
    await life.turn_by_the_clock(world.database)
    assert await state(world, on) == "bookable"
    with travel(starts_at - timedelta(minutes=30)):
        await life.turn_by_the_clock(world.database)
        assert await state(world, on) == "live"


async def test_the_clock_ends_what_everybody_forgot(world: World) -> None:
    hall_fair, never = await hall(world), await hall(world, FairState.BOOKABLE)
    streamed = await hall(world)
    await stream_turns(world, await own_stream(world, streamed), StreamState.LIVE)
    all_ = (hall_fair, never, streamed)
    with travel(clock.now() + timedelta(hours=3)):
        await life.turn_by_the_clock(world.database)
        assert [await state(world, one) for one in (hall_fair, never, streamed)] == [
            "live",
            "bookable",
            "live",
        ]
    with travel(clock.now() + timedelta(hours=4)):
        for _ in range(2):
            await life.turn_by_the_clock(world.database)
        assert [await state(world, one) for one in all_] == ["ended", "ended", "live"]
    assert await world.count("fair_feed", "kind = 'state'") == 2


async def test_two_counties_hosts_do_not_meet(world: World) -> None:
    mine = await fair(world, division=COUNTY)
    theirs = await fair(world, division="141081")
    host = await world.staff(COUNTY, Role.MANAGER)
    for rest in ("start", "end", "stream/key"):
        refused(await host.post(f"/admin/v1/fairs/{theirs}/{rest}"), 404, "not_found")
    given: Json = OUTSIDE
    refused(await host.put(f"/admin/v1/fairs/{theirs}/stream", given), 404, "not_found")
    ok(await host.put(f"/admin/v1/fairs/{mine}/stream", given))


async def test_a_cancelled_fair_takes_its_stream_along(world: World) -> None:
    person = await world.person()
    on = await hall(world, FairState.BOOKABLE)
    ok(await person.put(f"/v1/fairs/{on.fair_id}/reservation"))
    ok(await on.host.put(path(on, "stream"), OUTSIDE))
    ok(await on.host.post(path(on, "start")))
    await on.shows(0)
    refused(await on.host.put(path(on, "stream"), {"kind": "own"}), 409, "stream_on_air")
    off = ok(await on.host.post(path(on, "cancel"), {"reason": "停电"}))
    assert (off["state"], off["ended_at"], off["stream"]["state"]) == ("cancelled", None, "ended")
    assert await world.count("stream_runs", "ended_at IS NULL") == 0
    told = await world.look(
        "SELECT array_agg(coalesce(state, kind) ORDER BY number) FROM fair_feed WHERE fair_id = $1",
        on.fair_id,
    )
    assert list(told) == ["live", "show", "cancelled"]
    refused(await on.host.post(path(on, "start")), 409, "fair_state")
    refused(await on.host.post(path(on), {"job_id": on.jobs[1]["id"]}), 409, "fair_state")
    await world.deliver()
    assert await person.inbox() == ["fair_cancelled"]
    shown = ok(await person.get(f"/v1/fairs/{on.fair_id}"))
    assert (shown["state"], shown["play"]["on_air"], shown["play"]["addresses"]) == ("cancelled", False, [])


async def test_a_push_address_is_closed_once_by_a_cancellation(world: World) -> None:
    on = await hall(world, FairState.BOOKABLE)
    ok(await on.host.put(path(on, "stream"), {"kind": "own"}))
    key = await world.look("SELECT key_sealed FROM streams")
    ok(await on.host.post(path(on, "cancel"), {"reason": "停电"}))
    assert await world.look("SELECT key_sealed FROM streams") != key
