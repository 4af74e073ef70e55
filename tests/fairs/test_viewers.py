"""What everybody sees of fairs: the list, one fair, its jobs from near to far."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, update

from app.core import clock
from app.core.types import new_id
from app.fairs.audience import Mark
from app.fairs.models import Booth, BoothState, Fair, FairState
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun, StreamState
from tests.fairs import past
from tests.world import HOUMA, YAODU, Actor, Json, World, ok, refused, shift, tomorrow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEARER = YAODU | {"lat": 36.10}


async def listed(actor: Actor, **asked: str) -> list[str]:
    items = ok(await actor.get("/v1/fairs", params=asked))["items"]
    return [item["id"] for item in items]


async def streamed(world: World, fair_id: UUID, **given: object) -> UUID:
    """Give a fair a stream."""
    async with world.session() as session:
        made = Stream(
            id=new_id(),
            name=uuid4().hex,
            state=StreamState.LIVE,
            changed_at=clock.now(),
            **{"kind": LiveKind.OWN} | given,
        )
        if made.kind is LiveKind.OWN:
            made.key = "geheim"
        session.add(made)
        await session.flush()
        await session.execute(update(Fair).where(Fair.id == fair_id).values(stream_id=made.id))
    return made.id


async def test_the_list_is_of_what_is_on_and_ahead_and_hides_plans(world: World) -> None:
    live = str(await past.fair(world))
    ahead = str(await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9)))
    over = str(await past.fair(world, FairState.ENDED, starts_at=tomorrow(9, days=-2)))
    older = str(await past.fair(world, FairState.ENDED, starts_at=tomorrow(9, days=-9)))
    planned = str(await past.fair(world, FairState.PLANNED, starts_at=tomorrow(9, days=3)))
    dropped = str(await past.fair(world, FairState.CANCELLED, starts_at=tomorrow(9, days=4)))
    off = str(
        await past.fair(world, FairState.CANCELLED, starts_at=tomorrow(9, days=5), opened_at=clock.now())
    )
    assert await listed(world.nobody) == [live, ahead]
    assert await listed(world.nobody, state="ended") == [over, older]
    assert await listed(world.nobody, state="cancelled") == [off]
    assert await listed(world.nobody, state="planned") == []
    everything = {"from": tomorrow(0, days=-20).isoformat()}
    assert await listed(world.nobody, **everything) == [older, over, live, ahead, off]
    assert await listed(world.nobody, until=clock.now().isoformat()) == [older, over, live]
    for hidden in (planned, dropped, str(uuid4())):
        for path in (f"/v1/fairs/{hidden}", f"/v1/fairs/{hidden}.ics", f"/v1/fairs/{hidden}/jobs"):
            refused(await world.nobody.get(path), 404, "not_found")


async def test_the_list_is_narrowed(world: World) -> None:
    county = str(
        await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9), key_group="veteran", trade="0301")
    )
    city = str(await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(12), division="1410"))
    other = str(await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(15), division="141081"))
    assert await listed(world.nobody, division="141002") == [county, city]
    assert await listed(world.nobody, division="141002101") == [county, city]
    assert await listed(world.nobody, division="1410") == [county, city, other]
    assert await listed(world.nobody, key_group="veteran") == [county]
    assert await listed(world.nobody, trade="0301") == [county]
    assert await listed(world.nobody, mode="hall") == []
    first = ok(await world.nobody.get("/v1/fairs?limit=2"))
    rest = ok(await world.nobody.get(f"/v1/fairs?limit=2&cursor={first['next_cursor']}"))
    assert [one["id"] for one in first["items"] + rest["items"]] == [county, city, other]
    assert rest["next_cursor"] is None
    elsewhere = {"cursor": first["next_cursor"], "division": "1410"}
    refused(await world.nobody.get("/v1/fairs", params=elsewhere), 422, "cursor_invalid")
    refused(await world.nobody.get("/v1/fairs?division=abc"), 422, "invalid")


async def test_a_fair_in_whole(world: World) -> None:
    employer, other = await world.employer(), await world.employer()
    staff = await world.staff()
    one, two = await employer.posts_job(), await employer.posts_job(title="搬运")
    third = await other.posts_job(title="分拣")
    removed, gone = await other.posts_job(), await other.posts_job(title="保洁")
    fair_id = await past.fair(world, text="雨天照常")
    await past.booth(world, fair_id, other, third, removed, gone, order=2)
    await past.booth(world, fair_id, employer, one, two, order=1)
    await streamed(world, fair_id)
    async with world.session() as session:
        begun = clock.now() - 30 * timedelta(minutes=1)
        for at_s in (600, 900):
            mark = Mark(id=new_id(), fair_id=fair_id, job_id=UUID(one["id"]), staff_id=staff.id)
            mark.at, mark.at_s = begun + timedelta(seconds=at_s), at_s
            session.add(mark)
    ok(await staff.post(f"/admin/v1/jobs/{removed['id']}/remove", {"reason": "虚假"}))
    ok(await other.post(f"/v1/jobs/{gone['id']}/close"))
    shown = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))
    assert shown["state"] == "live"
    assert shown["text"] == "雨天照常"
    assert shown["reserved"] is False
    assert [booth["order"] for booth in shown["booths"]] == [1, 2]
    assert shown["booths"][0]["employer"]["id"] == employer.employer_id
    first, second = shown["booths"][0]["jobs"]
    assert (first["job_id"], first["open"], first["shown_at_s"]) == (one["id"], True, 600)
    assert (second["job_id"], second["mark_id"], second["shown_at_s"]) == (two["id"], None, None)
    assert first["pay"]["amount_fen"] == 20000
    theirs = {job["job_id"]: job["open"] for job in shown["booths"][1]["jobs"]}
    assert theirs == {third["id"]: True, gone["id"]: False}
    assert (shown["employers"], shown["jobs"]) == (2, 4)
    assert shown["play"]["on_air"] is True
    assert shown["play"]["addresses"]
    assert "geheim" not in str(shown)
    assert shown["replay"] is None
    banner = await world.staff()
    ok(await banner.post(f"/admin/v1/employers/{other.employer_id}/ban", {"reason": "欺诈"}))
    shown = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))
    assert [booth["order"] for booth in shown["booths"]] == [1]
    card = ok(await world.nobody.get("/v1/fairs"))["items"][0]
    assert (card["employers"], card["jobs"]) == (1, 2)


async def test_who_only_asked_for_a_booth_is_not_shown(world: World) -> None:
    employer = await world.employer()
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9))
    booth_id = await past.booth(world, fair_id, employer, await employer.posts_job())
    async with world.session() as session:
        (await session.get_one(Booth, booth_id)).state = BoothState.APPLIED
    assert ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))["booths"] == []
    assert ok(await world.nobody.get(f"/v1/fairs/{fair_id}/jobs"))["items"] == []


async def test_a_replay_jumps_to_a_job_s_minute(world: World) -> None:
    employer, staff = await world.employer(), await world.staff()
    early, late = await employer.posts_job(), await employer.posts_job()
    begins = clock.now() - 5 * HOUR
    fair_id = await past.fair(world, FairState.ENDED, starts_at=begins)
    await past.booth(world, fair_id, employer, early, late)
    stream_id = await streamed(world, fair_id)
    async with world.session() as session:
        for n, minutes in enumerate((20, 30)):
            run = StreamRun(id=new_id(), stream_id=stream_id, client=str(n), recording=f"{n}.flv")
            run.started_at = begins + n * HOUR
            run.ended_at = run.started_at + timedelta(minutes=minutes)
            run.replay_key, run.duration_ms = f"replays/{uuid4()}", minutes * 60_000
            session.add(run)
        for job, at_s in ((early, 300), (late, 1500)):
            session.add(
                Mark(
                    id=new_id(),
                    fair_id=fair_id,
                    job_id=UUID(job["id"]),
                    at=begins,
                    at_s=at_s,
                    staff_id=staff.id,
                )
            )
    replay = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))["replay"]
    assert [part["starts_at_s"] for part in replay["parts"]] == [0, 1200]
    first, second = replay["parts"]
    assert [(mark["job_id"], mark["url"]) for mark in replay["marks"]] == [
        (early["id"], f"{first['url']}#t=300"),
        (late["id"], f"{second['url']}#t=300"),
    ]
    ranked = ok(await world.nobody.get(f"/v1/fairs/{fair_id}/jobs"))["items"]
    assert [one["replay_url"] for one in ranked] == [mark["url"] for mark in replay["marks"]]


async def test_an_outside_room_is_led_to_while_it_is_on(world: World) -> None:
    fair_id = await past.fair(world)
    link = "https://live.douyin.com/100200300"
    given = {"kind": LiveKind.OUTSIDE, "platform": LivePlatform.DOUYIN, "room": "100200300", "link": link}
    await streamed(world, fair_id, **given, replay_link="https://v.douyin.com/abc")
    play = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))["play"]
    assert play["platform"] == "douyin"
    assert [one["url"] for one in play["addresses"]] == [link]
    await past.turn(world, fair_id, FairState.ENDED)
    after = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))
    assert after["play"]["addresses"] == []
    assert after["replay"]["link"] == "https://v.douyin.com/abc"


async def test_the_nearest_open_jobs_of_a_fair_come_first(world: World) -> None:
    employer = await world.employer()
    far = await employer.posts_job(place=HOUMA)
    near = await employer.posts_job(title="门口的活", place=NEARER)
    here = await employer.posts_job(title="已招满")
    ok(await employer.post(f"/v1/jobs/{here['id']}/close"))
    fair_id = await past.fair(world)
    await past.booth(world, fair_id, employer, here, far, near)
    me = {"lng": YAODU["lng"], "lat": YAODU["lat"], "datum": "wgs84"}
    answer = await world.nobody.get(f"/v1/fairs/{fair_id}/jobs", params=me)
    found = ok(answer)["items"]
    assert [one["job_id"] for one in found] == [near["id"], far["id"], here["id"]]
    assert 1_000 < found[0]["distance_m"] < 1_500
    assert found[0]["job"]["title"] == "门口的活"
    assert found[0]["job"]["place"]["datum"] == "wgs84"
    assert (found[2]["job"], found[2]["open"], found[2]["title"]) == (None, False, "已招满")
    without = ok(await world.nobody.get(f"/v1/fairs/{fair_id}/jobs"))["items"]
    assert [one["job_id"] for one in without] == [far["id"], near["id"], here["id"]]
    assert without[0]["distance_m"] is None
    turned: list[Json] = []
    cursor: Json = {}
    while len(turned) < 3:
        page = ok(await world.nobody.get(f"/v1/fairs/{fair_id}/jobs", params=me | {"limit": 1} | cursor))
        turned += page["items"]
        cursor = {"cursor": page["next_cursor"]}
    assert turned == found
    assert cursor["cursor"] is None
    half = await world.nobody.get(f"/v1/fairs/{fair_id}/jobs?lng=111.5")
    assert {one["pointer"] for one in refused(half, 422, "invalid")["errors"]} == {"/lat", "/datum"}


async def test_statements_do_not_grow_with_the_fair(world: World) -> None:
    employer, other = await world.employer(), await world.employer()
    small, big = await past.fair(world), await past.fair(world)
    await past.booth(world, small, employer, await employer.posts_job())
    jobs = [await other.posts_job(shifts=[shift(headcount=2)]) for _ in range(4)]
    await past.booth(world, big, other, *jobs)
    counted = []
    for path in (f"/v1/fairs/{small}", f"/v1/fairs/{big}", "/v1/fairs", f"/v1/fairs/{big}/jobs"):
        statements: list[str] = []

        def note(*given: Any, said: list[str] = statements) -> None:
            said.append(given[2])

        event.listen(world.database.engine.sync_engine, "before_cursor_execute", note)
        ok(await world.nobody.get(path))
        event.remove(world.database.engine.sync_engine, "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 6
    assert counted[2] == 1
    assert counted[3] <= 3
