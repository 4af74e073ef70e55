"""Who looks at a fair is counted once, and is nobody's to follow."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.core.limits import Rate
from app.fairs import viewing
from app.fairs.models import FairState
from app.fairs.viewing import Onlooker, viewer_of
from app.stations.models import Role
from tests.fairs.past import booth, fair, mark, turn
from tests.world import Actor, World, ok, refused


def device() -> dict[str, str]:
    return {"X-Viewer": str(uuid4())}


async def test_somebody_is_a_viewer_once_live_and_once_after(world: World) -> None:
    fair_id, person, phone = await fair(world), await world.person(), device()
    for _ in range(2):
        ok(await person.put(f"/v1/fairs/{fair_id}/view"), 204)
        ok(await world.nobody.put(f"/v1/fairs/{fair_id}/view", headers=phone), 204)
    ok(await world.nobody.put(f"/v1/fairs/{fair_id}/view"), 204)  # who can't be told apart is not counted

    assert await world.count("fair_viewers", "live_at IS NOT NULL AND replay_at IS NULL") == 2
    await turn(world, fair_id, FairState.ENDED)
    ok(await person.put(f"/v1/fairs/{fair_id}/view"), 204)
    assert await world.count("fair_viewers", "live_at IS NOT NULL AND replay_at IS NOT NULL") == 1
    ok(await world.nobody.put(f"/v1/fairs/{fair_id}/view", headers=device()), 204)
    assert await world.count("fair_viewers", "live_at IS NULL AND replay_at IS NOT NULL") == 1


async def test_before_it_begins_nobody_has_seen_it(world: World) -> None:
    planned, bookable = await fair(world, FairState.PLANNED), await fair(world, FairState.BOOKABLE)
    person = await world.person()

    refused(await person.put(f"/v1/fairs/{planned}/view"), 404, "not_found")
    refused(await person.put(f"/v1/fairs/{uuid4()}/view"), 404, "not_found")
    ok(await person.put(f"/v1/fairs/{bookable}/view"), 204)
    assert await world.count("fair_viewers") == 0


async def test_a_job_is_opened_once_and_who_opens_it_is_a_viewer(world: World) -> None:
    employer, staff = await world.employer(trusted=True), await world.staff(role=Role.MANAGER)
    shown, other = await employer.posts_job(), await employer.posts_job(title="搬家")
    fair_id = await fair(world)
    await booth(world, fair_id, employer, shown)
    at, phone = await mark(world, fair_id, shown, staff), device()
    path = f"/v1/fairs/{fair_id}/jobs"

    for _ in range(2):
        opened = await world.nobody.put(f"{path}/{shown['id']}/open", {"mark_id": str(at)}, headers=phone)
        ok(opened, 204)
    assert await world.count("fair_opens") == await world.count("fair_viewers") == 1

    ok(await world.nobody.put(f"{path}/{shown['id']}/open", headers=device()), 204)
    assert await world.count("fair_opens", "mark_id IS NULL") == 1
    refused(await world.nobody.put(f"{path}/{other['id']}/open", headers=phone), 404, "not_found")
    strange = await world.nobody.put(f"{path}/{shown['id']}/open", {"mark_id": str(uuid4())}, headers=phone)
    refused(strange, 422, "invalid")


async def test_who_signs_in_half_way_stays_one_viewer(world: World) -> None:
    employer = await world.employer(trusted=True)
    job, fair_id, phone = await employer.posts_job(), await fair(world), device()
    await booth(world, fair_id, employer, job)
    opening = f"/v1/fairs/{fair_id}/jobs/{job['id']}/open"
    ok(await world.nobody.put(opening, headers=phone), 204)

    person = await world.person()
    ok(await person.put(opening, headers=phone), 204)
    ok(await person.put(f"/v1/fairs/{fair_id}/view", headers=phone), 204)

    assert await world.count("fair_viewers", f"account_id = '{person.id}'") == 1
    assert await world.count("fair_viewers") == await world.count("fair_opens") == 1


async def test_counts_cannot_be_pumped_from_one_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(world.settings), "is_local", False)
    monkeypatch.setattr(viewing, "BY_ADDRESS", Rate("fair_views_from", 3, timedelta(days=1)))
    fair_id = await fair(world)
    view = f"/v1/fairs/{fair_id}/view"

    answers = [(await world.nobody.put(view, headers=device())).status_code for _ in range(5)]
    assert answers == [204, 204, 204, 429, 429]
    ok(await (await world.person()).put(view), 204)  # not with who has an account
    assert await world.count("fair_viewers") == 4


def test_a_viewer_is_another_at_each_fair_and_no_device_is_an_account(world: World) -> None:
    assert world
    fair_a, fair_b, account = uuid4(), uuid4(), uuid4()
    seen = {
        viewer_of(fair_id, who)
        for fair_id in (fair_a, fair_b)
        for who in (Onlooker(account_id=account), Onlooker(device=account))
    }
    assert len(seen) == 4
    assert account not in seen
    assert viewer_of(fair_a, Onlooker()) is None


async def test_closing_an_account_leaves_the_count_and_nobody_in_it(world: World) -> None:
    employer, person = await world.employer(trusted=True), await world.person()
    job, fair_id = await employer.posts_job(), await fair(world)
    await booth(world, fair_id, employer, job)
    ok(await person.put(f"/v1/fairs/{fair_id}/jobs/{job['id']}/open"), 204)
    was = await world.look("SELECT viewer FROM fair_viewers")

    await closes(person)

    assert await world.count("fair_viewers", "account_id IS NULL") == 1
    now = await world.look("SELECT viewer FROM fair_viewers")
    assert now != was
    assert await world.look("SELECT viewer FROM fair_opens") == now


async def closes(person: Actor) -> None:
    ok(await person.delete("/v1/me"), 204)


async def test_who_applies_from_a_fair_has_looked_at_it(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job, fair_id = await employer.posts_job(), await fair(world)
    await booth(world, fair_id, employer, job)
    asks = {"shift_ids": [job["shifts"][0]["id"]], "fair_id": str(fair_id)}
    ok(await worker.post(f"/v1/jobs/{job['id']}/applications", asks), 201)
    await world.deliver()
    assert await world.count("fair_viewers", f"account_id = '{worker.id}'") == 1
