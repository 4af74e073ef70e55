"""The live feed over real processes: nothing is missed, nothing is out of order, whatever breaks."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.core import clock
from app.core.problems import NotReady
from app.fairs import rooms
from app.fairs.live_routes import _events
from app.fairs.models import FairState
from app.fairs.rooms import Rooms
from app.stations.models import Role
from tests.fairs.listening import listening
from tests.fairs.past import COUNTY, booth, fair, turn
from tests.processes import serving
from tests.world import Actor, Employer, Json, World, ok, refused, shift


class Hall:
    """A live fair with a booth of three jobs, and its host."""

    def __init__(
        self, world: World, fair_id: UUID, host: Actor, employer: Employer, jobs: list[Json]
    ) -> None:
        self.world, self.fair_id, self.host = world, fair_id, host
        self.employer, self.jobs = employer, jobs

    async def shows(self, number: int) -> Json:
        """Mark that a job is shown from now on."""
        path = f"/admin/v1/fairs/{self.fair_id}/marks"
        mark: Json = ok(await self.host.post(path, {"job_id": self.jobs[number]["id"]}), 201)
        return mark

    async def asked(self, text: str = "管饭吗?") -> str:
        person = await self.world.person()
        path = f"/v1/fairs/{self.fair_id}/questions"
        question: str = ok(await person.post(path, {"text": text}), 201)["id"]
        return question

    async def moderates(self, question_id: str, verb: str, **given: Any) -> Json:
        path = f"/admin/v1/fairs/{self.fair_id}/questions/{question_id}/{verb}"
        shown: Json = ok(await self.host.post(path, given or None))
        return shown


async def hall(world: World, state: FairState = FairState.LIVE, **given: Any) -> Hall:
    employer = await world.employer(trusted=True)
    jobs = [
        await employer.posts_job(title=title, shifts=[shift(headcount=9)]) for title in ("甲", "乙", "丙")
    ]
    fair_id = await fair(world, state, **given)
    await booth(world, fair_id, employer, *jobs)
    return Hall(world, fair_id, await world.staff(COUNTY, Role.MANAGER), employer, jobs)


async def test_who_comes_sees_how_it_stands_and_then_each_thing_as_it_happens(world: World) -> None:
    on = await hall(world)
    first = await on.shows(0)
    answered, shown = await on.asked("管住吗?"), await on.asked("几点下班?")
    await on.moderates(answered, "answer", answer="不管住,包午饭。")
    await on.asked("没有人审的问题")
    async with serving(world.settings) as api, listening(api.address, on.fair_id) as listener:
        snapshot = await listener.event()
        assert (snapshot.kind, snapshot.number) == ("snapshot", 2)
        about = snapshot.about
        assert (about["state"], about["show"]["mark_id"]) == ("live", first["id"])
        assert [one["job"]["id"] for one in about["marks"]] == [on.jobs[0]["id"]]
        assert [(one["text"], one["answer"]) for one in about["questions"]] == [
            ("管住吗?", "不管住,包午饭。")
        ]

        second = await on.shows(1)
        event = await listener.event()
        assert (event.kind, event.number, event.about["mark_id"]) == ("show", 3, second["id"])
        found = ok(await world.nobody.get("/v1/jobs?q=乙"))["items"]
        assert event.about["job"] == found[0]["job"]

        await on.moderates(shown, "show")
        assert (await listener.event()).about["answer"] is None
        await on.moderates(shown, "answer", answer="五点。")
        event = await listener.event()
        assert (event.kind, event.about["id"], event.about["answer"]) == ("question", shown, "五点。")
        await on.moderates(answered, "hide")
        assert await listener.event() == ("hidden", 6, {"id": answered})

        ok(await on.host.post(f"/admin/v1/fairs/{on.fair_id}/end"))
        event = await listener.event()
        assert (event.kind, event.about["state"]) == ("state", "ended")
        await listener.ended()


async def test_who_was_away_goes_on_where_it_was_and_sees_nothing_that_was_hidden(world: World) -> None:
    on = await hall(world)
    await on.shows(0)
    async with serving(world.settings) as api:
        async with listening(api.address, on.fair_id) as listener:
            assert (await listener.event()).number == 1
        question = await on.asked("有脏话的问题")
        await on.moderates(question, "show")
        await on.moderates(question, "hide")
        mistaken = await on.shows(1)
        ok(await on.host.delete(f"/admin/v1/fairs/{on.fair_id}/marks/{mistaken['id']}"), 204)
        await on.shows(2)
        for after in (1, 0):
            async with listening(api.address, on.fair_id, after) as listener:
                events = [await listener.event() for _ in range(6 - after)]
                assert [one.number for one in events] == list(range(after + 1, 7))
                kinds = ["show", "hidden", "hidden", "hidden", "hidden", "show"][after:]
                assert [one.kind for one in events] == kinds
        await api_restarts(api)
        async with listening(api.address, on.fair_id, 5) as listener:
            assert (await listener.event()).about["job"]["id"] == on.jobs[2]["id"]


async def api_restarts(api: Any) -> None:
    await asyncio.to_thread(api.stop)
    await api.up()


async def test_a_posting_that_staff_remove_leaves_the_screens(world: World) -> None:
    on = await hall(world)
    reviewer = await world.staff(COUNTY, Role.REVIEWER)
    async with serving(world.settings) as api, listening(api.address, on.fair_id) as listener:
        await listener.event()
        mark = await on.shows(0)
        assert (await listener.event()).about["job"]["title"] == "甲"
        ok(await reviewer.post(f"/admin/v1/jobs/{on.jobs[0]['id']}/remove", {"reason": "虚假招聘"}))
        await world.deliver()
        assert await listener.event() == ("hidden", 2, {"id": mark["id"]})
        async with listening(api.address, on.fair_id, after=0) as late:
            assert (await late.event()).kind == "hidden"


async def test_a_hidden_question_leaves_the_memory_of_who_is_still_behind(world: World) -> None:
    on = await hall(world)
    async with serving(world.settings) as api, listening(api.address, on.fair_id) as listener:
        await listener.event()
        question = await on.asked("留不得")
        await on.moderates(question, "show")
        assert (await listener.event()).about["text"] == "留不得"
        await on.moderates(question, "hide")
        assert (await listener.event()).kind == "hidden"
        async with listening(api.address, on.fair_id, 0) as late:
            assert [(await late.event()).kind for _ in range(2)] == ["hidden", "hidden"]


async def test_two_processes_tell_the_same_and_count_together(world: World) -> None:
    on = await hall(world)
    async with serving(world.settings) as one, serving(world.settings) as two:
        async with listening(one.address, on.fair_id) as first, listening(two.address, on.fair_id) as second:
            for listener in (first, second):
                assert (await listener.event()).kind == "snapshot"
            await on.shows(0)
            for listener in (first, second):
                assert (await listener.event()).number == 1
            await first.viewers(2)
            await second.viewers(2)
        assert await world.look("SELECT peak_viewers FROM fairs WHERE id = $1", on.fair_id) == 2
    assert await world.count("fair_listening") == 0, "who stops counts for nothing"


async def test_nothing_is_missed_when_the_listening_connection_is_killed(
    world: World, superuser_url: str
) -> None:
    on = await hall(world)
    server = await asyncpg.connect(superuser_url)
    async with serving(world.settings) as api, listening(api.address, on.fair_id) as listener:
        await listener.event()
        for turn_ in range(3):
            await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'gigs-listener-fairs' AND datname = $1",
                urlsplit(world.settings.database_url).path[1:],
            )
            await on.shows(turn_)
            assert (await listener.event()).number == turn_ + 1
    await server.close()


async def test_a_hundred_listeners_get_each_mark_in_order_and_hold_no_connection(world: World) -> None:
    on = await hall(world)
    async with serving(world.settings, DATABASE_POOL="3") as api, AsyncExitStack() as open_:
        listeners = [await open_.enter_async_context(listening(api.address, on.fair_id)) for _ in range(100)]
        for listener in listeners:
            assert (await listener.event()).kind == "snapshot"
        for number in range(12):
            await on.shows(number % 3)
        expected = [(number + 1, on.jobs[number % 3]["id"]) for number in range(12)]
        for listener in listeners:
            events = [await listener.event() for _ in range(12)]
            assert [(one.number, one.about["job"]["id"]) for one in events] == expected


async def test_who_reads_slowly_holds_nobody_up_and_misses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, where a listener can be left standing: a room that remembers few lines."""
    on = await hall(world)
    monkeypatch.setattr(rooms, "KEPT", 2)
    here = Rooms(world.database, world.settings.database_url)
    found = await here.look(on.fair_id)
    quick, slow = (_events(here, on.fair_id, "", found, 0) for _ in range(2))
    for listener in (quick, slow):
        assert (await anext(listener)).startswith(b"retry")
    for number in range(9):
        await on.shows(number % 3)
        assert await numbers(quick, 1) == [number + 1]
    assert here._rooms[on.fair_id].since > 0, "the room has forgotten the first"
    assert await numbers(slow, 9) == list(range(1, 10))
    for listener in (quick, slow):
        await listener.aclose()
    await here.close()


