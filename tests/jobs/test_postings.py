"""Postings from draft to closed, and what the law asks of them."""

from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.jobs.review import keep_time
from tests.world import HOUMA, YAODU, World, ok, refused, shift, tomorrow


async def test_a_posting_goes_from_draft_through_review_to_open(world: World) -> None:
    employer = await world.employer()
    job = await employer.drafts_job()
    assert (job["state"], job["division"][:6]) == ("draft", "141002")
    refused(await world.nobody.get(f"/v1/jobs/{job['id']}"), 404, "not_found")

    submitted = ok(await employer.post(f"/v1/jobs/{job['id']}/submit"))
    assert submitted["state"] == "in_review"
    reviewer = await world.staff("141002")
    queue = ok(await reviewer.get("/admin/v1/jobs?unreviewed=true"))["items"]
    assert [case["id"] for case in queue] == [job["id"]]
    ok(await reviewer.post(f"/admin/v1/jobs/{job['id']}/approve", {}))

    seen = ok(await world.nobody.get(f"/v1/jobs/{job['id']}?datum=wgs84"))
    assert seen["state"] == "open"
    assert seen["place"] == YAODU
    assert seen["hourly_fen"] == 2500
    assert seen["station_id"]
    assert await world.count("listings") == 1


async def test_a_posting_is_returned_with_reasons_and_handed_in_again(world: World) -> None:
    employer = await world.employer()
    job = await employer.drafts_job()
    ok(await employer.post(f"/v1/jobs/{job['id']}/submit"))
    reviewer = await world.staff("141002")
    ok(await reviewer.post(f"/admin/v1/jobs/{job['id']}/return", {"reasons": ["请写明具体内容"]}))
    mine = ok(await employer.get(f"/v1/jobs/{job['id']}"))
    assert (mine["state"], mine["reasons"]) == ("draft", ["请写明具体内容"])
    await world.deliver()
    assert "请写明具体内容" in (await employer.texts())[0]
    assert ok(await employer.post(f"/v1/jobs/{job['id']}/submit"))["state"] == "in_review"


async def test_an_incomplete_posting_is_not_handed_in(world: World) -> None:
    employer = await world.employer()
    bare = ok(await employer.post("/v1/jobs", {"employer_id": employer.employer_id, "title": "卸货"}), 201)
    problem = refused(await employer.post(f"/v1/jobs/{bare['id']}/submit"), 422, "posting_incomplete")
    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers == {
        "/trade",
        "/description",
        "/place",
        "/pay",
        "/pay_settlement",
        "/insurance",
        "/valid_until",
        "/shifts",
    }


async def test_only_a_verified_employer_hands_in(world: World) -> None:
    employer = await world.employer(verified=False)
    job = await employer.drafts_job()
    refused(await employer.post(f"/v1/jobs/{job['id']}/submit"), 409, "employer_not_verified")


@pytest.mark.parametrize(
    ("pay", "fits"),
    [
        ({"amount_fen": 2310, "per": "hour"}, True),
        ({"amount_fen": 2309, "per": "hour"}, False),
        ({"amount_fen": 18480, "per": "day"}, True),
        ({"amount_fen": 18479, "per": "day"}, False),
        ({"amount_fen": 1155, "per": "piece", "expected_minutes": 30}, True),
        ({"amount_fen": 1154, "per": "piece", "expected_minutes": 30}, False),
        ({"amount_fen": 18480, "per": "job"}, True),
        ({"amount_fen": 18480, "per": "job", "expected_minutes": 481}, False),
    ],
)
async def test_pay_is_held_to_the_minimum_of_the_county_on_the_day(
    world: World, pay: dict[str, object], *, fits: bool
) -> None:
    employer = await world.employer()
    job = await employer.drafts_job(pay=pay)
    answer = await employer.post(f"/v1/jobs/{job['id']}/submit")
    if fits:
        ok(answer)
    else:
        problem = refused(answer, 422, "below_minimum_wage")
        assert problem["errors"][0]["pointer"] == "/pay/amount_fen"
        assert "23.10" in problem["errors"][0]["message"]


async def test_the_minimum_is_that_of_the_day_of_work(world: World) -> None:
    employer = await world.employer()
    hourly = {"amount_fen": 2400, "per": "hour"}
    until = "2027-03-01T00:00:00+08:00"
    for month, fits in (("2026-12", True), ("2027-01", False)):
        day = {
            "starts_at": f"{month}-28T08:00:00+08:00",
            "ends_at": f"{month}-28T16:00:00+08:00",
            "headcount": 1,
        }
        job = await employer.drafts_job(pay=hourly, shifts=[day], valid_until=until)
        answer = await employer.post(f"/v1/jobs/{job['id']}/submit")
        assert answer.status_code == (200 if fits else 422), answer.text


async def test_piece_pay_states_its_hours(world: World) -> None:
    employer = await world.employer()
    draft = employer.draft(pay={"amount_fen": 100, "per": "piece"})
    problem = refused(await employer.post("/v1/jobs", draft), 422, "invalid")
    assert problem["errors"][0]["code"] == "expected_minutes_required"


async def test_discriminatory_words_and_fees_send_even_a_trusted_posting_to_review(world: World) -> None:
    employer = await world.employer(trusted=True)
    clean = await employer.drafts_job()
    assert ok(await employer.post(f"/v1/jobs/{clean['id']}/submit"))["state"] == "open"
    foul = await employer.drafts_job(title="限男性搬运工", description="入职交押金200元,当天退。")
    held = ok(await employer.post(f"/v1/jobs/{foul['id']}/submit"))
    assert held["state"] == "in_review"
    kinds = {(finding["pointer"], finding["kind"]) for finding in held["findings"]}
    assert {("/title", "sex"), ("/description", "fee")} <= kinds
    assert ok(await world.nobody.get(f"/v1/jobs/{clean['id']}"))["findings"] == []


