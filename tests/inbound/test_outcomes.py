"""Asking for the province's vacancies, and what it says became of it."""

import asyncio

import pytest

from app.attendance.keeping import ask_who_is_missing, propose_no_shows
from app.core import clock
from app.pay.keeping import find_what_is_overdue
from app.stations.models import Role
from app.sync.models import Scope
from tests.feed.following import Reader
from tests.inbound import vacancies as inbound
from tests.inbound.asked import Asked, asked, sharing, vacancy
from tests.world import Json, World, ok, refused, shift

PAID: Json = {"amount_fen": 20000, "method": "bank"}


async def test_without_the_consent_apart_nothing_is_asked(world: World) -> None:
    job, worker = await vacancy(world), await world.worker()

    told = ok(await worker.get(f"/v1/jobs/{job['id']}/eligibility"))
    assert (told["eligible"], told["reasons"]) == (False, ["province_consent_missing"])
    refused(await worker.applies(job), 409, "province_consent_missing")
    assert await world.count("applications", f"worker_id = '{worker.id}'") == 0

    ok(await worker.put("/v1/me/consents", {"real_name": True, "province": True}))
    assert ok(await worker.get(f"/v1/jobs/{job['id']}/eligibility"))["eligible"]
    assert [one["state"] for one in ok(await worker.applies(job), 201)["shifts"]] == ["pending"]


async def test_nobody_is_proposed_who_could_not_be_referred(world: World) -> None:
    """A station is shown whom it can send: who may be found, and consents to the province knowing."""
    job, clerk = await vacancy(world), await world.staff("141002", Role.CLERK)
    for consents in ({"find_me": True}, {"find_me": True, "province": True}):
        worker = await world.worker(trades=["0301"])
        ok(await worker.put("/v1/me/consents", {"real_name": True} | consents))

    (item,) = ok(await clerk.get(f"/admin/v1/jobs/{job['id']}/candidates"))["items"]

    assert item["worker_id"] == str(worker.id)