async def numbers(listener: AsyncGenerator[bytes, None], count: int) -> list[int]:
    """Return the numbers of so many events."""
    found: list[int] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found += [int(number) for number in re.findall(rb"\nid: (\d+)\n", await anext(listener))]
    return found


async def test_a_process_and_an_address_have_room_for_so_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = await hall(world)
    monkeypatch.setattr(rooms, "MOST_OF_AN_ADDRESS", 1)
    here = Rooms(world.database, world.settings.database_url)
    found = await here.look(on.fair_id)
    with here.enter(on.fair_id, "10.0.0.1", found, 0):
        here.must_have_room("10.0.0.2")
        with pytest.raises(NotReady):
            here.must_have_room("10.0.0.1")
        monkeypatch.setattr(rooms, "MOST_OF_A_PROCESS", 1)
        with pytest.raises(NotReady):
            here.must_have_room("10.0.0.2")
    here.must_have_room("10.0.0.1")
    here.end()
    with pytest.raises(NotReady):
        here.must_have_room("10.0.0.1")
    await here.close()


async def test_an_address_has_no_more_room_for_those_who_come_at_once(world: World) -> None:
    on = await hall(world)
    async with serving(world.settings) as api:
        place = urlsplit(api.address)

        async def comes() -> tuple[bytes, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(f"GET /v1/fairs/{on.fair_id}/live HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            async with asyncio.timeout(20):
                return (await reader.readline()).split()[1], writer

        came = await asyncio.gather(*(comes() for _ in range(700)))
        for _, writer in came:
            writer.close()
        seated = [status for status, _ in came].count(b"200")
    assert rooms.MOST_OF_AN_ADDRESS <= seated < 550, "between the last look and the seat a few more come in"


async def test_stopping_the_process_ends_the_feed_at_once(world: World) -> None:
    on = await hall(world)
    async with serving(world.settings) as api, listening(api.address, on.fair_id) as listener:
        await listener.event()
        async with asyncio.timeout(5):
            stopping = asyncio.create_task(asyncio.to_thread(api.stop))
            while True:
                try:
                    await listener.any()
                except EOFError:
                    break
            await stopping


async def test_an_ended_fair_says_so_and_wants_nobody_back(world: World) -> None:
    on = await hall(world)
    await on.shows(0)
    ok(await on.host.post(f"/admin/v1/fairs/{on.fair_id}/end"))
    path = f"/v1/fairs/{on.fair_id}/live"

    answer = await world.nobody.get(path)
    assert answer.status_code == 200
    assert "event: snapshot\nid: 2\n" in answer.text
    assert '"state":"ended"' in answer.text
    answer = await world.nobody.get(path, headers={"Last-Event-ID": "1"})
    assert answer.text.count("event: ") == 1
    assert "event: state\nid: 2\n" in answer.text
    for known in ("2", "3"):
        assert (await world.nobody.get(path, params={"after": known})).status_code == 204


async def test_what_is_not_public_has_no_feed(world: World) -> None:
    planned = await fair(world, FairState.PLANNED)
    for unknown in (planned, uuid4()):
        refused(await world.nobody.get(f"/v1/fairs/{unknown}/live"), 404, "not_found")
    for wrong in ("x", "-1", str(2**31)):
        path = f"/v1/fairs/{planned}/live"
        refused(await world.nobody.get(path, headers={"Last-Event-ID": wrong}), 422, "invalid")


async def test_a_posting_that_is_over_is_shown_without_its_card(world: World) -> None:
    on = await hall(world)
    for number in range(2):
        await on.shows(number)
    closed, removed = on.jobs[0]["id"], on.jobs[1]["id"]
    ok(await on.employer.post(f"/v1/jobs/{closed}/close"))
    reviewer = await world.staff()
    ok(await reviewer.post(f"/admin/v1/jobs/{removed}/remove", {"reason": "虚假招聘"}))
    await turn(world, on.fair_id, FairState.ENDED)
    told = (await world.nobody.get(f"/v1/fairs/{on.fair_id}/live")).text
    assert f'"job":{{"id":"{closed}","title":"甲","state":"closed"}}' in told
    assert f'"job":{{"id":"{removed}","title":null,"state":"closed"}}' in told


async def test_staff_start_and_end_a_fair_in_the_hall(world: World) -> None:
    start = clock.now() + timedelta(hours=3)
    on = await hall(world, FairState.BOOKABLE, starts_at=start)
    path = f"/admin/v1/fairs/{on.fair_id}"
    refused(await on.host.post(f"{path}/end"), 409, "fair_state")
    assert ok(await on.host.post(f"{path}/start"))["state"] == "live"
    refused(await on.host.post(f"{path}/start"), 409, "fair_state")
    ended = ok(await on.host.post(f"{path}/end"))
    assert ended["state"] == "ended"
    assert ended["ended_at"]
    assert ok(await on.host.post(f"{path}/start"))["ended_at"] is None, "ended by mistake"
    actions = await world.look("SELECT array_agg(action ORDER BY id) FROM ledger WHERE object_kind = 'fair'")
    assert actions == ["fair.start", "fair.end", "fair.start"]
    assert await world.count("events", "kind = 'FairLive'") == 2

    elsewhere, clerk = await world.staff("141081", Role.MANAGER), await world.staff(COUNTY, Role.CLERK)
    for other in (elsewhere, clerk):
        refused(await other.post(f"{path}/end"), 404, "not_found")
