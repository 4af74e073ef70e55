"""A penalty can be appealed to a person, with a deadline, and is undone in full where that holds (rule 9)."""

import asyncio
import io
import json
import zipfile
from datetime import datetime, timedelta

import pytest
import time_machine
from PIL import Image

from app.attendance.models import ClaimKind, ClaimState
from app.core import clock
from app.engagements.models import EngagementState, Side
from app.standing import keeping
from app.stations.models import Role
from tests.standing.scene import Scene, at, scene
from tests.world import Actor, Json, World, ok, refused

WHY = "当天突发疾病,在县医院。"


async def appealed(here: Scene, which: int = 0, actor: Actor | None = None, **given: object) -> Json:
    path = f"/v1/engagements/{here.ids[which]}/appeal"
    made: Json = ok(await (actor or here.worker).post(path, {"text": WHY} | given), 201)
    return made


async def cancelled_late(world: World) -> Scene:
    here = await scene(world)
    await here.cancelled(0, Side.WORKER, 30)
    return here


async def low_rating(world: World) -> Scene:
    here = await scene(world)
    await here.done()
    await here.rated(0, Side.EMPLOYER, 1)
    return here


async def no_show(world: World) -> Scene:
    here = await scene(world)
    await here.claimed(0)
    return here


async def picture(actor: Actor) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "PNG")
    given = {"file": ("p.png", drawn.getvalue(), "image/png")}
    found: str = ok(await actor.post("/v1/me/files", files=given), 201)["id"]
    return found


async def test_an_appeal_that_holds_undoes_it_in_full(world: World) -> None:
    for set_up, costs in ((cancelled_late, 10), (low_rating, 6), (no_show, 20)):
        here = await set_up(world)
        assert (await here.of_worker())["score"] == 100 - costs
        made = await appealed(here)
        assert (made["answered"], made["appeal"]["state"]) == ("appeal", "open")
        [reason] = (await here.of_worker())["reasons"]
        assert (reason["appeal"], reason["remaining"], reason["can_appeal_until"]) == ("open", costs, None)
        staff = await world.staff("141002")
        path = f"/admin/v1/appeals/{made['appeal']['id']}"
        decided = ok(await staff.post(f"{path}/uphold", {"reason": "病历属实"}))
        assert (decided["state"], decided["worker"]) == ("upheld", "老李")
        found = await here.of_worker()
        assert (found["score"], found["reasons"]) == (100, [])
        assert ok(await here.worker.get("/v1/me/appeals"))["items"][0]["reason"] == "病历属实"
    assert await world.count("events", "kind = 'AppealMade'") == 3
    assert await world.count("events", "kind = 'AppealDecided'") == 3
    assert await world.count("ledger", "action = 'appeal.uphold'") == 3


async def test_one_that_does_not_hold_leaves_it_and_is_made_once(world: World) -> None:
    here = await cancelled_late(world)
    made = await appealed(here)
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    refused(await here.worker.post(path, {"text": WHY}), 409, "appealed_already")
    staff = await world.staff("141002", Role.MEDIATOR)
    answer = await staff.post(f"/admin/v1/appeals/{made['appeal']['id']}/refuse", {"reason": "没有凭证"})
    assert ok(answer)["state"] == "refused"
    [reason] = (await here.of_worker())["reasons"]
    assert (reason["appeal"], reason["remaining"]) == ("refused", 10)
    refused(await here.worker.post(path, {"text": WHY}), 409, "appealed_already")
    assert await world.count("ledger", "action = 'appeal.refuse'") == 1