async def test_a_job_of_the_city_needs_no_such_consent(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    ok(await worker.applies(await employer.posts_job()), 201)


async def test_who_takes_the_consent_back_waits_for_the_province_no_more(world: World) -> None:
    case = await asked(world, shifts=[shift(days=4), shift(days=5)])
    ok(await case.says("accepted", shift_ids=[case.job["shifts"][0]["id"]]))
    ok(await case.worker.put("/v1/me/consents", {"real_name": True, "province": False}))
    await world.deliver()

    assert await case.states() == ["accepted", "expired"], "what is agreed stands"
    assert any("撤回" in text for text in await case.worker.texts())
    job = ok(await case.worker.get(f"/v1/jobs/{case.job['id']}"))
    assert [one["hired"] for one in job["shifts"]] == [1, 0]


async def test_accepted_is_a_real_engagement_and_the_worker_is_told(world: World) -> None:
    case = await asked(world)
    answer = ok(await case.says("accepted"))
    await world.deliver()

    assert answer["applied"]
    assert [(one["state"], one["version"]) for one in answer["shifts"]] == [("accepted", 1)]
    engagement = await case.engagement()
    assert (engagement["state"], engagement["job"]["id"]) == ("agreed", case.job["id"])
    terms = ok(await case.worker.get(f"/v1/engagements/{engagement['id']}/terms"))
    assert terms["body"]["pay"]["amount_fen"] == 20000
    assert "已被录用" in (await case.worker.texts())[0]
    auditor = await world.staff(role=Role.AUDITOR)
    entries = ok(await auditor.get("/admin/v1/ledger", params={"action": "application.outcome"}))["items"]
    assert [(one["actor_kind"], one["object_id"]) for one in entries] == [("province", case.id)]


async def test_the_same_word_again_and_an_older_one_change_nothing(world: World) -> None:
    case = await asked(world)
    assert ok(await case.says("accepted", 3))["applied"]
    assert not ok(await case.says("accepted", 3))["applied"]
    refused(await case.says("declined", 2), 409, "stale_version")
    refused(await case.says("cancelled", 3), 409, "version_conflict")
    assert ok(await case.says("accepted", 4))["applied"], "a new version of what is so already"
    assert await case.states() == ["accepted"]
    assert await world.count("engagements", f"application_id = '{case.id}'") == 1
    assert await world.count("ledger", f"object_id = '{case.id}' AND action = 'application.outcome'") == 2


async def test_what_is_said_of_one_shift_does_not_outrun_what_is_said_of_another(world: World) -> None:
    case = await asked(world, shifts=[shift(days=4), shift(days=5)])
    first, second = (one["id"] for one in case.job["shifts"])
    ok(await case.says("declined", 2, shift_ids=[second], reason="已招满"))
    ok(await case.says("accepted", 1, shift_ids=[first]))
    assert await case.states() == ["accepted", "declined"]
    await world.deliver()
    assert any("已招满" in text for text in await case.worker.texts())


async def test_many_at_once_take_effect_once(world: World) -> None:
    case = await asked(world)
    answers = await asyncio.gather(*(case.says("accepted", 7) for _ in range(8)))
    assert sorted(ok(one)["applied"] for one in answers) == [False] * 7 + [True]
    assert await world.count("engagements", f"application_id = '{case.id}'") == 1


async def test_who_works_elsewhere_by_then_is_refused_with_the_reason_and_nothing_is_half_done(
    world: World,
) -> None:
    case = await asked(world, shifts=[shift(days=4), shift(days=5)])
    employer = await world.employer(trusted=True)
    ok(await case.worker.applies(await employer.posts_job(shifts=[shift(10, 4, days=5)])), 201)

    refused(await case.says("accepted"), 409, "shift_overlaps")
    assert await case.states() == ["pending", "pending"]
    ok(await case.says("accepted", shift_ids=[case.job["shifts"][0]["id"]]))
    assert await case.states() == ["accepted", "pending"]


async def test_what_the_state_does_not_allow(world: World) -> None:
    case = await asked(world)
    refused(await case.says("completed", minutes=480), 409, "application_state")
    refused(await case.says("paid", **PAID, paid_at=clock.now().isoformat()), 409, "application_state")
    ok(await case.worker.post(f"/v1/applications/{case.id}/withdraw", {}))
    refused(await case.says("accepted"), 409, "application_state")

    other = await asked(world)
    ok(await other.says("accepted", 1))
    refused(await other.says("declined", 2), 409, "application_state")
    refused(await other.says("completed", 3, minutes=480), 409, "shift_not_begun")
    refused(await other.says("completed", 3), 422, "invalid")
    refused(await other.says("paid", 3, amount_fen=1), 422, "invalid")
    unknown = [case.job["shifts"][0]["id"]]
    refused(await other.says("cancelled", 3, shift_ids=unknown), 422, "invalid")


async def test_cancelled_tells_the_worker_and_gives_the_place_back(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted", 1))
    ok(await case.says("cancelled", 2, reason="工地停工"))
    await world.deliver()

    engagement = await case.engagement()
    assert (engagement["state"], engagement["cancelled_by"]) == ("cancelled", "employer")
    assert engagement["cancel_reason"] == "工地停工"
    one = ok(await case.worker.get(f"/v1/jobs/{case.job['id']}"))["shifts"][0]
    assert (one["headcount"], one["hired"]) == (3, 0)
    assert any("请不要前往" in text for text in await case.worker.texts())
    refused(await case.says("accepted", 1), 409, "stale_version")


async def test_a_late_cancellation_is_owed_for_and_paid(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted", 1))
    async with case.after(-2):
        ok(await case.says("cancelled", 2))
        await world.deliver()
        path = f"/v1/engagements/{(await case.engagement())['id']}/pay"
        [owed] = ok(await case.worker.get(path))["items"]
        assert owed["owed_for"] == "late_cancellation"
        given = PAID | {"amount_fen": owed["owed_fen"], "paid_at": clock.now().isoformat()}
        ok(await case.says("paid", 3, shift_ids=[case.job["shifts"][0]["id"]], **given))
        [owed] = ok(await case.worker.get(path))["items"]
        assert (owed["open_fen"], owed["reported_fen"]) == (0, given["amount_fen"])


async def test_wages_are_watched_from_the_work_to_the_workers_word(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted", 1))
    async with case.after(8):
        answer = ok(await case.says("completed", 2, minutes=480))
        assert (answer["shifts"][0]["owed_fen"], answer["shifts"][0]["open_fen"]) == (20000, 20000)
        assert not ok(await case.says("completed", 2, minutes=480))["applied"]
        at = clock.now().isoformat()
        part = ok(await case.says("paid", 3, amount_fen=5000, method="wechat", paid_at=at))
        assert part["shifts"][0]["open_fen"] == 15000
        late = {"method": "wechat", "paid_at": at}
        assert ok(await case.says("paid", 5, amount_fen=20000, **late))["shifts"][0]["open_fen"] == 0
        refused(await case.says("paid", 4, amount_fen=12000, **late), 409, "stale_version")
        refused(await case.says("paid", 6, amount_fen=20001, **late), 422, "more_than_owed")
        await world.deliver()
        path = f"/v1/engagements/{(await case.engagement())['id']}"
        for _ in range(2):
            ok(await case.worker.post(f"{path}/pay-confirmation", {"received": True}))
        await world.deliver()
        assert (await case.engagement())["state"] == "paid"
        assert ok(await case.says("completed", 7, minutes=480))["applied"], "as it is already"
        refused(await case.says("completed", 8, minutes=60), 409, "hours_settled")


async def test_whom_the_clock_missed_was_there_if_the_province_says_so(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted", 1))
    async with case.after(1.1):
        await ask_who_is_missing(world.database)
    async with case.after(2.2):
        await propose_no_shows(world.database)
        assert (await case.engagement())["state"] == "no_show"
    async with case.after(9):
        ok(await case.says("completed", 2, minutes=450))
        assert ((await case.engagement())["state"], (await case.engagement())["minutes"]) == (
            "confirmed",
            450,
        )


async def test_only_applications_for_its_own_vacancies_and_with_the_scope(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(hiring="review")
    of_the_city = ok(await worker.applies(job), 201)
    case = await asked(world)
    body = {"version": 1, "outcome": "declined"}
    for id_ in (of_the_city["id"], "0193a3c0-0000-7000-8000-000000000000"):
        refused(await case.province.put(f"/sync/v1/inbound/applications/{id_}", body), 404, "not_found")
    path = f"/sync/v1/inbound/applications/{case.id}"
    reader = await world.province(Scope.READ_APPLICATION)
    refused(await reader.put(path, body), 403, "insufficient_scope")
    refused(await world.nobody.put(path, body), 401, "unauthenticated")
    refused(await case.worker.put(path, body), 401, "unauthenticated")


@pytest.mark.parametrize("version", [0, -1, 2**53, 1.5, "x", None])
async def test_versions_are_whole_numbers_that_every_reader_counts_to(world: World, version: object) -> None:
    case = await asked(world)
    body = {"version": version, "outcome": "accepted"}
    refused(await case.province.put(f"/sync/v1/inbound/applications/{case.id}", body), 422, "invalid")


async def test_a_worker_who_has_not_consented_since_is_not_taken_on(world: World) -> None:
    case = await asked(world)
    ok(await case.worker.put("/v1/me/consents", {"real_name": True, "province": False}))
    refused(await case.says("accepted"), 409, "province_consent_missing")


async def test_several_may_ask_and_no_more_are_taken_on_than_are_wanted(world: World) -> None:
    case = await asked(world, shifts=[shift(headcount=1, days=4)])
    other = await sharing(world)
    second = ok(await other.applies(case.job), 201)
    ok(await case.says("accepted"))
    path = f"/sync/v1/inbound/applications/{second['id']}"
    answer = ok(await case.province.put(path, {"version": 1, "outcome": "accepted"}))
    assert answer["shifts"][0]["state"] == "waitlisted"
    ok(await case.says("cancelled", 2))
    await world.deliver()
    mine = ok(await other.get("/v1/me/applications"))["items"][0]["shifts"]
    assert mine[0]["state"] == "accepted", "the place that fell free is given on"


async def test_from_the_vacancy_that_comes_down_to_the_wage(world: World) -> None:
    province, worker = await world.province(), await sharing(world)
    given = inbound.vacancy(shifts=[shift(headcount=2, days=3)])
    taken = ok(await province.put("/sync/v1/inbound/jobs/SX-7", given))
    job = ok(await worker.get(f"/v1/jobs/{taken['job_id']}"))
    case = Asked(world, worker, province, job, ok(await worker.applies(job), 201)["id"])
    await world.publish()

    reader = Reader(province, query="&types=application")
    [told] = await reader.follow()
    assert (told["id"], told["data"]["source_id"]) == (case.id, "SX-7")
    ok(await case.says("accepted"))
    await world.deliver()
    assert "已被录用" in (await worker.texts())[0]
    again = given | {"version": 2, "shifts": [shift(headcount=5, days=3)]}
    assert ok(await province.put("/sync/v1/inbound/jobs/SX-7", again))["state"] == "shown"
    async with case.after(8):
        answer = ok(await case.says("completed", 2, minutes=480))
        assert answer["shifts"][0]["owed_fen"] == 20000


async def test_wages_that_do_not_come_are_a_case_by_themselves(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted"))
    async with case.after(8):
        ok(await case.says("completed", 2, minutes=480))
    async with case.after(48):
        await find_what_is_overdue(world.database)
        await world.deliver()
        mine = ok(await case.worker.get("/v1/me/disputes"))["items"]
        assert [one["kind"] for one in mine] == ["wage_arrears"]
        at = clock.now().isoformat()
        ok(await case.says("paid", 3, **PAID, paid_at=at))
        pay = ok(await case.worker.get(f"/v1/engagements/{(await case.engagement())['id']}/pay"))["items"]
        assert [(one["open_fen"], one["reported_fen"]) for one in pay] == [(0, 20000)]
