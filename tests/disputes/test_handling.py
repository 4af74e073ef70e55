"""What staff do with a dispute, in which state, and who of them may."""

import asyncio
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event, text

from app.core import clock
from app.stations.models import Role
from tests.disputes.cases import (
    CITY,
    COUNTY,
    OTHER_COUNTY,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    Scene,
    evidence_of,
    scene,
)
from tests.world import Actor, Json, World, ok, refused

HELD = {"held_at": "2026-11-01T09:00:00+08:00", "present": ["王芳", "老李"], "text": "当场达成一致"}
RESOLVED = {"outcome": "agreed", "text": "双方和解"}
ACTS: dict[str, Any] = {
    "accept": {},
    "messages": {"text": "请到站里来", "to": "both"},
    "mediate": HELD,
    "resolve": RESOLVED,
    "escalate": {"reason": "人数多"},
    "hand-over": {"reason": "属地不同"},
    "answer-rating": {"text": "已改进"},
}
ALLOWED = {
    "opened": {"accept", "messages", "escalate", "hand-over"},
    "accepted": {"messages", "mediate", "resolve", "escalate", "hand-over"},
    "mediating": {"messages", "mediate", "resolve", "escalate", "hand-over"},
    "escalated": {"accept", "messages", "escalate", "hand-over"},
    "resolved": set(),
    "withdrawn": set(),
}


async def station_of(world: World, division: str) -> str:
    async with world.session() as session:
        found = await session.scalar(
            text("SELECT id FROM stations WHERE division = :division AND kind <> 'zone'"),
            {"division": division},
        )
    return str(found)


def path_of(dispute: Json) -> str:
    return f"/admin/v1/disputes/{dispute['id']}"


async def put_into(case: Scene, state: str, by: Actor) -> Json:
    """Return a dispute that went to a state through the doors."""
    opened = await case.complains("other")
    path = path_of(opened)
    if state in ("accepted", "mediating", "resolved"):
        ok(await by.post(f"{path}/accept"))
    if state == "mediating":
        ok(await by.post(f"{path}/mediate", HELD))
    if state == "resolved":
        ok(await by.post(f"{path}/resolve", RESOLVED))
    if state == "escalated":
        ok(await by.post(f"{path}/escalate", {"reason": "人数多"}))
    if state == "withdrawn":
        ok(await case.worker.post(f"/v1/disputes/{opened['id']}/withdraw"))
    return opened


async def standing(world: World, dispute: Json) -> Any:
    """Return all that a refused act must leave alone."""
    async with world.session() as session:
        rows = await session.execute(
            text(
                "SELECT d.*, (SELECT count(*) FROM dispute_steps), (SELECT count(*) FROM dispute_messages),"
                " (SELECT count(*) FROM ledger WHERE object_kind = 'dispute') FROM disputes d WHERE id = :id"
            ),
            {"id": dispute["id"]},
        )
        return tuple(rows.one())


@pytest.mark.parametrize("state", list(ALLOWED))
async def test_each_act_in_each_state_works_or_is_refused_and_changes_nothing(
    world: World, state: str
) -> None:
    case = await scene(world)
    city = await case.mediator(CITY)
    there = await station_of(world, OTHER_COUNTY)
    for act, body in ACTS.items():
        dispute = await put_into(case, state, await case.mediator())
        sent = body | ({"station_id": there} if act == "hand-over" else {})
        before = await standing(world, dispute)
        answer = await city.post(f"{path_of(dispute)}/{act}", sent)
        if act in ALLOWED[state]:
            assert ok(answer)["id"] == dispute["id"]
            assert await standing(world, dispute) != before
        else:
            problem = refused(answer, 409, "dispute_state")
            assert problem["state"] == state
            assert await standing(world, dispute) == before


async def test_the_public_profile_counts_what_was_decided_for_the_worker(world: World) -> None:
    case = await scene(world)
    mediator = await case.mediator()
    profile = f"/v1/employers/{case.employer.employer_id}"
    for outcome, lost in (("for_employer", 0), ("for_worker", 1)):
        path = path_of(await case.complains("other"))
        ok(await mediator.post(f"{path}/accept"))
        ok(await mediator.post(f"{path}/resolve", RESOLVED | {"outcome": outcome}))
        await world.deliver()
        assert ok(await world.nobody.get(profile))["disputes_lost"] == lost


