"""Searching the ledger: by who did it, to what, where, when, and by the person whom it concerns."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.audit.actions import Actor as Deed
from app.audit.actions import record
from app.audit.models import ActorKind
from app.core.types import new_id
from app.stations.models import Role
from tests.referrals.scene import scene
from tests.world import Actor, World, ok, refused

LEDGER = "/admin/v1/ledger"


@pytest.fixture
async def auditor(world: World) -> Actor:
    return await world.staff("1410", Role.AUDITOR)


async def actions(auditor: Actor, **params: str) -> list[str]:
    return [one["action"] for one in ok(await auditor.get(LEDGER, params=params))["items"]]


async def test_the_ledger_is_searched_by_each_thing_it_tells(world: World, auditor: Actor) -> None:
    first, second = await world.employer(verified=False), await world.employer(verified=False)
    one, other = await world.staff(), await world.staff()
    for reviewer, employer in ((one, first), (other, first), (other, second)):
        path = f"/admin/v1/employers/{employer.employer_id}"
        ok(await reviewer.post(f"{path}/verify", {}))
        ok(await reviewer.post(f"{path}/suspend", {"reason": "核查"}))

    assert len(await actions(auditor)) == 6
    assert len(await actions(auditor, actor_id=str(one.id))) == 2
    assert len(await actions(auditor, object_id=first.employer_id)) == 4
    assert len(await actions(auditor, object_id=first.employer_id, actor_id=str(other.id))) == 2
    assert len(await actions(auditor, object_kind="employer")) == 6
    assert await actions(auditor, object_kind="job") == []
    assert set(await actions(auditor, action="employer.verify")) == {"employer.verify"}
    assert len(await actions(auditor, action="employer")) == 6
    assert await actions(auditor, action="employ") == []
    assert len(await actions(auditor, division="141002")) == 6
    assert await actions(auditor, division="141081") == []


async def test_the_ledger_is_searched_by_time(world: World, auditor: Actor) -> None:
    await world.employer()
    await world.employer()
    late, early = ok(await auditor.get(LEDGER))["items"]
    between = (datetime.fromisoformat(early["at"]) + timedelta(microseconds=1)).isoformat()
    later = (datetime.fromisoformat(late["at"]) + timedelta(days=4)).isoformat()

    async def ids(**params: str) -> list[str]:
        return [one["id"] for one in ok(await auditor.get(LEDGER, params=params))["items"]]

    assert await ids(until=between) == [early["id"]]
    assert await ids(**{"from": between}) == [late["id"]]
    assert await ids(**{"from": later}) == []
    assert await ids(**{"from": between, "until": between}) == []
    for moment in ("0002-01-01T00:00:00Z", "9998-12-31T00:00:00Z"):
        ok(await auditor.get(LEDGER, params={"from": moment, "until": moment}))


async def test_a_person_is_found_by_what_she_owns_and_does(world: World, auditor: Actor) -> None:
    employer, other = await world.employer(trusted=True), await world.employer()
    await world.employer()
    worker = await world.worker()
    job = await employer.posts_job()
    ok(await worker.applies(job), 201)
    taken = ok(await worker.get("/v1/me/engagements"))["items"][0]["id"]
    clerk = Deed(ActorKind.STAFF, new_id(), "张工")
    async with world.session() as session:
        await record(
            session,
            clerk,
            "engagement.read",
            object_kind="engagement",
            object_id=UUID(taken),
            division="141002101",
        )

    assert await actions(auditor, person=str(employer.id)) == ["employer.verify"]
    assert await actions(auditor, person=str(other.id)) == ["employer.verify"]
    assert await actions(auditor, person=str(worker.id)) == ["engagement.read", "worker.real_name"]
    assert await actions(auditor, person=str(clerk.id)) == ["engagement.read"]


async def test_a_page_is_of_one_search(world: World, auditor: Actor) -> None:
    for _ in range(3):
        await world.employer()
    page = ok(await auditor.get(LEDGER, params={"limit": "2", "object_kind": "employer"}))
    assert len(page["items"]) == 2
    params = {"limit": "2", "cursor": page["next_cursor"]}
    refused(await auditor.get(LEDGER, params=params), 422, "cursor_invalid")
    rest = ok(await auditor.get(LEDGER, params=params | {"object_kind": "employer"}))
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None


async def test_an_auditor_searches_within_reach(world: World) -> None:
    await world.employer()
    theirs = await world.staff("141081", Role.AUDITOR)
    assert await actions(theirs) == []
    assert await actions(theirs, division="141002") == []


async def test_a_person_is_found_by_where_she_was_sent(world: World, auditor: Actor) -> None:
    one = await scene(world)
    referral = await one.sent()
    ok(await one.clerk.post(f"/admin/v1/referrals/{referral}/withdraw", {"reason": "改去别处"}))

    found = await actions(auditor, person=str(one.worker.id))
    assert found == ["referral.withdraw", "referral.send", "worker.real_name"]
