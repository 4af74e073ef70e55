"""A case is worked on by one of the staff at a time: claimed, renewed, given back, decided."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from app.cases.holds import LASTS
from app.core import clock
from app.jobs.models import Job
from app.maintenance import forget
from app.stations.models import Role, Staff
from tests.contracts.furnished import furnish
from tests.world import Actor, World, ok, refused

# Every door that decides a case: its kind, where, what is sent, who.
DECIDES: list[tuple[str, str, Any]] = [
    ("employers", "employers/{}/verify", {}),
    ("employers", "employers/{}/reject", {"reason": "照片不清晰"}),
    ("employers", "employers/{}/suspend", {"reason": "核查"}),
    ("employers", "employers/{}/ban", {"reason": "核查"}),
    ("real_names", "workers/{}/verify", {}),
    ("real_names", "workers/{}/reject", {"reason": "不是本人"}),
    ("jobs", "jobs/{}/approve", None),
    ("jobs", "jobs/{}/return", {"reasons": ["请写明"]}),
    ("jobs", "jobs/{}/remove", {"reason": "重复"}),
    ("certificates", "certificates/{}/verify", None),
    ("certificates", "certificates/{}/reject", {"reason": "看不清"}),
    ("appeals", "appeals/{}/uphold", {"reason": "属实"}),
    ("appeals", "appeals/{}/refuse", {"reason": "无据"}),
    ("excuses", "excuses/{}/accept", {}),
    ("excuses", "excuses/{}/reject", {"reason": "日期不符"}),
    ("disputes", "disputes/{}/accept", None),
    ("disputes", "disputes/{}/messages", {"text": "请到站", "to": "complainant"}),
    (
        "disputes",
        "disputes/{}/mediate",
        {"held_at": "2026-11-01T09:00:00+08:00", "present": ["王芳"], "text": "谈了一次"},
    ),
    ("disputes", "disputes/{}/resolve", {"outcome": "agreed", "text": "和解"}),
    ("disputes", "disputes/{}/escalate", {"reason": "人多"}),
]

RESOLVED = {"outcome": "agreed", "text": "双方和解"}


def of(kind: str, case_id: object) -> str:
    return f"/admin/v1/queues/{kind}/{case_id}"


async def waiting(world: World) -> str:
    """Return the path of an employer that waits for verification, in its queue."""
    return of("employers", (await world.employer(verified=False)).employer_id)


async def test_one_has_it_and_the_others_are_told_who(world: World) -> None:
    path = await waiting(world)
    first, second = await world.staff("141002"), await world.staff("1410")
    taken = ok(await first.post(f"{path}/claim"))
    assert taken["held_by"]["id"] == str(first.id)
    problem = refused(await second.post(f"{path}/claim"), 409, "case_held")
    assert problem["held_by"] == {"id": str(first.id), "name": "张工", "until": problem["held_by"]["until"]}
    again = ok(await first.post(f"{path}/claim"))
    assert again["held_by"]["until"] > taken["held_by"]["until"]
    assert await world.count("ledger", "action = 'case.claim'") == 1  # a renewal is no deed


async def test_of_many_who_claim_at_once_one_gets_it(world: World) -> None:
    path = await waiting(world)
    clerks = [await world.staff() for _ in range(12)]
    statuses = Counter(
        a.status_code for a in await asyncio.gather(*(c.post(f"{path}/claim") for c in clerks))
    )
    assert statuses == {200: 1, 409: 11}


async def test_who_claims_while_another_decides_finds_it_decided_or_has_it(world: World) -> None:
    """Never both: a case that somebody has is not decided by another, nor the other way round."""
    claims, decides = await world.staff(), await world.staff()
    seen: Counter[tuple[int, int]] = Counter()
    for _ in range(12):
        employer_id = (await world.employer(verified=False)).employer_id
        one, other = await asyncio.gather(
            claims.post(f"{of('employers', employer_id)}/claim"),
            decides.post(f"/admin/v1/employers/{employer_id}/verify", {}),
        )
        seen[one.status_code, other.status_code] += 1
    assert set(seen) <= {(200, 409), (404, 200)}, seen


async def test_who_has_it_decides_it_and_then_has_it_no_more(world: World) -> None:
    path = await waiting(world)
    mine = await world.staff()
    ok(await mine.post(f"{path}/claim"))
    ok(await mine.post(f"/admin/v1/employers/{path.rsplit('/', 1)[1]}/reject", {"reason": "照片不清晰"}))
    assert await world.count("case_holds") == 0
    refused(await mine.post(f"{path}/claim"), 404, "not_found")


async def test_who_decides_needs_no_claim_and_leaves_none(world: World) -> None:
    path = await waiting(world)
    ok(await (await world.staff()).post(f"/admin/v1/employers/{path.rsplit('/', 1)[1]}/verify", {}))
    assert await world.count("case_holds") == 0


async def test_it_is_given_back_by_who_has_it_or_by_a_manager(world: World) -> None:
    path = await waiting(world)
    mine, other = await world.staff("141002"), await world.staff("141002")
    manager, elsewhere = await world.staff("141002", Role.MANAGER), await world.staff("141081", Role.MANAGER)
    clerk = await world.staff("141002", Role.CLERK)
    refused(await mine.post(f"{path}/release"), 409, "case_not_held")
    ok(await mine.post(f"{path}/claim"))
    refused(await other.post(f"{path}/release"), 409, "case_held")
    refused(await elsewhere.post(f"{path}/release"), 404, "not_found")
    refused(await clerk.post(f"{path}/release"), 404, "not_found")
    ok(await mine.post(f"{path}/release"), 204)
    ok(await other.post(f"{path}/claim"))
    ok(await manager.post(f"{path}/release"), 204)
    ok(await mine.post(f"{path}/claim"))
    refused(await manager.post(f"{path}/claim"), 404, "not_found")
    before = f"before->>'held_by' = '{other.id}'"
    assert await world.count("ledger", f"action = 'case.release' AND {before}") == 1


async def test_who_has_gone_away_holds_nobody_up_for_longer_than_half_an_hour(world: World) -> None:
    path = await waiting(world)
    ok(await (await world.staff()).post(f"{path}/claim"))
    with time_machine.travel(clock.now() + LASTS - timedelta(seconds=5), tick=False):
        refused(await (await world.staff()).post(f"{path}/claim"), 409, "case_held")
    with time_machine.travel(clock.now() + LASTS + timedelta(seconds=5), tick=False):
        other = await world.staff()
        assert ok(await other.get(path.rsplit("/", 1)[0]))["items"][0]["held_by"] is None
        ok(await other.post(f"{path}/claim"))
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        await forget(world.database)
    assert await world.count("case_holds") == 0


async def test_what_somebody_dismissed_had_is_free(world: World) -> None:
    path = await waiting(world)
    gone = await world.staff()
    ok(await gone.post(f"{path}/claim"))
    async with world.session() as session:
        (await session.get_one(Staff, gone.id)).dismissed_at = clock.now()
    ok(await (await world.staff()).post(f"{path}/claim"))


async def test_a_mediator_keeps_a_dispute_from_step_to_step(world: World) -> None:
    city = await furnish(world)
    case_id = city.fitting["accept_dispute"][0]["dispute_id"]
    mine, other = city.staff[Role.MEDIATOR], await world.staff("1410", Role.MEDIATOR)
    ok(await mine.post(f"{of('disputes', case_id)}/claim"))
    ok(await mine.post(f"/admin/v1/disputes/{case_id}/accept"))
    refused(await other.post(f"/admin/v1/disputes/{case_id}/resolve", RESOLVED), 409, "case_held")
    ok(await mine.post(f"/admin/v1/disputes/{case_id}/resolve", RESOLVED))
    assert await world.count("case_holds") == 0


@pytest.fixture
async def held(world: World) -> dict[str, tuple[str, Actor]]:
    """Return a case of each kind that another has, and who would decide it."""
    city = await furnish(world)
    cases = {
        "employers": city.ids["employer_id"][1],
        "real_names": str(city.worker.id),
        "jobs": city.ids["job_id"][1],
        "certificates": city.ids["certificate_id"][0],
        "appeals": city.fitting["uphold_appeal"][0]["appeal_id"],
        "excuses": city.fitting["accept_excuse"][0]["excuse_id"],
        "disputes": city.fitting["accept_dispute"][0]["dispute_id"],
    }
    found = {}
    for kind, case_id in cases.items():
        role = Role.MEDIATOR if kind == "disputes" else Role.REVIEWER
        if kind == "jobs":  # approved when it was posted: handed in once more
            async with world.session() as session:
                (await session.get_one(Job, UUID(case_id))).reviewed = False
        ok(await (await world.staff("1410", role)).post(f"{of(kind, case_id)}/claim"))
        found[kind] = (case_id, city.staff[role])
    return found


async def test_no_door_decides_what_another_has(world: World, held: dict[str, tuple[str, Actor]]) -> None:
    for kind, path, body in DECIDES:
        case_id, actor = held[kind]
        problem = refused(await actor.post(f"/admin/v1/{path.format(case_id)}", body), 409, "case_held")
        assert problem["held_by"]["id"] != str(actor.id)
    assert await world.count("case_holds") == len(held)
