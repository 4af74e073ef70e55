"""What becomes a change for the province, and what does not."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from app.feed import publishing
from app.feed.publishing import publish
from app.jobs import review
from scripts.demo.numbers import valid_id_number
from tests.fairs.planned import with_booth
from tests.world import YAODU, World, ok, shift, tomorrow

Json = dict[str, Any]


async def changes(world: World, *kinds: str) -> list[tuple[str, str, str | None]]:
    """Return the changes of these types, or of all: type, change, reason."""
    rows = await world.look(
        "SELECT json_agg(json_build_array(kind, change, reason) ORDER BY id) FROM province_changes"
    )
    told = [(kind, change, why) for kind, change, why in json.loads(rows or "[]")]
    return [one for one in told if not kinds or one[0] in kinds]


async def test_an_employer_and_its_posting_go_up_once(world: World) -> None:
    employer = await world.employer()
    await world.publish()
    job = await employer.posts_job(shifts=[shift(8), shift(18, 4)])
    await world.publish()
    await world.publish()

    assert await changes(world) == [("employer", "created", None), ("job", "created", None)]
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'job'"))
    assert [one["id"] for one in data["shifts"]] == [one["id"] for one in job["shifts"]]
    assert data["employer_id"] == employer.employer_id


async def test_what_did_not_change_for_the_province_is_no_change(world: World) -> None:
    employer = await world.employer()
    job = await employer.posts_job()
    await world.publish()
    before = await changes(world)
    await world.look("UPDATE jobs SET version = version + 1 RETURNING 1")
    await world.look("UPDATE shifts SET waiting = 1 RETURNING 1")
    await world.publish()
    assert await changes(world) == before
    assert await world.count("province_touched") == 0
    assert job


async def test_a_draft_and_a_posting_in_review_stay_here(world: World) -> None:
    employer = await world.employer()
    draft = await employer.drafts_job()
    ok(await employer.post(f"/v1/jobs/{draft['id']}/submit"))
    await world.employer(verified=False)
    await world.publish()
    assert await changes(world) == [("employer", "created", None)]


async def test_a_vacancy_of_the_province_does_not_go_back_up(world: World) -> None:
    employer = await world.employer()
    await employer.posts_job()
    await world.look("UPDATE jobs SET source = 'province', source_id = 'p1' RETURNING 1")
    await world.look("UPDATE employers SET source = 'province' RETURNING 1")
    await world.publish()
    assert await changes(world) == []


@pytest.mark.parametrize("why", ["withdrawn", "removed", "expired", "employer_stopped"])
async def test_a_posting_that_is_over_is_removed_and_says_why(world: World, why: str) -> None:
    employer = await world.employer()
    job = await employer.posts_job(valid_until=tomorrow(7).isoformat())
    await world.publish()
    reviewer = await world.staff()
    reason = {"reason": "虚假招聘"}
    if why == "withdrawn":
        ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
    elif why == "removed":
        ok(await reviewer.post(f"/admin/v1/jobs/{job['id']}/remove", reason))
    elif why == "expired":
        with time_machine.travel(tomorrow(7) + timedelta(seconds=1), tick=True):
            await review.keep_time(world.database)
    else:
        ok(await reviewer.post(f"/admin/v1/employers/{employer.employer_id}/ban", reason))
    await world.publish()
    assert (await changes(world, "job"))[1:] == [("job", "removed", why)]
    assert await world.count("province_records", "kind = 'job'") == 0


async def test_who_is_suspended_and_verified_again_comes_back_with_its_postings(world: World) -> None:
    employer = await world.employer()
    await employer.posts_job()
    await world.publish()
    reviewer = await world.staff()
    path = f"/admin/v1/employers/{employer.employer_id}"
    ok(await reviewer.post(f"{path}/suspend", {"reason": "被投诉"}))
    await world.publish()
    ok(await reviewer.post(f"{path}/verify", {}))
    await world.publish()
    for kind in ("employer", "job"):
        assert [change for _, change, _ in await changes(world, kind)] == ["created", "removed", "created"]


async def test_what_stands_for_many_is_taken_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    employer = await world.employer()
    for _ in range(5):
        await employer.posts_job()
    await world.publish()
    reviewer = await world.staff()
    path = f"/admin/v1/employers/{employer.employer_id}/suspend"
    ok(await reviewer.post(path, {"reason": "证照过期"}))
    monkeypatch.setattr(publishing, "MOST", 2)
    steps = []
    while await publish(world.database):
        steps.append(await world.count("province_records"))
    assert steps == [4, 2]
    assert await world.count("province_records") == 0
    assert await world.count("province_touched") == 0


async def test_an_individual_has_neither_name_nor_home_in_it(world: World) -> None:
    number = valid_id_number("141002", date(1980, 2, 3), 77)
    await world.employer(kind="individual", name="赵铁柱", uscc=None, id_number=number)
    await world.publish()
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'employer'"))
    assert (data["name"], data["uscc"], data["place"]) == ("个人雇主", None, None)
    assert "赵" not in json.dumps(data, ensure_ascii=False)


async def test_what_is_said_of_a_worker_hangs_on_the_consent(world: World) -> None:
    employer, worker = await world.employer(), await world.worker(key_groups=["youth", "disabled"])
    job = await employer.posts_job()
    ok(await worker.applies(job), 201)

    async def said() -> Any:
        await world.publish()
        data = await world.look("SELECT data FROM province_records WHERE kind = 'engagement'")
        return json.loads(data)["worker"]

    assert await said() is None
    ok(await worker.put("/v1/me/consents", {"province": True}))
    assert await said() == {
        "id": str(worker.id),
        "name_masked": "李**",
        "key_groups": ["disabled", "youth"],
    }
    ok(await worker.put("/v1/me/worker", {"name_shown": "老李", "home": YAODU, "key_groups": []}))
    assert (await said())["key_groups"] == []
    ok(await worker.put("/v1/me/consents", {"province": False}))
    assert await said() is None
    kinds = [change for _, change, _ in await changes(world, "engagement")]
    assert kinds == ["created", "changed", "changed", "changed"]


async def test_a_broken_seal_holds_up_nobody_else(world: World) -> None:
    employer, worker = await world.employer(), await world.worker()
    ok(await worker.put("/v1/me/consents", {"province": True}))
    ok(await worker.applies(await employer.posts_job()), 201)
    await world.look("UPDATE workers SET name_sealed = set_byte(name_sealed, 40, 0) RETURNING 1")
    await world.publish()
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'engagement'"))
    assert data["worker"] == {"id": str(worker.id), "name_masked": None, "key_groups": []}


async def test_closing_the_account_takes_the_person_away(world: World) -> None:
    employer, worker = await world.employer(), await world.worker()
    ok(await worker.put("/v1/me/consents", {"province": True}))
    job = await employer.posts_job()
    asked = ok(await worker.applies(job), 201)
    # Somebody who did not come, and was never owed anything.
    await world.look(
        "UPDATE engagements SET state = 'no_show', starts_at = now() - '1 h'::interval, ends_at = now()"
        " RETURNING 1"
    )
    await world.publish()
    assert "李" in await world.look("SELECT data FROM province_records WHERE kind = 'engagement'")
    ok(await worker.delete("/v1/me"), 204)
    await world.publish()
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'engagement'"))
    assert data["worker"] is None
    assert asked


async def test_a_fair_goes_up_with_its_booths_and_leaves_when_it_is_cancelled(world: World) -> None:
    manager, fair, employer, jobs = await with_booth(world)
    await world.publish()
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'fair'"))
    (booth,) = data["booths"]
    assert booth["employer_id"] == employer.employer_id
    assert [one["job_id"] for one in booth["jobs"]] == [job["id"] for job in jobs]
    ok(await manager.post(f"/admin/v1/fairs/{fair['id']}/cancel", {"reason": "停电"}))
    await world.publish()
    assert (await changes(world, "fair"))[-1] == ("fair", "removed", "cancelled")


async def test_a_cancelled_engagement_is_removed(world: World) -> None:
    employer, worker = await world.employer(), await world.worker()
    asked = ok(await worker.applies(await employer.posts_job()), 201)
    await world.publish()
    ok(await worker.post(f"/v1/applications/{asked['id']}/withdraw", {}))
    await world.publish()
    assert (await changes(world, "engagement")) == [
        ("engagement", "created", None),
        ("engagement", "removed", "cancelled"),
    ]


async def test_a_posting_moved_to_another_county_changes_its_group(world: World) -> None:
    employer = await world.employer()
    await employer.posts_job()
    await world.publish()
    assert await world.look("SELECT division FROM province_records WHERE kind = 'job'") == "141002"
    await world.look("UPDATE jobs SET division = '141081001' RETURNING 1")
    await world.publish()
    assert await world.look("SELECT division FROM province_records WHERE kind = 'job'") == "141081"
    assert (await changes(world, "job"))[-1] == ("job", "changed", None)


async def test_two_publishers_leave_no_gap_and_tell_nothing_twice(world: World) -> None:
    employer = await world.employer(trusted=True)
    for _ in range(6):
        await employer.posts_job()
    await asyncio.gather(*(publish(world.database) for _ in range(8)))
    await world.publish()
    numbers = json.loads(await world.look("SELECT json_agg(id ORDER BY id) FROM province_changes"))
    assert numbers == list(range(1, 8))
    assert len(await changes(world, "job")) == 6


async def test_who_finds_another_publishing_leaves_it_to_that_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one that looked earlier could write what it saw over what the other saw later."""
    employer = await world.employer()
    looked, may_write, render = asyncio.Event(), asyncio.Event(), publishing.render

    async def slowly(*given: Any) -> Any:
        found = list(await render(*given))
        looked.set()
        await may_write.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "render", slowly)
        slow = asyncio.ensure_future(publish(world.database))
        await looked.wait()
    await world.look("UPDATE employers SET name = '改过的名字' RETURNING 1")
    assert await asyncio.wait_for(publish(world.database), 10) is False
    assert await changes(world) == []
    may_write.set()
    await slow
    await world.publish()
    assert "改过的名字" in await world.look("SELECT data FROM province_records")
    assert employer


async def test_a_publisher_that_dies_in_the_middle_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer = await world.employer()
    await employer.posts_job()

    async def dies(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_write", dies)
        with pytest.raises(OSError):
            await publish(world.database)
    assert await changes(world) == []
    await world.publish()
    assert await changes(world) == [("employer", "created", None), ("job", "created", None)]


async def test_what_a_transaction_rolls_back_is_never_told(world: World) -> None:
    employer = await world.employer()
    await world.publish()
    async with world.session() as session:
        await session.execute(text("UPDATE employers SET name = '改名'"))
        await session.rollback()
    await world.publish()
    assert len(await changes(world)) == 1
    assert employer
