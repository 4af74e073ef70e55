"""What a standing is made of, read through HTTP."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from app.attendance.models import ClaimKind, ClaimState
from app.core import clock
from app.disputes.models import DisputeKind, Outcome
from app.engagements.models import EngagementState, ExcuseState, Side
from app.pay.models import PayState
from app.standing.facts import scores_of
from app.workers.models import Worker as WorkerRow
from tests.standing.scene import Scene, at, scene, statements_of
from tests.world import HOUMA, Json, World, ok, refused


def codes(standing: Json) -> dict[str, int]:
    return {reason["code"]: reason["remaining"] for reason in standing["reasons"]}


async def test_who_is_new_has_100(world: World) -> None:
    worker = await world.worker()
    found = ok(await worker.get("/v1/me/worker/standing"))
    assert (found["score"], found["new"], found["counted"], found["reasons"]) == (100, True, 0, [])
    assert "50" in found["method"]


async def test_the_market_knows_who_is_not_new_any_more(world: World) -> None:
    here = await scene(world, 5)
    await here.done()
    found = await here.of_worker()
    assert (found["score"], found["new"], found["counted"]) == (100, False, 5)


@pytest.mark.parametrize("side", Side)
async def test_cancelling_is_graded_by_the_notice_given(world: World, side: Side) -> None:
    graded = {1440: None, 1439: 3, 360: 3, 359: 6, 120: 6, 119: 10, -5: 10}
    here = await scene(world, len(graded))
    for n, notice_minutes in enumerate(graded):
        await here.cancelled(n, side, notice_minutes)
    mine, others = await here.of_worker(), await here.of_employer()
    if side is Side.EMPLOYER:
        mine, others = others, mine
    costs = {reason["engagement_id"]: reason["remaining"] for reason in mine["reasons"]}
    assert [costs.get(str(id_)) for id_ in here.ids] == list(graded.values())
    assert mine["score"] == 62
    assert (others["score"], others["counted"]) == (100, 0), "the other side did nothing"


async def test_a_reason_says_what_it_is_what_is_left_and_until_when_it_can_be_appealed(world: World) -> None:
    here = await scene(world, 3)
    await here.cancelled(0, Side.WORKER, 90)
    known = await here.row(0)
    await here.done(1, 2)
    [reason] = (await here.of_worker())["reasons"]
    happened = known.starts_at - timedelta(minutes=90)
    assert reason == {
        "code": "cancelled_late",
        "text": "开工前 1 小时 30 分取消",
        "points": 10,
        "remaining": 8,
        "engagement_id": str(known.id),
        "at": reason["at"],
        "recovers_after": 8,
        "waits": False,
        "appeal": None,
        "can_appeal_until": reason["can_appeal_until"],
    }
    assert datetime.fromisoformat(reason["at"]) == happened
    assert datetime.fromisoformat(reason["can_appeal_until"]) == happened + timedelta(days=30)
    with time_machine.travel(happened + timedelta(days=30), tick=False):
        await at(world, here.worker)
        assert (await here.of_worker())["reasons"][0]["can_appeal_until"] is None


@pytest.mark.parametrize(
    ("state", "score"),
    [
        (ClaimState.PROPOSED, 100),
        (ClaimState.CONTESTED, 100),
        (ClaimState.WITHDRAWN, 100),
        (ClaimState.OVERTURNED, 100),
        (ClaimState.STANDS, 80),
    ],
)
async def test_a_no_show_counts_once_it_is_final(world: World, state: ClaimState, score: int) -> None:
    here = await scene(world)
    await here.claimed(0, state=state)
    assert (await here.of_worker())["score"] == score
    assert (await here.of_employer())["score"] == 100


async def test_an_accepted_excuse_undoes_it_and_one_that_staff_are_late_with_waits(world: World) -> None:
    here = await scene(world, 3)
    await here.claimed(0)
    await here.cancelled(1, Side.WORKER, 30)
    await here.cancelled(2, Side.WORKER, 30)
    assert (await here.of_worker())["score"] == 60
    await here.excused(0, Side.WORKER, ExcuseState.ACCEPTED)
    await here.excused(1, Side.WORKER, ExcuseState.REJECTED)
    await here.excused(2, Side.WORKER, ExcuseState.CLAIMED)
    assert (await here.of_worker())["score"] == 80
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        await at(world, here.worker)
        late = await here.of_worker()
    assert late["score"] == 90
    assert [reason["waits"] for reason in late["reasons"]] == [True, False]


async def test_an_absence_that_staff_excused_costs_nothing(world: World) -> None:
    here = await scene(world)
    await here.claimed(0, state=ClaimState.OVERTURNED)
    await here.cancelled(0, Side.WORKER, -600)
    found = await here.of_worker()
    assert (found["score"], found["counted"]) == (100, 0)


async def test_turning_somebody_away_costs_the_employer_and_once(world: World) -> None:
    here = await scene(world)
    await here.claimed(0, ClaimKind.TURNED_AWAY)
    await here.cancelled(0, Side.EMPLOYER, -20)
    assert codes(await here.of_employer()) == {"turned_away": 15}
    assert (await here.of_worker())["score"] == 100


@pytest.mark.parametrize(
    ("state", "costs"),
    [(PayState.OVERDUE, 15), (PayState.SETTLED, 5), (PayState.CANCELLED, 0), (PayState.REPORTED, 5)],
)
async def test_paying_late_costs_the_employer_and_not_paying_more(
    world: World, state: PayState, costs: int
) -> None:
    here = await scene(world)
    await here.done()
    await here.owed_late(0, state)
    assert 100 - (await here.of_employer())["score"] == costs
    assert (await here.of_worker())["score"] == 100


async def test_an_employer_recovers_by_paying_a_worker_by_working(world: World) -> None:
    here = await scene(world, 3)
    await here.cancelled(0, Side.EMPLOYER, 30)
    await here.done(1, 2)
    assert (await here.of_employer())["score"] == 90
    await here.done(1, 2, state=EngagementState.PAID)
    assert (await here.of_employer())["score"] == 92


@pytest.mark.parametrize(("stars", "costs"), [(1, 6), (2, 3), (3, 0), (5, 0)])
async def test_low_ratings_cost_a_little_once_they_are_visible(world: World, stars: int, costs: int) -> None:
    here = await scene(world)
    await here.done()
    ok(await here.employer.post(f"/v1/engagements/{here.ids[0]}/review", {"stars": stars}), 201)
    assert (await here.of_worker())["score"] == 100, "still blind"
    ok(await here.worker.post(f"/v1/engagements/{here.ids[0]}/review", {"stars": stars}), 201)
    assert 100 - (await here.of_worker())["score"] == costs
    assert 100 - (await here.of_employer())["score"] == costs


async def test_a_lost_dispute_costs_whom_it_was_about_and_never_who_complained(world: World) -> None:
    here = await scene(world, 4)
    await here.done()
    worker, employer = here.worker.id, here.employer.id
    await here.dispute(0, DisputeKind.OTHER, Outcome.FOR_EMPLOYER, worker)
    await here.dispute(0, DisputeKind.FRAUD, Outcome.UNFOUNDED, worker)
    await here.dispute(1, DisputeKind.OTHER, Outcome.FOR_WORKER, employer)
    assert ((await here.of_worker())["score"], (await here.of_employer())["score"]) == (100, 100)
    await here.dispute(2, DisputeKind.OTHER, Outcome.FOR_EMPLOYER, employer)
    await here.dispute(3, DisputeKind.INJURY, Outcome.FOR_WORKER, worker)
    assert codes(await here.of_worker()) == {"dispute_lost": 13}
    assert codes(await here.of_employer()) == {"dispute_lost": 10}


async def test_one_matter_costs_once(world: World) -> None:
    here = await scene(world, 2)
    await here.claimed(0)
    await here.dispute(0, DisputeKind.NO_SHOW, Outcome.FOR_EMPLOYER, here.employer.id)
    assert codes(await here.of_worker()) == {"no_show": 20}
    await here.done(1)
    await here.owed_late(1, PayState.OVERDUE)
    await here.dispute(1, DisputeKind.WAGE_ARREARS, Outcome.FOR_WORKER, None)
    assert codes(await here.of_employer()) == {"paid_late": 15}


async def test_nothing_about_the_person_changes_it(world: World) -> None:
    here = await scene(world, 2)
    await here.claimed(0)
    await here.done(1)
    before = await here.of_worker()
    profile = {"name_shown": "马大姐", "home": HOUMA, "key_groups": ["disabled"], "trades": ["0301"]}
    ok(await here.worker.put("/v1/me/worker", profile))
    async with world.session() as session:
        person = await session.get_one(WorkerRow, here.worker.id)
        person.birth_date = date(1961, 1, 1)
    assert await here.of_worker() == before


async def test_the_number_of_statements_does_not_grow(world: World) -> None:
    here = await scene(world, 55)
    before = await _statements(here)
    await _everything(here)
    assert await _statements(here) == before
    with statements_of(world) as asked:
        async with world.session() as session:
            found = await scores_of(session, [here.worker.id, (await world.worker()).id])
    assert found[here.worker.id].counted == 50
    of_standing = [one for one in asked if any(t in one for t in ("claims", "disputes", "appeals"))]
    assert len(of_standing) == 3


async def _statements(here: Scene) -> tuple[int, int]:
    with statements_of(here.world) as worker:
        await here.of_worker()
    with statements_of(here.world) as employer:
        await here.of_employer()
    return len(worker), len(employer)


async def _everything(here: Scene) -> None:
    await here.done()
    await here.claimed(0)
    for n in range(1, 50):
        await here.rated(n, Side.EMPLOYER, 1)
        await here.rated(n, Side.WORKER, 1)
    for n in range(50, 55):
        await here.owed_late(n, PayState.OVERDUE)
        await here.dispute(n, DisputeKind.OTHER, Outcome.FOR_EMPLOYER, here.employer.id)
    assert (await here.of_worker())["score"] == 0
    assert (await here.of_employer())["counted"] == 50


async def test_an_employers_standing_is_for_its_members(world: World) -> None:
    here = await scene(world)
    path = f"/v1/employers/{here.employer.employer_id}/standing"
    refused(await here.worker.get(path), 404, "not_found")
    refused(await world.nobody.get(path), 401, "unauthenticated")
