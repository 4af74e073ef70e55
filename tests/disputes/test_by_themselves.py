"""Cases that open and end themselves: arrears, and what one side says against the other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.attendance import claims
from app.attendance.models import ClaimKind
from app.core import clock
from app.core.events import emit
from app.disputes import keeping
from app.disputes.queries import lost_by_employer
from app.engagements.models import Engagement, Side
from app.pay import deciding
from app.pay.events import PayOverdue
from tests.disputes.cases import Scene, at, scene
from tests.world import Json, World, ok, refused


async def only(case: Scene) -> Json:
    """Return the one dispute of the worker, as staff see it."""
    (item,) = ok(await case.worker.get("/v1/me/disputes"))["items"]
    mediator = await case.mediator()
    seen: Json = ok(await mediator.get(f"/admin/v1/disputes/{item['id']}"))
    return seen


async def test_overdue_pay_opens_one_case_at_the_place_of_work(world: World) -> None:
    case = await scene(world)
    record_id = await case.owed()
    async with world.session() as session:
        await emit(session, PayOverdue(record_id))
    opened = await only(case)
    assert (opened["kind"], opened["state"]) == ("wage_arrears", "opened")
    assert opened["opened_by_market"] is True
    assert opened["pay_record_id"] == str(record_id)
    assert opened["station"]["id"] == case.station_id
    assert opened["due_at"]
    mine = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
    assert (mine["side"], mine["text"]) == ("complainant", None)
    theirs = ok(await case.employer.get(f"/v1/disputes/{opened['id']}"))
    assert theirs["side"] == "respondent"
    refused(await case.worker.post(f"/v1/disputes/{opened['id']}/withdraw"), 409, "opened_by_the_market")


async def test_wages_that_a_closed_case_left_unpaid_are_taken_up_again(world: World) -> None:
    case = await scene(world)
    record_id = await case.owed()
    async with world.session() as session:
        await session.execute(text("UPDATE pay_records SET overdue_at = now(), state = 'overdue'"))
    opened, mediator = await only(case), await case.mediator()
    path = f"/admin/v1/disputes/{opened['id']}"
    ok(await mediator.post(f"{path}/accept"))
    ok(await mediator.post(f"{path}/resolve", {"outcome": "agreed", "text": "答应月底付"}))

    for days, cases in ((6, 1), (8, 2), (9, 2)):
        async with at(world, clock.now() + timedelta(days=days)):
            await keeping.take_up_again(world.database)
        assert await world.count("disputes", f"pay_record_id = '{record_id}'") == cases
    assert await world.count("disputes", "state = 'opened'") == 1


async def test_the_worker_joins_what_the_market_opened(world: World) -> None:
    case = await scene(world)
    await case.owed()
    opened = await only(case)
    joined = await case.complains()
    assert joined["id"] == opened["id"]
    assert (joined["opened_by_market"], joined["text"]) == (False, "干了一天,工资没有给。")
    refused(await case.worker.post("/v1/disputes", case.draft()), 409, "dispute_stands")


async def test_pay_that_comes_ends_what_nobody_complained_of(world: World) -> None:
    case = await scene(world)
    record_id = await case.owed()
    async with world.session() as session:
        await deciding.settle_by_staff(session, record_id, 20000)
    ended = await only(case)
    assert (ended["state"], ended["outcome"], ended["outcome_text"]) == ("resolved", "agreed", "工资已结清")


async def test_a_persons_own_complaint_is_ended_by_staff(world: World) -> None:
    case = await scene(world)
    record_id = await case.owed()
    await case.complains()
    async with world.session() as session:
        await deciding.settle_by_staff(session, record_id, 20000)
    still = await only(case)
    assert still["state"] == "opened"
    assert [step["what"] for step in still["steps"]] == ["opened", "joined", "pay_settled"]


async def test_a_complaint_before_the_due_date_gets_the_record_when_it_is_late(world: World) -> None:
    case = await scene(world)
    opened = await case.complains()
    record_id = await case.owed()
    seen = await only(case)
    assert (seen["id"], seen["pay_record_id"]) == (opened["id"], str(record_id))
    assert [step["what"] for step in seen["steps"]] == ["opened", "pay_overdue"]


async def test_resolving_decides_contested_pay(world: World) -> None:
    case = await scene(world)
    record_id = await case.owed(contested_fen=5000)
    opened = await only(case)
    path = f"/admin/v1/disputes/{opened['id']}"
    mediator = await case.mediator()
    ok(await mediator.post(f"{path}/accept"))
    outcome: Json = {"outcome": "for_worker", "text": "工时以打卡为准"}
    missing = refused(await mediator.post(f"{path}/resolve", outcome), 422, "decision_missing")
    assert missing["errors"][0]["pointer"] == "/to_worker_fen"
    for wrong in ({"to_worker_fen": 5001}, {"to_worker_fen": 5000, "paid_fen": 20001}):
        refused(await mediator.post(f"{path}/resolve", outcome | wrong), 422, "invalid")
    assert (await only(case))["state"] == "accepted"
    given = outcome | {"to_worker_fen": 3000, "paid_fen": 18000}
    resolved = ok(await mediator.post(f"{path}/resolve", given))
    assert (resolved["state"], resolved["outcome"]) == ("resolved", "for_worker")
    async with world.session() as session:
        row = (
            await session.execute(
                text(
                    "SELECT settled_fen, cancelled_fen, contested_fen, open_fen FROM pay_records"
                    " WHERE id = :id"
                ),
                {"id": record_id},
            )
        ).one()
        assert await lost_by_employer(session, UUID(case.employer.employer_id)) == 1
    assert tuple(row) == (18000, 2000, 0, 0)
    steps = [step["what"] for step in resolved["steps"]]
    assert steps.count("resolved") == 1


async def test_what_is_not_contested_is_not_decided(world: World) -> None:
    case = await scene(world)
    opened = await case.complains()
    path = f"/admin/v1/disputes/{opened['id']}"
    mediator = await case.mediator()
    ok(await mediator.post(f"{path}/accept"))
    for extra in ({"to_worker_fen": 0}, {"paid_fen": 100}, {"attended": True}):
        body: Json = {"outcome": "for_worker", "text": "核实"} | extra
        refused(await mediator.post(f"{path}/resolve", body), 422, "nothing_to_decide")
    ok(await mediator.post(f"{path}/resolve", {"outcome": "for_worker", "text": "核实"}))


async def contested(case: Scene, kind: ClaimKind) -> None:
    """Let one side say something against the other, and the other contest it."""
    world = case.world
    async with world.session() as session:
        engagement = await session.get_one(Engagement, UUID(case.engagement_id))
        by = case.employer if kind is ClaimKind.NO_SHOW else case.worker
        await claims.propose(session, engagement, kind, by.id, "没有来")
    async with world.session() as session:
        engagement = await session.get_one(Engagement, UUID(case.engagement_id))
        answers = (case.worker, Side.WORKER) if kind is ClaimKind.NO_SHOW else (case.employer, Side.EMPLOYER)
        await claims.answer(
            session, engagement, answers[0].id, answers[1], agrees=False, text="我到了", files=[]
        )


async def state_of(case: Scene) -> str:
    state: str = ok(await case.worker.get(f"/v1/engagements/{case.engagement_id}"))["state"]
    return state


@pytest.mark.parametrize(
    ("outcome", "engagement", "claim"),
    [
        ({"outcome": "for_employer"}, "no_show", "stands"),
        ({"outcome": "unfounded"}, "no_show", "stands"),
        ({"outcome": "for_worker", "attended": True}, "checked_out", "overturned"),
        ({"outcome": "for_worker", "attended": False}, "cancelled", "overturned"),
        ({"outcome": "agreed", "attended": False}, "cancelled", "overturned"),
    ],
)
async def test_a_contested_absence_is_decided_with_its_dispute(
    world: World, outcome: Any, engagement: str, claim: str
) -> None:
    case = await scene(world)
    over = clock.now() + timedelta(days=3)
    async with at(world, over, case.worker, case.employer):
        await contested(case, ClaimKind.NO_SHOW)
        opened = await only(case)
        assert (opened["kind"], opened["claim_contested"]) == ("no_show", True)
        assert opened["opened_by_market"] is False
        assert await state_of(case) == "disputed"
        mine = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
        assert (mine["side"], mine["text"]) == ("complainant", "我到了")
        path = f"/admin/v1/disputes/{opened['id']}"
        mediator = await case.mediator()
        ok(await mediator.post(f"{path}/accept"))
        for missing in ({"outcome": "referred"}, {"outcome": "for_worker"}):
            body = missing | {"text": "核实"}
            refused(await mediator.post(f"{path}/resolve", body), 422, "decision_missing")
        assert await state_of(case) == "disputed"
        ok(await mediator.post(f"{path}/resolve", outcome | {"text": "已查看监控"}))
        assert await state_of(case) == engagement
        assert await world.count("claims", f"state = '{claim}'") == 1


async def test_withdrawing_a_contested_absence_lets_it_stand(world: World) -> None:
    case = await scene(world)
    await contested(case, ClaimKind.NO_SHOW)
    opened = await only(case)
    ok(await case.worker.post(f"/v1/disputes/{opened['id']}/withdraw"))
    assert await state_of(case) == "no_show"
    assert await world.count("claims", "state = 'stands'") == 1


@pytest.mark.parametrize(("outcome", "engagement"), [("for_worker", "cancelled"), ("for_employer", "agreed")])
async def test_a_contested_turning_away_is_the_employers_case(
    world: World, outcome: str, engagement: str
) -> None:
    case = await scene(world)
    await contested(case, ClaimKind.TURNED_AWAY)
    opened = await only(case)
    assert opened["kind"] == "other"
    theirs = ok(await case.employer.get(f"/v1/disputes/{opened['id']}"))
    assert (theirs["side"], theirs["text"]) == ("complainant", "我到了")
    mine = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
    assert (mine["side"], mine["text"]) == ("respondent", None)
    path = f"/admin/v1/disputes/{opened['id']}"
    mediator = await case.mediator()
    ok(await mediator.post(f"{path}/accept"))
    ok(await mediator.post(f"{path}/resolve", {"outcome": outcome, "text": "核实"}))
    assert await state_of(case) == engagement
