"""Nobody and nothing is wanted by two fairs at once, and who asks is told by which."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from app.core import clock
from app.core.types import new_id
from app.fairs.models import Fair
from app.fairs.moving import lock_employers
from app.stations.models import Role
from app.streams.models import LiveKind, LivePlatform, Stream
from tests.fairs.planned import FAIRS, accepted, draft, invited, opened, plan
from tests.world import Actor, Json, World, ok, refused, tomorrow

COUNTY, OTHER = "141002", "141081"


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff(COUNTY, Role.MANAGER)


def at(hour: int) -> str:
    return tomorrow(hour, days=3).isoformat()


@pytest.mark.parametrize(
    ("same", "kind", "code"),
    [({"host_name": "小王"}, "host", "host_busy"), ({"room": "一号直播间"}, "room", "room_taken")],
)
async def test_a_host_and_a_room_have_one_fair_at_a_time(
    manager: Actor, same: Json, kind: str, code: str
) -> None:
    first = await plan(manager, 9, 2, **same)

    problem = refused(await manager.post(FAIRS, draft(10, 2, **same)), 409, code)
    assert problem["clashes"] == [
        {
            "kind": kind,
            "fair_id": first["id"],
            "title": first["title"],
            "starts_at": problem["clashes"][0]["starts_at"],
            "ends_at": problem["clashes"][0]["ends_at"],
            "employer_id": None,
            "booth_state": None,
        }
    ]
    second = await plan(manager, 11, 2, **same)  # as soon as the first is over
    refused(await manager.patch(f"{FAIRS}/{second['id']}", {"starts_at": at(10)}), 409, code)
    ok(await manager.post(f"{FAIRS}/{first['id']}/cancel", {"reason": "停电"}))
    ok(await manager.patch(f"{FAIRS}/{second['id']}", {"starts_at": at(10)}))


async def test_a_host_is_the_same_person_in_every_county(world: World, manager: Actor) -> None:
    city = await world.staff("1410", Role.MANAGER)
    await plan(city, division=OTHER, host_id=str(manager.id))
    problem = refused(await manager.post(FAIRS, draft(host_id=str(manager.id))), 409, "host_busy")
    # Planned elsewhere: when is told, and nothing else.
    assert (problem["clashes"][0]["fair_id"], problem["clashes"][0]["title"]) == (None, None)


async def test_rooms_of_two_stations_may_have_one_name(world: World, manager: Actor) -> None:
    await plan(manager, room="一号厅")
    await plan(await world.staff(OTHER, Role.MANAGER), room="一号厅")


async def test_an_employer_has_one_booth_at_a_time(world: World, manager: Actor) -> None:
    employer, there = await world.employer(), await world.staff(OTHER, Role.MANAGER)
    first, second = await opened(manager, 9, 2), await plan(there, 10, 2)
    await accepted(manager, first, employer)
    booth = await invited(there, second, employer)
    path = f"/v1/employers/{employer.employer_id}/booths/{booth['id']}"

    problem = refused(await employer.post(f"{path}/accept"), 409, "employer_busy")
    assert [(one["fair_id"], one["booth_state"]) for one in problem["clashes"]] == [(first["id"], "accepted")]
    ahead = ok(await there.get(f"{FAIRS}/{second['id']}"))["clashes"]
    assert [(one["kind"], one["fair_id"], one["employer_id"]) for one in ahead] == [
        ("employer", first["id"], employer.employer_id)
    ]
    seen = ok(await manager.get(f"{FAIRS}/{first['id']}"))["clashes"]
    assert [(one["title"], one["booth_state"]) for one in seen] == [(None, "invited")]  # planned elsewhere

    slot = f"{FAIRS}/{second['id']}/booths/{booth['id']}"
    ok(await there.patch(slot, {"starts_at": at(11)}))
    ok(await employer.post(f"{path}/accept"))
    problem = refused(await there.patch(slot, {"starts_at": at(10)}), 409, "employer_busy")
    assert problem["clashes"][0]["fair_id"] == first["id"]
    later = {"starts_at": at(10), "ends_at": at(12)}
    refused(await manager.patch(f"{FAIRS}/{first['id']}", later), 409, "employer_busy")
    whole = {"booths": [{"booth_id": booth["id"], "starts_at": at(10), "jobs": []}]}
    refused(await there.put(f"{FAIRS}/{second['id']}/timetable", whole), 409, "employer_busy")
    assert ok(await manager.get(f"{FAIRS}/{first['id']}"))["clashes"] == []


async def test_an_outside_room_has_one_fair_at_a_time(world: World, manager: Actor) -> None:
    first, second = await plan(manager, 9, 2), await plan(manager, 10, 2)
    for fair in (first, second):
        await _outside(world, fair)
    seen = ok(await manager.get(f"{FAIRS}/{first['id']}"))
    assert [(one["kind"], one["fair_id"]) for one in seen["clashes"]] == [("outside_room", second["id"])]
    assert seen["stream"]["room"] == "123456"
    moved = {"starts_at": at(8), "ends_at": at(10)}
    problem = refused(
        await manager.patch(f"{FAIRS}/{first['id']}", {"ends_at": at(12)}), 409, "outside_room_taken"
    )
    assert problem["clashes"][0]["fair_id"] == second["id"]
    assert ok(await manager.patch(f"{FAIRS}/{first['id']}", moved))["clashes"] == []


@pytest.mark.parametrize("same", [{"host_name": "小王"}, {"room": "一号直播间"}])
async def test_of_plans_made_at_once_one_has_the_host(manager: Actor, same: Json) -> None:
    answers = await asyncio.gather(*(manager.post(FAIRS, draft(**same)) for _ in range(8)))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 7}
    made = next(one.json()["id"] for one in answers if one.status_code == 201)
    for one in answers:
        if one.status_code == 409:
            assert [clash["fair_id"] for clash in one.json()["clashes"]] == [made]


async def test_of_booths_accepted_at_once_one_is_held(world: World, manager: Actor) -> None:
    employer, there = await world.employer(), await world.staff(OTHER, Role.MANAGER)
    fairs = [(staff, await opened(staff)) for staff in (manager, there) for _ in range(3)]
    booths = [(await invited(staff, fair, employer))["id"] for staff, fair in fairs]
    path = f"/v1/employers/{employer.employer_id}/booths"
    answers = await asyncio.gather(*(employer.post(f"{path}/{booth}/accept") for booth in booths))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 5}
    busy = [one.json() for one in answers if one.status_code == 409]
    assert {one["code"] for one in busy} == {"employer_busy"}
    held = next(one.json()["fair_id"] for one in answers if one.status_code == 200)
    assert [clash["fair_id"] for one in busy for clash in one["clashes"]] == [held] * 5
    assert await world.count("fair_booths", "state = 'accepted'") == 1


async def test_what_gives_an_employer_a_time_waits_for_its_turn(world: World, manager: Actor) -> None:
    """Else two would not see each other, and neither could be told which fair was first."""
    employer, asks = await world.employer(), await world.employer()
    fair = await opened(manager)
    path = f"{FAIRS}/{fair['id']}"
    held = await accepted(manager, fair, employer)
    applied = ok(await asks.post(f"/v1/employers/{asks.employer_id}/booths", {"fair_id": fair["id"]}), 201)
    listed = [{"booth_id": one["id"], "jobs": []} for one in (held, applied)]
    deeds = [
        manager.post(f"{path}/booths/{applied['id']}/accept"),
        manager.patch(f"{path}/booths/{held['id']}", {"starts_at": at(10)}),
        manager.put(f"{path}/timetable", {"booths": listed}),
        manager.patch(path, {"ends_at": at(12)}),
    ]
    for deed, other in zip(deeds, [asks, employer, employer, employer], strict=True):
        async with world.session() as session:
            await lock_employers(session, [UUID(other.employer_id)])
            asking = asyncio.create_task(deed)
            assert not (await asyncio.wait([asking], timeout=0.5))[0]
        ok(await asking)


async def test_the_constraints_have_the_last_word(world: World, manager: Actor) -> None:
    """Whatever the checks let through."""
    first, second = await plan(manager, 9, 2, host_name="小王"), await plan(manager, 12, 2, host_name="小王")
    with pytest.raises(Exception, match="ex_fairs_host"):
        await world.look(
            "UPDATE fairs SET starts_at = $2 WHERE id = $1 RETURNING 1", second["id"], tomorrow(10, days=3)
        )
    assert first


async def _outside(world: World, fair: Json, **given: Any) -> None:
    stream = Stream(
        id=new_id(),
        kind=LiveKind.OUTSIDE,
        name=fair["id"],
        platform=LivePlatform.DOUYIN,
        room="123456",
        link="https://live.douyin.com/123456",
        changed_at=clock.now(),
        **given,
    )
    async with world.session() as session:
        session.add(stream)
        await session.flush()
        (await session.get_one(Fair, UUID(fair["id"]))).stream_id = stream.id
