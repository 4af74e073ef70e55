"""Taking on: at once or after review, the waiting list, and every reason why not."""

from datetime import date, timedelta

import pytest
import time_machine

from app.core import clock
from app.engagements.keeping import end_what_was_not_answered
from tests.world import Json, Worker, World, ok, refused, shift


def states(answer: Json) -> list[str]:
    return [one["state"] for one in answer["shifts"]]


async def test_several_shifts_at_once_each_with_its_own_answer(world: World) -> None:
    employer, first, second = await world.employer(trusted=True), await world.worker(), await world.worker()
    job = await employer.posts_job(shifts=[shift(), shift(days=2, headcount=2), shift(days=3, headcount=2)])
    ok(await first.applies(job, 0, 1), 201)
    answer = ok(await second.applies(job, 0, 1, 2), 201)
    assert states(answer) == ["waitlisted", "accepted", "accepted"]
    hired = [one["hired"] for one in ok(await second.get(f"/v1/jobs/{job['id']}"))["shifts"]]
    assert hired == [1, 2, 1]


async def test_overlapping_shifts_are_refused_with_the_reason(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(shifts=[shift(8, 4), shift(11, 4), shift(12, 4)])
    answer = ok(await worker.applies(job, 0, 1, 2), 201)
    assert [(one["state"], one["reason"]) for one in answer["shifts"]] == [
        ("accepted", None),
        ("refused", "shift_overlaps"),
        ("accepted", None),
    ]
    other = await employer.posts_job(shifts=[shift(9, 1)])
    refused(await worker.applies(other), 409, "shift_overlaps")
    refused(await worker.applies(job, 0), 409, "applied_already")


async def test_the_employer_reviews_accepts_and_declines(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second, third = [await world.worker() for _ in range(3)]
    job = await employer.posts_job(hiring="review", shifts=[shift()])
    asked = [ok(await one.applies(job), 201) for one in (first, second, third)]
    assert states(asked[0]) == ["pending"]
    queue = ok(await employer.get(f"/v1/jobs/{job['id']}/applications"))["items"]
    assert [one["worker"]["id"] for one in queue] == [str(w.id) for w in (third, second, first)]
    assert "phone" not in str(queue)

    assert states(ok(await employer.post(f"/v1/applications/{asked[1]['id']}/accept", {}))) == ["accepted"]
    assert states(ok(await employer.post(f"/v1/applications/{asked[0]['id']}/accept", {}))) == ["waitlisted"]
    declined = await employer.post(f"/v1/applications/{asked[2]['id']}/decline", {"reason": "已有人选"})
    assert states(ok(declined)) == ["declined"]
    refused(await employer.post(f"/v1/applications/{asked[2]['id']}/accept", {}), 409, "application_state")
    await world.deliver()
    assert "已有人选" in (await third.texts())[0]
    assert "已被录用" in (await second.texts())[0]

    stranger = await world.employer()
    refused(await stranger.post(f"/v1/applications/{asked[0]['id']}/accept", {}), 404, "not_found")
    refused(await stranger.get(f"/v1/jobs/{job['id']}/applications"), 404, "not_found")


async def test_who_waits_longest_moves_up_when_a_place_comes_free(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second, third, fourth = [await world.worker() for _ in range(4)]
    job = await employer.posts_job()
    asked = [ok(await one.applies(job), 201) for one in (first, second, third)]
    assert [states(one)[0] for one in asked] == ["accepted", "waitlisted", "waitlisted"]
    refused(await fourth.applies(job), 409, "shift_full")

    assert states(ok(await first.post(f"/v1/applications/{asked[0]['id']}/withdraw", {}))) == ["withdrawn"]

    mine = ok(await second.get("/v1/me/applications"))["items"][0]
    assert states(mine) == ["accepted"]
    assert states(ok(await third.get("/v1/me/applications"))["items"][0]) == ["waitlisted"]
    await world.deliver()
    assert "promoted" in await second.inbox()
    assert "worker_withdrew" in await employer.inbox()
    assert await world.count("shifts", "hired = 1 AND waiting = 1") == 1
    again = ok(await first.applies(job), 201)
    assert states(again) == ["waitlisted"]


async def test_who_is_busy_by_now_is_passed_over(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second, third = [await world.worker() for _ in range(3)]
    job, other = await employer.posts_job(), await employer.posts_job()
    asked = ok(await first.applies(job), 201)
    ok(await second.applies(job), 201)
    ok(await third.applies(job), 201)
    ok(await second.applies(other), 201)

    ok(await first.post(f"/v1/applications/{asked['id']}/withdraw"))

    gone = ok(await second.get("/v1/me/applications"))["items"][1]["shifts"][0]
    assert (gone["state"], gone["reason"]) == ("expired", "shift_overlaps")
    assert states(ok(await third.get("/v1/me/applications"))["items"][0]) == ["accepted"]


async def test_more_places_are_filled_from_the_waiting_list(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second = await world.worker(), await world.worker()
    job = await employer.posts_job()
    ok(await first.applies(job), 201)
    ok(await second.applies(job), 201)
    path = f"/v1/jobs/{job['id']}/shifts/{job['shifts'][0]['id']}"
    refused(await employer.patch(path, {"headcount": 0}), 422, "invalid")
    ok(await employer.patch(path, {"headcount": 2}))
    await world.deliver()
    assert states(ok(await second.get("/v1/me/applications"))["items"][0]) == ["accepted"]


async def test_a_refused_withdrawal_changes_nothing(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job()
    asked = ok(await worker.applies(job), 201)
    with time_machine.travel(clock.now() + timedelta(days=1, hours=20), tick=True):
        token = await world.fresh_token(worker)
        worker.token = token
        refused(await worker.post(f"/v1/applications/{asked['id']}/withdraw"), 409, "application_state")
    assert await world.count("engagements", "state = 'agreed'") == 1


async def test_requests_without_an_answer_end_with_the_shifts_start(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(hiring="review")
    ok(await worker.applies(job), 201)
    with time_machine.travel(clock.now() + timedelta(days=1, hours=20), tick=True):
        await end_what_was_not_answered(world.database)
        assert await world.count("application_shifts", "state = 'expired' AND reason = 'shift_started'") == 1


async def test_closing_a_posting_ends_what_waits_and_keeps_who_is_taken_on(world: World) -> None:
    employer = await world.employer(trusted=True)
    first, second = await world.worker(), await world.worker()
    job = await employer.posts_job()
    ok(await first.applies(job), 201)
    ok(await second.applies(job), 201)
    ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
    assert await world.count("application_shifts", "state = 'expired'") == 1
    assert await world.count("engagements", "state = 'agreed'") == 1
    assert await world.count("shifts", "waiting = 0") == 1
    await world.deliver()
    assert "declined" in await second.inbox()


def born(years: int, *, days: int = 0) -> date:
    today = clock.today()
    return date(today.year - years, today.month, today.day) + timedelta(days=days)


@pytest.mark.parametrize(
    ("years", "change", "reason"),
    [
        (17, {"trade": "0301"}, "minor_hazardous"),
        (17, {"trade": "0101", "shifts": [shift(20, 4)]}, "minor_night"),
        (17, {"trade": "0101"}, None),
        (18, {"trade": "0101", "shifts": [shift(20, 4)]}, None),
    ],
)
async def test_the_young_do_nothing_hazardous_and_nothing_by_night(
    world: World, years: int, change: Json, reason: str | None
) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker(born=born(years))
    if reason == "minor_hazardous":
        change = change | {"trade": await hazardous_trade(world)}
    job = await employer.posts_job(**change)
    told = ok(await worker.get(f"/v1/jobs/{job['id']}/eligibility"))
    if reason:
        assert reason in told["shifts"][0]["reasons"]
        assert (await worker.applies(job)).status_code == 409
    else:
        assert told["eligible"] is True
        ok(await worker.applies(job), 201)


async def hazardous_trade(world: World) -> str:
    trades = ok(await world.nobody.get("/v1/trades"))["items"]
    return str(next(t["code"] for t in trades if t["hazardous"] and not t["certificate"]))


async def test_eligibility_names_every_reason(world: World) -> None:
    employer = await world.employer(trusted=True)
    stranger = await world.worker(verified=False)
    job = await employer.posts_job(requirements={"certificates": ["SW-HIGH"], "text": None})
    told = ok(await stranger.get(f"/v1/jobs/{job['id']}/eligibility"))
    assert told["eligible"] is False
    assert told["reasons"] == ["real_name_missing", "certificate_missing"]
    assert all(told["shifts"][0]["texts"])
    refused(await stranger.applies(job), 409, "real_name_missing")

    own = Worker(world, token=employer.token)
    ok(await own.put("/v1/me/worker", {"name_shown": "老板"}))
    assert "own_job" in ok(await own.get(f"/v1/jobs/{job['id']}/eligibility"))["reasons"]


async def test_unknown_shifts_and_hidden_jobs(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job, other = await employer.posts_job(), await employer.posts_job()
    foreign = {"shift_ids": [other["shifts"][0]["id"]]}
    problem = refused(await worker.post(f"/v1/jobs/{job['id']}/applications", foreign), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "/shift_ids/0"
    draft = await employer.drafts_job()
    refused(await worker.applies(draft), 404, "not_found")
    refused(await worker.get(f"/v1/jobs/{draft['id']}/eligibility"), 404, "not_found")


async def test_another_workers_application_is_nobodys(world: World) -> None:
    employer, worker, other = await world.employer(trusted=True), await world.worker(), await world.worker()
    job = await employer.posts_job()
    asked = ok(await worker.applies(job), 201)
    refused(await other.post(f"/v1/applications/{asked['id']}/withdraw"), 404, "not_found")
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    refused(await other.get(f"/v1/engagements/{engagement['id']}"), 404, "not_found")
    refused(await other.get(f"/v1/engagements/{engagement['id']}/terms"), 404, "not_found")
    theirs = ok(await employer.get(f"/v1/me/engagements?employer_id={employer.employer_id}"))["items"]
    assert [one["id"] for one in theirs] == [engagement["id"]]
    assert theirs[0]["employer_contact"] is None