async def test_five_at_once_make_one_appeal(world: World) -> None:
    here = await cancelled_late(world)
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    answers = await asyncio.gather(*(here.worker.post(path, {"text": WHY}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await world.count("appeals") == 1


async def test_a_removed_rating_is_shown_to_its_author_alone_and_no_longer_counts(world: World) -> None:
    here = await scene(world, 4)
    await here.done()
    for n, stars in enumerate((1, 5, 5, 5)):
        await here.rated(n, Side.WORKER, stars)
    path = f"/v1/employers/{here.employer.employer_id}"
    assert ok(await world.nobody.get(f"{path}/rating"))["stars"] == 4.0
    made = await appealed(here, 0, here.employer)
    staff = await world.staff("141002")
    ok(await staff.post(f"/admin/v1/appeals/{made['appeal']['id']}/uphold", {"reason": "恶意差评"}))
    rating = ok(await world.nobody.get(f"{path}/rating"))
    assert (rating["stars"], rating["count"]) == (5.0, 3)
    assert [one["stars"] for one in ok(await world.nobody.get(f"{path}/reviews"))["items"]] == [5, 5, 5]
    reviews = f"/v1/engagements/{here.ids[0]}/reviews"
    assert ok(await here.employer.get(reviews))["items"] == []
    [own] = ok(await here.worker.get(reviews))["items"]
    assert own["removed"]


async def test_a_no_show_overturned_is_a_no_show_no_more(world: World) -> None:
    for attended, state in ((False, "cancelled"), (True, "checked_out")):
        here = await no_show(world)
        made = await appealed(here)
        staff = await world.staff("141002")
        body = {"reason": "监控可见", "attended": attended}
        ok(await staff.post(f"/admin/v1/appeals/{made['appeal']['id']}/uphold", body))
        assert (await here.row(0)).state == EngagementState(state)
        found = await here.of_worker()
        assert (found["score"], found["reasons"]) == (100, [])
    assert await world.count("claims", "state = 'overturned'") == 2


async def test_an_employers_turning_away_overturned_costs_nothing(world: World) -> None:
    here = await scene(world)
    await here.claimed(0, ClaimKind.TURNED_AWAY)
    await here.cancelled(0, Side.EMPLOYER, -20)
    made = await appealed(here, 0, here.employer)
    assert made["appeal"]["by"] == "employer"
    staff = await world.staff("141002")
    ok(await staff.post(f"/admin/v1/appeals/{made['appeal']['id']}/uphold", {"reason": "属实"}))
    found = await here.of_employer()
    assert (found["score"], found["reasons"]) == (100, [])


async def test_while_it_is_only_said_an_appeal_is_the_answer(world: World) -> None:
    here = await scene(world)
    await here.claimed(0, state=ClaimState.PROPOSED)
    made = await appealed(here, files=[await picture(here.worker)])
    assert (made["answered"], made["appeal"]) == ("claim", None)
    assert (await here.row(0)).state is EngagementState.DISPUTED
    assert await world.count("claims", "state = 'contested'") == 1
    assert await world.count("appeals") == 0
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    refused(await here.worker.post(path, {"text": WHY}), 409, "nothing_to_appeal")


async def test_nothing_held_is_nothing_to_appeal(world: World) -> None:
    here = await scene(world)
    await here.done()
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    refused(await here.worker.post(path, {"text": WHY}), 409, "nothing_to_appeal")
    await here.rated(0, Side.EMPLOYER, 3)
    refused(await here.worker.post(path, {"text": WHY}), 409, "nothing_to_appeal")
    await here.rated(0, Side.WORKER, 1)
    refused(await here.worker.post(path, {"text": WHY}), 409, "nothing_to_appeal")
    refused(await (await world.worker()).post(path, {"text": WHY}), 404, "not_found")


async def test_who_bears_two_things_names_one(world: World) -> None:
    here = await scene(world)
    await here.claimed(0)
    await here.rated(0, Side.EMPLOYER, 1)
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    problem = refused(await here.worker.post(path, {"text": WHY}), 422, "invalid")
    assert [fault["code"] for fault in problem["errors"]] == ["against_needed"]
    await appealed(here, against="no_show")
    await appealed(here, against="rated_low")
    answer = await here.worker.post(path, {"text": WHY, "against": "dispute_lost"})
    refused(answer, 409, "nothing_to_appeal")


async def test_thirty_days_are_the_time_for_it(world: World) -> None:
    here = await cancelled_late(world)
    cancelled_at = (await here.row(0)).cancelled_at
    assert cancelled_at
    path = f"/v1/engagements/{here.ids[0]}/appeal"
    with time_machine.travel(cancelled_at + timedelta(days=30), tick=False):
        await at(world, here.worker)
        refused(await here.worker.post(path, {"text": WHY}), 409, "appeal_too_late")
    with time_machine.travel(cancelled_at + timedelta(days=30, seconds=-1), tick=False):
        await at(world, here.worker)
        await appealed(here)


# 2026-09-30 is a Wednesday; the National Day holiday lasts until 7 October, the 10th is worked.
LAST_DAY_BEFORE_THE_HOLIDAY = datetime(2026, 9, 30, 10, tzinfo=clock.SHANGHAI)


async def test_what_staff_did_not_decide_in_time_does_not_count_until_they_do(world: World) -> None:
    with time_machine.travel(LAST_DAY_BEFORE_THE_HOLIDAY, tick=False):
        here = await cancelled_late(world)
        due_at = datetime.fromisoformat((made := (await appealed(here))["appeal"])["due_at"])
    assert due_at.astimezone(clock.SHANGHAI).isoformat() == "2026-10-14T00:00:00+08:00"
    with time_machine.travel(due_at - timedelta(seconds=1), tick=False):
        await keeping.miss_appeals(world.database)
        await at(world, here.worker)
        assert (await here.of_worker())["score"] == 90
    with time_machine.travel(due_at, tick=False):
        for _ in range(2):
            await keeping.miss_appeals(world.database)
        await at(world, here.worker)
        late = await here.of_worker()
        assert (late["score"], late["reasons"][0]["waits"]) == (100, True)
        assert await world.count("events", "kind = 'AppealMissed'") == 1
        staff = await world.staff("141002")
        ok(await staff.post(f"/admin/v1/appeals/{made['id']}/refuse", {"reason": "没有凭证"}))
        assert (await here.of_worker())["score"] == 90


async def test_many_that_were_missed_are_found_in_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    here = await scene(world, 5)
    for n in range(5):
        await here.cancelled(n, Side.WORKER, 30)
        await appealed(here, n)
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        await keeping.miss_appeals(world.database)
    assert await world.count("appeals", "missed_at IS NOT NULL") == 5
    assert await world.count("events", "kind = 'AppealMissed'") == 5


async def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    here = await no_show(world)
    path = f"/admin/v1/appeals/{(await appealed(here))['appeal']['id']}"
    staff = [await world.staff("141002") for _ in range(4)]
    answers = await asyncio.gather(
        *(
            one.post(f"{path}/{'uphold' if n % 2 else 'refuse'}", {"reason": "已核实"})
            for n, one in enumerate(staff)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert refused(lost, 409, "appeal_state")["state"] in ("upheld", "refused")
    assert await world.count("ledger", "action IN ('appeal.uphold', 'appeal.refuse')") == 1
    assert await world.count("events", "kind = 'AppealDecided'") == 1


async def test_the_text_is_read_on_purpose_and_that_is_in_the_ledger(world: World) -> None:
    here = await cancelled_late(world)
    file_id = await picture(here.worker)
    made = (await appealed(here, files=[file_id]))["appeal"]
    staff = await world.staff("1410")
    listed = await staff.get("/admin/v1/appeals", params={"state": "open"})
    assert [one["id"] for one in ok(listed)["items"]] == [made["id"]]
    assert WHY not in listed.text
    path = f"/admin/v1/appeals/{made['id']}"
    assert WHY not in (await staff.get(path)).text
    assert await world.count("ledger", "action = 'appeal.read'") == 0
    found = ok(await staff.post(f"{path}/read", {}))
    assert (found["text"], found["files"]) == (WHY, [file_id])
    assert (await staff.get(f"{path}/files/{file_id}")).headers["content-type"] == "image/jpeg"
    assert await world.count("ledger", "action = 'appeal.read'") == 1
    assert await world.count("appeals", "position('县医院'::bytea in text_sealed) > 0") == 0


async def test_out_of_reach_or_in_another_role_there_is_no_appeal(world: World) -> None:
    here = await cancelled_late(world)
    made = (await appealed(here))["appeal"]
    strangers = [
        await world.staff("141081"),
        *[await world.staff("141002", role) for role in (Role.CLERK, Role.AUDITOR, Role.MANAGER)],
    ]
    for staff in strangers:
        path = f"/admin/v1/appeals/{made['id']}"
        refused(await staff.get(path), 404, "not_found")
        refused(await staff.post(f"{path}/read", {}), 404, "not_found")
        refused(await staff.post(f"{path}/uphold", {"reason": "x"}), 404, "not_found")
    assert ok(await strangers[0].get("/admin/v1/appeals"))["items"] == []
    assert (await here.of_worker())["score"] == 90


async def test_the_person_takes_it_along_and_it_is_erased_when_the_account_closes(world: World) -> None:
    here = await scene(world, 2)
    await here.cancelled(0, Side.WORKER, 30)
    await here.done(1)
    await here.rated(1, Side.WORKER, 5)
    await here.rated(1, Side.EMPLOYER, 4)
    await appealed(here)
    archive = zipfile.ZipFile(io.BytesIO((await here.worker.get("/v1/me/data")).content))
    [appeal] = json.loads(archive.read("appeals.json"))
    assert (appeal["text"], appeal["against"]) == (WHY, "cancelled_late")
    reviews = json.loads(archive.read("reviews.json"))
    assert [(one["written_by_me"], one["stars"]) for one in reviews] == [(True, 5), (False, 4)]
    ok(await here.worker.delete("/v1/me"), 204)
    assert await world.count("reviews", "by = 'worker' AND text IS NULL") == 1
    staff = await world.staff("1410")
    assert ok(await staff.post(f"/admin/v1/appeals/{appeal['id']}/read", {}))["text"] == ""