async def test_a_case_from_complaint_to_rating_with_every_act_in_the_ledger(world: World) -> None:
    case = await scene(world)
    opened, mediator = await case.complains("other"), await case.mediator()
    path = path_of(opened)
    accepted = ok(await mediator.post(f"{path}/accept"))
    assert (accepted["state"], accepted["staff_id"]) == ("accepted", str(mediator.id))
    assert accepted["due_at"] > opened["due_at"]
    ok(await mediator.post(f"{path}/messages", {"text": "只对投诉人说", "to": "complainant"}))
    ok(await mediator.post(f"{path}/messages", {"text": "对双方说", "to": "both"}))
    mediating = ok(await mediator.post(f"{path}/mediate", HELD))
    assert mediating["state"] == "mediating"
    assert "王芳" not in str(mediating)
    ok(await mediator.post(f"{path}/mediate", HELD))
    resolved = ok(await mediator.post(f"{path}/resolve", RESOLVED))
    assert (resolved["state"], resolved["outcome"], resolved["due_at"]) == ("resolved", "agreed", None)

    mine = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
    theirs = ok(await case.employer.get(f"/v1/disputes/{opened['id']}"))
    assert [m["text"] for m in mine["messages"]] == ["只对投诉人说", "对双方说"]
    assert [m["text"] for m in theirs["messages"]] == ["对双方说"]
    assert mine["outcome_text"] == theirs["outcome_text"] == "双方和解"
    assert mine["can_rate_until"]
    words = ok(await mediator.post(f"{path}/read"))
    assert words["text"] == "干了一天,工资没有给。"
    assert [one["present"] for one in words["mediations"]] == [["王芳", "老李"]] * 2

    async with world.session() as session:
        rows = await session.execute(
            text("SELECT action, before, after FROM ledger WHERE object_kind = 'dispute' ORDER BY id")
        )
        written = rows.all()
    verbs = [row.action.removeprefix("dispute.") for row in written]
    assert verbs == ["accept", "message", "message", "mediate", "mediate", "resolve", "read"]
    assert all(row.before and row.after for row in written if row.action != "dispute.read")
    assert "一致" not in str(written)


async def test_of_twenty_that_accept_at_once_one_does(world: World) -> None:
    case = await scene(world)
    opened = await case.complains()
    mediators = [await case.mediator() for _ in range(6)]
    answers = await asyncio.gather(*(one.post(f"{path_of(opened)}/accept") for one in mediators * 3))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 17
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"dispute_state"}
    assert await world.count("dispute_steps", "what = 'accepted'") == 1
    assert await world.count("ledger", "action = 'dispute.accept'") == 1