async def test_a_trusted_posting_is_reviewed_afterwards(world: World) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job()
    reviewer = await world.staff("141002")
    queue = ok(await reviewer.get("/admin/v1/jobs?unreviewed=true"))["items"]
    assert [case["id"] for case in queue] == [job["id"]]
    ok(await reviewer.post(f"/admin/v1/jobs/{job['id']}/approve", {}))
    refused(await reviewer.post(f"/admin/v1/jobs/{job['id']}/approve", {}), 409, "job_state")


async def test_a_place_decides_its_county_and_the_border_is_kind(world: World) -> None:
    employer = await world.employer()
    job = await employer.drafts_job(place=HOUMA)
    assert job["division"].startswith("141081")
    taiyuan = {"lng": 112.55, "lat": 37.87, "datum": "wgs84"}
    answer = await employer.post("/v1/jobs", employer.draft(place=taiyuan))
    refused(answer, 422, "place_outside_city")


async def test_a_shift_lies_in_the_future_and_within_a_day(world: World) -> None:
    employer = await world.employer()
    past = {
        "starts_at": (clock.now() - timedelta(hours=1)).isoformat(),
        "ends_at": (clock.now() + timedelta(hours=1)).isoformat(),
        "headcount": 1,
    }
    refused(await employer.post("/v1/jobs", employer.draft(shifts=[past])), 422, "shift_invalid")
    for wrong in (shift(hours=25), shift(hours=-1), shift(headcount=0)):
        refused(await employer.post("/v1/jobs", employer.draft(shifts=[wrong])), 422, "invalid")
    naive = shift() | {"starts_at": "2026-12-01T08:00:00"}
    problem = refused(await employer.post("/v1/jobs", employer.draft(shifts=[naive])), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "/shifts/0/starts_at"


async def test_an_open_posting_changed_goes_back_to_review_and_keeps_its_version(world: World) -> None:
    employer = await world.employer()
    job = await employer.posts_job()
    seen = await employer.get(f"/v1/jobs/{job['id']}")
    changed = await employer.patch(
        f"/v1/jobs/{job['id']}", {"description": "卸三车瓷砖。"}, headers={"If-Match": seen.headers["etag"]}
    )
    assert ok(changed)["state"] == "in_review"
    assert await world.count("listings") == 0
    stale = await employer.patch(
        f"/v1/jobs/{job['id']}", {"title": "卸货"}, headers={"If-Match": seen.headers["etag"]}
    )
    refused(stale, 412, "stale")


async def test_who_was_taken_on_for_one_trade_is_not_asked_to_do_another(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job(shifts=[shift(headcount=2)])
    ok(await worker.applies(job), 201)
    path = f"/v1/jobs/{job['id']}"
    refused(await employer.patch(path, {"trade": "0101"}), 409, "people_taken_on")
    climbing = {"requirements": {"certificates": ["SW-HIGH"], "text": None}}
    refused(await employer.patch(path, climbing), 409, "people_taken_on")
    ok(await employer.patch(path, {"trade": job["trade"], "title": "仓库卸瓷砖"}))
    ok(await employer.patch(f"/v1/jobs/{job['id']}", {"valid_until": tomorrow(0, days=9).isoformat()}))


async def test_booking_again_starts_from_a_copy(world: World) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job()
    other = ok(await employer.post(f"/v1/jobs/{job['id']}/copy"), 201)
    assert (other["state"], other["shifts"], other["title"]) == ("draft", [], job["title"])
    assert other["place"] == job["place"]
    ok(await employer.post(f"/v1/jobs/{other['id']}/shifts", {"shifts": [shift(days=3)]}), 201)
    ok(await employer.patch(f"/v1/jobs/{other['id']}", {"valid_until": tomorrow(0, days=9).isoformat()}))
    assert ok(await employer.post(f"/v1/jobs/{other['id']}/submit"))["state"] == "open"


async def test_postings_expire_by_themselves(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    full = await employer.posts_job(shifts=[shift()])
    ok(await worker.applies(full), 201)
    idle = await employer.posts_job(shifts=[shift(), shift(days=2)])
    with time_machine.travel(tomorrow(20), tick=True):  # at any hour of today: the first day is over
        await keep_time(world.database)
        assert await world.count("jobs", f"id = '{full['id']}' AND closed_because = 'filled'") == 1
        assert await world.count("jobs", f"id = '{idle['id']}' AND state = 'open'") == 1
        assert await world.count("listings", "next_starts_at > now() + interval '1 day'") == 1
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        await keep_time(world.database)
        assert await world.count("jobs", f"id = '{idle['id']}' AND closed_because = 'expired'") == 1
        assert await world.count("listings") == 0


async def test_closing_and_removing_end_the_search(world: World) -> None:
    employer = await world.employer(trusted=True)
    closed, removed = await employer.posts_job(), await employer.posts_job()
    assert ok(await employer.post(f"/v1/jobs/{closed['id']}/close"))["closed_because"] == "withdrawn"
    refused(await employer.post(f"/v1/jobs/{closed['id']}/close"), 409, "job_state")
    reviewer = await world.staff("141002")
    path = f"/admin/v1/jobs/{removed['id']}/remove"
    assert ok(await reviewer.post(path, {"reason": "虚假招聘"}))["closed_because"] == "removed"
    assert await world.count("listings") == 0


async def test_an_employers_jobs_are_all_its_own_and_open_to_others(world: World) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job()
    await employer.drafts_job()
    path = f"/v1/employers/{employer.employer_id}/jobs"
    assert len(ok(await employer.get(path))["items"]) == 2
    assert [seen["id"] for seen in ok(await world.nobody.get(path))["items"]] == [job["id"]]
