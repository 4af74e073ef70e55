"""What waits for staff: counted, listed in one shape, taken by one of them at a time."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import event, update

from app.cases.models import CaseKind
from app.core import clock
from app.days.queries import Calendar
from app.employers.models import Employer
from app.jobs.models import Job, JobState
from app.queues.deadlines import WORKING_DAYS
from app.stations.models import Role
from tests.contention.crowd import crowd
from tests.contracts.furnished import furnish
from tests.world import HOUMA, Actor, Json, World, ok, refused

QUEUES = "/admin/v1/queues"
DECIDES = {
    Role.REVIEWER: {"employers", "real_names", "jobs", "certificates", "appeals", "excuses"},
    Role.MEDIATOR: {"appeals", "disputes", "overdue_pay", "excuses"},
}


async def waiting(world: World, hours: float = 0, **given: Any) -> str:
    """Return an employer that has waited for so many hours."""
    employer_id = (await world.employer(verified=False, **given)).employer_id
    since = clock.now() - timedelta(hours=hours)
    async with world.session() as session:
        await session.execute(
            update(Employer).where(Employer.id == UUID(employer_id)).values(waiting_since=since)
        )
    return employer_id


async def listed(actor: Actor, kind: str = "employers", **query: Any) -> list[Json]:
    found: list[Json] = ok(await actor.get(f"{QUEUES}/{kind}", params=query))["items"]
    return found


async def test_each_kind_of_case_is_there_in_one_shape(world: World) -> None:
    city = await furnish(world)
    shapes = set()
    for kind in CaseKind:
        if kind is CaseKind.JOBS:
            async with world.session() as session:
                await session.execute(update(Job).where(Job.state == JobState.OPEN).values(reviewed=False))
        role = Role.MEDIATOR if kind in ("disputes", "overdue_pay") else Role.REVIEWER
        items = await listed(city.staff[role], kind)
        assert items, kind
        case = items[0]
        shapes.add(tuple(case))
        assert case["kind"] == kind
        assert case["division"].startswith("1410")
        assert case["due_at"], kind
        assert case["age_minutes"] >= 0
        assert items == sorted(items, key=lambda one: (one["waiting_since"], one["case_id"]))
        taken = ok(await city.staff[role].post(f"{QUEUES}/{kind}/{case['case_id']}/claim"))
        assert taken["held_by"]["id"] == str(city.staff[role].id)
        if kind != CaseKind.CERTIFICATES:
            assert (await city.staff[role].get(case["link"])).status_code == 200, case["link"]
        assert "李建国" not in str(items)
    assert len(shapes) == 1


async def test_who_waits_longest_is_first_and_pages_follow(world: World) -> None:
    reviewer = await world.staff("141002")
    ids = [await waiting(world, hours) for hours in (1, 5, 3, 2, 4)]
    page = ok(await reviewer.get(f"{QUEUES}/employers?limit=2"))
    rest = ok(await reviewer.get(f"{QUEUES}/employers?limit=100&cursor={page['next_cursor']}"))
    order = [one["case_id"] for one in page["items"] + rest["items"]]
    assert order == [ids[n] for n in (1, 4, 2, 3, 0)]
    assert rest["next_cursor"] is None
    other = f"{QUEUES}/employers?held=free&cursor={page['next_cursor']}"
    refused(await reviewer.get(other), 422, "cursor_invalid")


async def test_a_list_is_narrowed(world: World) -> None:
    mine, other, city = await world.staff("141002"), await world.staff("141002"), await world.staff()
    old, new = await waiting(world, 200), await waiting(world, 1)
    far = await waiting(world, 30, place=HOUMA)
    ok(await mine.post(f"{QUEUES}/employers/{old}/claim"))

    async def ids(actor: Actor, **query: Any) -> list[str]:
        return [one["case_id"] for one in await listed(actor, **query)]

    assert await ids(mine) == [old, new]
    assert await ids(city) == [old, far, new]
    assert await ids(city, division="141081") == [far]
    assert await ids(mine, held="mine") == [old]
    assert await ids(other, held="others") == [old]
    assert await ids(other, held="free") == [new]
    assert await ids(city, waiting_longer_than_h=24) == [old, far]
    assert await ids(city, overdue=True) == [old]
    assert (await listed(city, overdue=True))[0]["overdue"] is True


async def test_queues_are_counted_for_who_may_see_them(world: World) -> None:
    reviewer = await world.staff("141002")
    first = await waiting(world, 200)
    await waiting(world, 1)
    ok(await reviewer.post(f"{QUEUES}/employers/{first}/claim"))
    counted = {one["kind"]: one for one in ok(await reviewer.get(QUEUES))["items"]}
    assert set(counted) == set(CaseKind)
    mine = counted["employers"]
    assert (mine["waiting"], mine["held"], mine["overdue"], mine["more"]) == (2, 1, 1, False)
    assert mine["oldest_minutes"] == 200 * 60
    assert {kind for kind, one in counted.items() if one["decides"]} == DECIDES[Role.REVIEWER]
    clerk = ok(await (await world.staff("141081", Role.CLERK)).get(QUEUES))["items"]
    assert {one["kind"] for one in clerk} == set(CaseKind) - {"appeals"}
    assert not any(one["decides"] or one["waiting"] for one in clerk)


async def test_counting_stops_at_a_thousand_and_costs_a_statement_a_queue(world: World) -> None:
    await crowd(world, 1005)
    reviewer = await world.staff()
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        counted = {one["kind"]: one for one in ok(await reviewer.get(QUEUES))["items"]}
        n = len(statements)
        await listed(reviewer, "real_names", limit=100)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert (counted["real_names"]["waiting"], counted["real_names"]["more"]) == (1000, True)
    assert n == 2 + len(CaseKind)  # who asks, the calendar, and each queue
    assert len(statements) - n == 3


@pytest.mark.parametrize("role", Role)
async def test_who_decides_a_kind_may_take_its_cases(world: World, role: Role) -> None:
    actor = await world.staff("1410", role)
    for kind in CaseKind:
        answer = await actor.post(f"{QUEUES}/{kind}/next")
        if kind in DECIDES.get(role, ()):
            refused(answer, 409, "queue_empty")
        else:
            refused(answer, 404, "not_found")
        there = role in {Role.CLERK, Role.MANAGER, Role.OPERATOR, *DECIDES}
        there &= kind != "appeals" or role in {Role.MANAGER, *DECIDES}
        assert (await actor.get(f"{QUEUES}/{kind}")).status_code == (200 if there else 404), kind


async def test_the_next_is_the_oldest_free_one_within_reach(world: World) -> None:
    mine, other = await world.staff("141002"), await world.staff("141002")
    await waiting(world, 9, place=HOUMA)
    old, new = await waiting(world, 5), await waiting(world, 1)
    assert ok(await mine.post(f"{QUEUES}/employers/next"))["case_id"] == old
    assert ok(await other.post(f"{QUEUES}/employers/next"))["case_id"] == new
    refused(await mine.post(f"{QUEUES}/employers/next"), 409, "queue_empty")
    ok(await mine.post(f"/admin/v1/employers/{old}/verify", {}))
    ok(await other.post(f"{QUEUES}/employers/{new}/release"), 204)
    assert ok(await mine.post(f"{QUEUES}/employers/next"))["case_id"] == new


async def test_two_clerks_work_a_queue_off_and_no_case_is_worked_on_twice(world: World) -> None:
    """Each takes the next and decides it until nothing is left, while a third decides by the list."""
    ids = {await waiting(world) for _ in range(40)}
    clerks = [await world.staff("141002"), await world.staff("1410")]
    third = await world.staff("141002")
    done: Counter[str] = Counter()

    async def works(clerk: Actor) -> None:
        while (answer := await clerk.post(f"{QUEUES}/employers/next")).status_code == 200:
            case_id = answer.json()["case_id"]
            ok(await clerk.post(f"/admin/v1/employers/{case_id}/verify", {}))
            done[case_id] += 1
        refused(answer, 409, "queue_empty")

    async def meddles() -> None:
        for case_id in sorted(ids, reverse=True):
            answer = await third.post(f"/admin/v1/employers/{case_id}/reject", {"reason": "照片不清晰"})
            if answer.status_code == 200:
                done[case_id] += 1
            else:
                assert answer.json()["code"] in {"case_held", "employer_state"}

    await asyncio.gather(*(works(clerk) for clerk in clerks), meddles())
    assert done == dict.fromkeys(ids, 1)
    assert await world.count("employers", "state = 'pending'") == 0
    assert await world.count("ledger", "action IN ('employer.verify', 'employer.reject')") == len(ids)
    assert await world.count("case_holds") == 0


async def test_forty_clerks_at_one_queue_each_take_another_case(world: World) -> None:
    await crowd(world, 400)
    clerks = [await world.staff() for _ in range(40)]
    took: list[float] = []
    taken: Counter[str] = Counter()

    async def takes(clerk: Actor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            answer = await clerk.post(f"{QUEUES}/real_names/next")
            took.append(loop.time() - began)
            if answer.status_code != 200:
                refused(answer, 409, "queue_empty")
                return
            taken[answer.json()["case_id"]] += 1

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(takes(clerk) for clerk in clerks))
    spent, took = asyncio.get_running_loop().time() - began, sorted(took)
    print(  # noqa: T201
        f"40 clerks took {len(taken)} cases in {spent:.1f} s, none twice; a call took "
        f"{took[len(took) // 2] * 1000:.0f} ms (median), {took[-len(took) // 20] * 1000:.0f} ms (95 %)"
    )
    assert len(taken) == 400
    assert set(taken.values()) == {1}


async def test_an_employer_that_has_to_be_looked_at_again_waits_from_then(world: World) -> None:
    employer = await world.employer(verified=False)
    reviewer = await world.staff("141002")
    ok(await reviewer.post(f"/admin/v1/employers/{employer.employer_id}/reject", {"reason": "看不清"}))
    assert await listed(reviewer) == []
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        contact = {"contact": {"name": "王", "phone": employer.phone}}
        employer.token = await world.fresh_token(employer)
        ok(await employer.patch(f"/v1/employers/{employer.employer_id}", contact))
        assert [one["age_minutes"] for one in await listed(reviewer)] == [0]


@pytest.mark.parametrize("days", sorted(set(WORKING_DAYS.values())))
def test_what_is_late_is_what_is_past_its_deadline(days: int) -> None:
    """Over two holidays, at every hour: the one bound says the same as each case's own deadline."""
    october = {datetime(2026, 10, day, tzinfo=UTC).date(): False for day in range(1, 8)}
    announced = october | {datetime(2026, 10, 10, tzinfo=UTC).date(): True}
    calendar, begins = Calendar(announced), datetime(2026, 9, 20, 0, 30, tzinfo=UTC)
    for hour in range(0, 24 * 30, 5):
        now = begins + timedelta(hours=hour)
        bound = calendar.late_if_before(now, days)
        for before in range(0, 24 * 20, 7):
            since = now - timedelta(hours=before)
            assert (since < bound) is (calendar.due(since, days) <= now), (since, now)