async def test_of_many_complaints_at_once_one_is_opened(world: World) -> None:
    case = await scene(world)
    answers = await asyncio.gather(*(case.worker.post("/v1/disputes", case.draft()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert await world.count("disputes") == 1


async def test_another_county_sees_nothing_and_only_mediators_act(world: World) -> None:
    case = await scene(world)
    opened = await case.complains()
    path = path_of(opened)
    theirs = await case.mediator(OTHER_COUNTY)
    calls: list[tuple[str, str, Any]] = [("GET", path, None), ("POST", f"{path}/read", None)]
    calls += [("POST", f"{path}/{act}", body) for act, body in ACTS.items() if act != "hand-over"]
    calls += [("POST", f"{path}/evidence", {"reason": "查"})]
    for method, at, body in calls:
        refused(await theirs.call(method, at, json=body), 404, "not_found")
    assert ok(await theirs.get("/admin/v1/disputes"))["items"] == []
    for role in (Role.CLERK, Role.REVIEWER, Role.MANAGER):
        reader = await world.staff(COUNTY, role)
        assert ok(await reader.get(path))["id"] == opened["id"]
        assert ok(await reader.get("/admin/v1/disputes"))["items"]
        for method, at, body in calls[1:]:
            refused(await reader.call(method, at, json=body), 404, "not_found")
    auditor = await world.staff(COUNTY, Role.AUDITOR)
    refused(await auditor.get(path), 404, "not_found")


async def test_hand_over_keeps_the_owner_and_the_deadline_until_the_other_accepts(world: World) -> None:
    case = await scene(world)
    opened, mine = await case.complains("other"), await case.mediator()
    path = path_of(opened)
    accepted = ok(await mine.post(f"{path}/accept"))
    there = await station_of(world, OTHER_COUNTY)
    theirs = await case.mediator(OTHER_COUNTY)
    refused(await theirs.get(path), 404, "not_found")

    handed = ok(await mine.post(f"{path}/hand-over", {"station_id": there, "reason": "属地"}))
    assert handed["station"]["id"] == case.station_id
    assert handed["handed_to"]["id"] == there
    assert handed["due_at"] == accepted["due_at"]
    assert ok(await theirs.get("/admin/v1/disputes?mine=true"))["items"][0]["id"] == opened["id"]
    refused(await theirs.post(f"{path}/resolve", RESOLVED), 409, "dispute_elsewhere")
    ok(await mine.post(f"{path}/mediate", HELD))

    taken = ok(await theirs.post(f"{path}/accept"))
    assert (taken["station"]["id"], taken["handed_to"]) == (there, None)
    assert (taken["state"], taken["due_at"]) == ("mediating", accepted["due_at"])
    refused(await mine.post(f"{path}/mediate", HELD), 409, "dispute_elsewhere")
    assert ok(await theirs.post(f"{path}/escalate", {"reason": "重大"}))["state"] == "escalated"
    city = await station_of(world, CITY)
    assert ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))["station"]["id"] == city
    assert ok(await mine.get(path))["station"]["id"] == city  # the place of work is still theirs to see


async def test_a_dispute_is_not_handed_to_its_own_station_nor_to_nowhere(world: World) -> None:
    case = await scene(world)
    opened, mine = await case.complains(), await case.mediator()
    async with world.session() as session:
        closed = (
            "UPDATE stations SET closed_at = now(), successor_id = parent_id WHERE division = '141081001'"
        )
        gone = str(await session.scalar(text(f"{closed} RETURNING id")))
    for station in (case.station_id, gone, "0193a3c0-0000-7000-8000-000000000000"):
        body = {"station_id": station, "reason": "属地"}
        refused(await mine.post(f"{path_of(opened)}/hand-over", body), 422, "station_unfit")


async def test_who_is_below_or_beside_reads_and_does_not_act(world: World) -> None:
    case = await scene(world)
    opened, mine = await case.complains(), await case.mediator()
    path = path_of(opened)
    county = await case.mediator(COUNTY)
    ok(await county.post(f"{path}/accept"))  # who is above may act
    assert ok(await mine.get(path))["station"]["id"] == case.station_id
    ok(await mine.post(f"{path}/escalate", {"reason": "人数多"}))
    for act in ("accept", "mediate", "resolve", "escalate", "messages"):
        refused(await mine.post(f"{path}/{act}", ACTS[act]), 409, "dispute_elsewhere")
    ok(await county.post(f"{path}/accept"))
    ok(await county.post(f"{path}/escalate", {"reason": "重大"}))
    city = await case.mediator(CITY)
    refused(await city.post(f"{path}/escalate", {"reason": "再高"}), 409, "no_station_above")
    beside = OTHER_TOWNSHIP if case.division != OTHER_TOWNSHIP else TOWNSHIP
    refused(await (await case.mediator(beside)).get(path), 404, "not_found")


async def test_staff_see_the_pictures_of_both_sides(world: World) -> None:
    case = await scene(world)
    opened = await case.complains(files=[await evidence_of(case.worker)])
    file = await evidence_of(case.employer)
    said = {"text": "我方照片", "files": [file]}
    ok(await case.employer.post(f"/v1/disputes/{opened['id']}/messages", said), 201)
    mediator = await case.mediator()
    words = ok(await mediator.post(f"{path_of(opened)}/read"))
    assert [(m["author"], m["files"]) for m in words["messages"]] == [("respondent", [file])]
    for one in (*opened["files"], file):
        assert (await mediator.get(f"{path_of(opened)}/files/{one}")).content.startswith(b"\xff\xd8")
    refused(await case.worker.get(f"/v1/disputes/{opened['id']}/files/{file}"), 404, "not_found")


async def test_a_mediation_that_was_not_held_is_not_recorded(world: World) -> None:
    case = await scene(world)
    opened, mine = await case.complains(), await case.mediator()
    ok(await mine.post(f"{path_of(opened)}/accept"))
    later = HELD | {"held_at": clock.start_of(clock.today()).replace(year=2099).isoformat()}
    refused(await mine.post(f"{path_of(opened)}/mediate", later), 422, "invalid")


async def test_the_register_filters_and_comes_as_a_spreadsheet(world: World) -> None:
    case = await scene(world)
    for kind in ("other", "injury"):
        await case.complains(kind)
    mine = await case.mediator()
    for query, kinds in (
        ("", {"other", "injury"}),
        ("?kind=injury", {"injury"}),
        ("?state=opened&mine=true", {"other", "injury"}),
        ("?state=resolved", set()),
        ("?overdue=true", set()),
    ):
        items = ok(await mine.get(f"/admin/v1/disputes{query}"))["items"]
        assert {one["kind"] for one in items} == kinds, query
    first = ok(await mine.get("/admin/v1/disputes?limit=1"))
    rest = ok(await mine.get(f"/admin/v1/disputes?limit=1&cursor={first['next_cursor']}"))
    assert first["items"][0]["id"] != rest["items"][0]["id"]
    sheet = await mine.get("/admin/v1/disputes?format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == ["类型", "工伤", "其他"]


async def test_a_longer_page_takes_no_more_statements(world: World) -> None:
    case = await scene(world)
    mine = await case.mediator()
    for _ in range(4):
        await case.complains("other")
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for actor, path in ((case.worker, "/v1/me/disputes"), (mine, "/admin/v1/disputes")):
            counts = []
            for limit in (1, 4):
                statements.clear()
                assert len(ok(await actor.get(f"{path}?limit={limit}"))["items"]) == limit
                counts.append(len(statements))
            assert counts[0] == counts[1] <= 3, counts
    finally:
        event.remove(engine, "before_cursor_execute", note)
