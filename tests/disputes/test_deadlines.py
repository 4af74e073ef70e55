"""Deadlines in working days: what is missed moves up by itself, once for each deadline."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.clock import SHANGHAI
from app.disputes.deadlines import Stage, allowed
from app.disputes.keeping import move_up_what_was_missed
from app.disputes.models import DisputeKind
from tests.disputes.cases import CITY, Scene, at, fresh, scene
from tests.world import Json, World, ok, refused

# The Wednesday before the National Day holidays of 2026 (1 to 7 October; Saturday the 10th is worked).
EVE = datetime(2026, 9, 30, 15, 0, tzinfo=SHANGHAI)


def end_of(month: int, day: int) -> datetime:
    """Return the end of a day of 2026."""
    return datetime(2026, month, day, tzinfo=SHANGHAI) + timedelta(days=1)


def due(dispute: Json) -> datetime:
    return datetime.fromisoformat(dispute["due_at"])


async def shown(case: Scene, dispute: Json) -> Json:
    await fresh(case.world, case.worker)
    seen: Json = ok(await case.worker.get(f"/v1/disputes/{dispute['id']}"))
    return seen


def whats(dispute: Json) -> list[str]:
    return [step["what"] for step in dispute["steps"]]


@pytest.mark.parametrize("kind", list(DisputeKind))
def test_every_kind_has_time_for_every_stage(kind: DisputeKind) -> None:
    for stage in Stage:
        given = allowed(kind, stage)
        assert bool(given.working_days) != bool(given.hours)
        assert given.working_days <= 10


async def test_holidays_do_not_count(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened = await case.complains("other")
        assert due(opened) == end_of(10, 8)
        mediator = await case.mediator()
    async with at(world, datetime(2026, 10, 8, 9, 0, tzinfo=SHANGHAI), mediator):
        accepted = ok(await mediator.post(f"/admin/v1/disputes/{opened['id']}/accept"))
        assert due(accepted) == end_of(10, 21)


async def test_an_injury_does_not_wait_for_a_working_day(world: World) -> None:
    night = datetime(2026, 10, 3, 23, 30, tzinfo=SHANGHAI)
    async with at(world, night):
        case = await scene(world)
        opened = await case.complains("injury")
        assert due(opened) == night + timedelta(hours=2)
        mediator = await case.mediator()
        accepted = ok(await mediator.post(f"/admin/v1/disputes/{opened['id']}/accept"))
        assert due(accepted) == end_of(10, 13)  # 8, 9, 10, 12, 13 October


async def test_what_is_missed_moves_up_by_itself_until_the_citys_centre(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened = await case.complains("wage_arrears")
    places: list[Any] = []
    moment = due(opened)
    for _ in range(2):
        async with at(world, moment - timedelta(seconds=1)):
            before = await world.count("dispute_steps")
            await move_up_what_was_missed(world.database)
            assert await world.count("dispute_steps") == before
        async with at(world, moment):
            for _ in range(3):
                await move_up_what_was_missed(world.database)
            seen = await shown(case, opened)
            places.append(seen["station"]["name"])
            assert seen["state"] == "escalated"
            assert due(seen) > moment
            moment = due(seen)
    assert places == ["尧都区就业服务中心", "临汾市就业服务中心"]
    assert whats(seen) == ["opened"] + ["deadline_missed", "escalated"] * 2
    assert await world.count("disputes", "missed = 2") == 1

    for missed in (3, 4):
        async with at(world, moment):
            for _ in range(3):
                await move_up_what_was_missed(world.database)
            seen = await shown(case, opened)
            assert due(seen) > moment
            moment = due(seen)
        assert await world.count("disputes", f"missed = {missed}") == 1
    assert whats(seen)[-3:] == ["escalated", "deadline_missed", "deadline_missed"]
    assert seen["station"]["name"] == "临汾市就业服务中心"
    assert await world.count("events", "kind = 'DisputeMoved'") == 6


async def test_the_station_above_has_the_time_again(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened, mine = await case.complains("other"), await case.mediator()
        accepted = ok(await mine.post(f"/admin/v1/disputes/{opened['id']}/accept"))
        county = await case.mediator("141002")
    async with at(world, due(accepted), mine, county):
        overdue = ok(await county.get("/admin/v1/disputes?overdue=true"))["items"]
        assert [one["id"] for one in overdue] == [opened["id"]]
        await move_up_what_was_missed(world.database)
        assert ok(await county.get("/admin/v1/disputes?overdue=true"))["items"] == []
        refused(await mine.post(f"/admin/v1/disputes/{opened['id']}/accept"), 409, "dispute_elsewhere")
        again = ok(await county.post(f"/admin/v1/disputes/{opened['id']}/accept"))
        assert (again["state"], again["missed"]) == ("accepted", 1)
        assert due(again) == end_of(11, 4)  # ten working days after 21 October


async def test_a_hand_over_does_not_stop_the_clock(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened, mine = await case.complains("other"), await case.mediator()
        city = await case.mediator(CITY)
        centre = ok(await city.get("/admin/v1/me"))["station_id"]
        body = {"station_id": centre, "reason": "重大"}
        ok(await mine.post(f"/admin/v1/disputes/{opened['id']}/hand-over", body))
    async with at(world, due(opened)):
        await move_up_what_was_missed(world.database)
        seen = await shown(case, opened)
        assert (seen["state"], seen["station"]["name"]) == ("escalated", "尧都区就业服务中心")
        assert await world.count("disputes", "handed_to IS NULL") == 1


async def test_what_is_closed_is_not_moved(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened = await case.complains()
        ok(await case.worker.post(f"/v1/disputes/{opened['id']}/withdraw"))
    async with at(world, EVE + timedelta(days=60)):
        await move_up_what_was_missed(world.database)
        assert await world.count("dispute_steps", "what = 'deadline_missed'") == 0


async def resolved(case: Scene) -> Json:
    opened, mediator = await case.complains("other"), await case.mediator()
    path = f"/admin/v1/disputes/{opened['id']}"
    ok(await mediator.post(f"{path}/accept"))
    ok(await mediator.post(f"{path}/resolve", {"outcome": "unfounded", "text": "查无实据"}))
    return opened


async def test_a_bad_mark_is_answered_within_fifteen_working_days(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        opened = await resolved(case)
        path = f"/v1/disputes/{opened['id']}"
        refused(await case.employer.post(f"{path}/rating", {"stars": 1}), 404, "not_found")
        for stars in (0, 6):
            refused(await case.worker.post(f"{path}/rating", {"stars": stars}), 422, "invalid")
        rated = ok(await case.worker.post(f"{path}/rating", {"stars": 2, "text": "没有人打电话"}))
        assert datetime.fromisoformat(rated["rating_answer_due_at"]) == end_of(10, 27)
        assert rated["due_at"] is None
        refused(await case.worker.post(f"{path}/rating", {"stars": 5}), 409, "rated_already")
        theirs = ok(await case.employer.get(path))
        assert (theirs["rating"], theirs["rating_text"]) == (None, None)
        assert "rated" not in whats(theirs)
        mediator = await case.mediator()
    async with at(world, end_of(10, 27), mediator, case.worker):
        for _ in range(2):
            await move_up_what_was_missed(world.database)
        assert await world.count("dispute_steps", "what = 'deadline_missed'") == 1
        answer = {"text": "已登门致歉"}
        console = f"/admin/v1/disputes/{opened['id']}"
        ok(await mediator.post(f"{console}/answer-rating", answer))
        refused(await mediator.post(f"{console}/answer-rating", answer), 409, "dispute_state")
        assert ok(await case.worker.get(path))["rating_answer"] == "已登门致歉"


async def test_a_good_mark_needs_no_answer_and_after_thirty_days_none_is_taken(world: World) -> None:
    async with at(world, EVE):
        case = await scene(world)
        good, late = await resolved(case), await resolved(case)
        rated = ok(await case.worker.post(f"/v1/disputes/{good['id']}/rating", {"stars": 3}))
        assert rated["rating_answer_due_at"] is None
        open_one = await case.complains("injury")
        early = await case.worker.post(f"/v1/disputes/{open_one['id']}/rating", {"stars": 5})
        refused(early, 409, "dispute_state")
    async with at(world, EVE + timedelta(days=30, seconds=1), case.worker):
        path = f"/v1/disputes/{late['id']}"
        assert ok(await case.worker.get(path))["can_rate_until"] is None
        refused(await case.worker.post(f"{path}/rating", {"stars": 5}), 409, "rating_too_late")
