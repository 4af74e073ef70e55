"""Employers come to fairs by invitation or application, and show their jobs in an order."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.employers.verification import let_verifications_run_out
from app.fairs.booth_schemas import MOST_BOOTHS
from app.stations.models import Role
from tests.fairs.planned import FAIRS, accepted, invited, opened, plan, shows, with_booth
from tests.fairs.test_live import hall
from tests.world import HOUMA, Actor, Employer, Json, World, ok, refused, tomorrow

COUNTY, OTHER = "141002", "141081"
NOWHERE = "0193a3c0-0000-7000-8000-000000000000"


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff(COUNTY, Role.MANAGER)


def own(employer: Employer, booth: Json | None = None, verb: str = "") -> str:
    path = f"/v1/employers/{employer.employer_id}/booths"
    return "/".join(filter(None, (path, booth["id"] if booth else "", verb)))


def staffs(fair: Json, booth: Json, verb: str = "") -> str:
    return "/".join(filter(None, (f"{FAIRS}/{fair['id']}/booths/{booth['id']}", verb)))


async def applies(employer: Employer, fair: Json, *jobs: Json, status: int = 201, **given: Any) -> Json:
    body = {"fair_id": fair["id"], "jobs": [job["id"] for job in jobs]} | given
    booth: Json = ok(await employer.post(own(employer), body), status)
    return booth


def pointers(problem: Json) -> dict[str, str]:
    return {fault["pointer"]: fault["code"] for fault in problem["errors"]}


async def test_an_invited_employer_sees_the_planned_fair_and_comes(world: World, manager: Actor) -> None:
    employer, stranger = await world.employer(place=HOUMA), await world.employer()
    fair = await plan(manager)
    booth = await invited(manager, fair, employer, label="A-12")
    assert (booth["state"], booth["order"], booth["employer"]["id"]) == ("invited", 1, employer.employer_id)

    mine = ok(await employer.get(own(employer)))["items"]
    assert [(one["id"], one["state"], one["fair"]["title"]) for one in mine] == [
        (booth["id"], "invited", fair["title"])
    ]
    refused(await stranger.get(own(employer)), 404, "not_found")
    refused(await stranger.post(own(employer, booth, "accept")), 404, "not_found")
    refused(
        await manager.post(staffs(fair, booth, "accept")), 409, "booth_state"
    )  # it is the employer's to say

    held = ok(await employer.post(own(employer, booth, "accept")))
    assert (held["state"], held["label"]) == ("accepted", "A-12")
    refused(await employer.post(own(employer, booth, "decline")), 409, "booth_state")
    seen = ok(await manager.get(f"{FAIRS}/{fair['id']}/booths"))["items"]
    assert [(one["state"], one["employer"]["name"]) for one in seen] == [
        ("accepted", booth["employer"]["name"])
    ]


async def test_an_employer_applies_and_the_station_decides(world: World, manager: Actor) -> None:
    employer = await world.employer(trusted=True)
    job = await employer.posts_job()
    planned = await plan(manager, days=9)
    refused(await employer.post(own(employer), {"fair_id": planned["id"]}), 404, "not_found")
    fair = await opened(manager)

    booth = await applies(employer, fair, job, label="门口")
    assert (booth["state"], [one["job_id"] for one in booth["jobs"]]) == ("applied", [job["id"]])
    refused(await employer.post(own(employer), {"fair_id": fair["id"]}), 409, "booth_taken")
    assert [
        b["id"] for b in ok(await manager.get(f"{FAIRS}/{fair['id']}/booths?state=applied"))["items"]
    ] == [booth["id"]]

    turned_down = ok(await manager.post(staffs(fair, booth, "reject"), {"reason": "岗位与主题不符"}))
    assert (turned_down["state"], turned_down["jobs"]) == ("rejected", [])
    assert ok(await employer.get(own(employer, booth)))["reason"] == "岗位与主题不符"
    again = await applies(employer, fair, job)
    held = ok(await manager.post(staffs(fair, again, "accept")))
    assert held["state"] == "accepted"
    auditor = await world.staff(COUNTY, Role.AUDITOR)
    noted = ok(await auditor.get("/admin/v1/ledger?object_kind=fair_booth"))["items"]
    assert [one["action"] for one in noted] == ["fair_booth.accept", "fair_booth.reject"]
    kinds = {"BoothApplied": 2, "BoothEnded": 1, "BoothAccepted": 1}
    for kind, times in kinds.items():
        assert await world.count("events", f"kind = '{kind}'") == times


async def test_who_asks_and_takes_back_without_end_is_told_to_wait(world: World, manager: Actor) -> None:
    employer = await world.employer()
    fair = await opened(manager)
    for _ in range(30):
        booth = await applies(employer, fair)
        ok(await employer.post(own(employer, booth, "withdraw"), {}))
    refused(await employer.post(own(employer), {"fair_id": fair["id"]}), 429, "too_many_requests")


async def test_only_verified_employers_come(world: World, manager: Actor) -> None:
    unverified, later = await world.employer(verified=False), await world.employer()
    fair = await opened(manager)
    path = f"{FAIRS}/{fair['id']}/booths"
    refused(await manager.post(path, {"employer_id": unverified.employer_id}), 409, "employer_not_verified")
    refused(await unverified.post(own(unverified), {"fair_id": fair["id"]}), 409, "employer_not_verified")
    problem = refused(await manager.post(path, {"employer_id": NOWHERE}), 422, "invalid")
    assert pointers(problem) == {"/employer_id": "employer_unknown"}

    booth = await applies(later, fair)
    reviewer = await world.staff()
    ok(await reviewer.post(f"/admin/v1/employers/{later.employer_id}/suspend", {"reason": "核查"}))
    refused(await manager.post(staffs(fair, booth, "accept")), 409, "employer_not_verified")


async def test_who_is_suspended_loses_its_booths_and_whose_verification_lapses_does_not(world: World) -> None:
    manager, fair, employer, _ = await with_booth(world, jobs=1)
    lapsing = await world.employer()
    kept = await accepted(manager, fair, lapsing)
    reviewer = await world.staff()
    ok(await reviewer.post(f"/admin/v1/employers/{employer.employer_id}/suspend", {"reason": "核查"}))
    await world.look(
        "UPDATE employers SET verified_until = now() WHERE id = $1 RETURNING 1", lapsing.employer_id
    )
    await let_verifications_run_out(world.database)
    await world.deliver()

    seen = ok(await manager.get(f"{FAIRS}/{fair['id']}/booths"))["items"]
    assert [(one["state"], one["reason"]) for one in seen] == [
        ("withdrawn", "用工主体已被暂停"),
        ("accepted", None),
    ]
    assert seen[1]["id"] == kept["id"]
    assert seen[1]["employer"]["verified"] is False
    assert await world.count("fair_jobs") == 0
    ended = "kind = 'BoothEnded' AND (payload->>'by_station')::boolean"
    assert await world.count("events", ended) == 1


async def test_booths_are_taken_back_and_given_up(world: World, manager: Actor) -> None:
    fair = await opened(manager)
    first, second, third = [await world.employer() for _ in range(3)]
    held, asked = await accepted(manager, fair, first), await applies(second, fair)
    invitation = await invited(manager, fair, third)

    refused(await first.post(own(first, held, "decline")), 409, "booth_state")
    assert ok(await first.post(own(first, held, "withdraw")))["state"] == "withdrawn"
    assert ok(await second.post(own(second, asked, "withdraw")))["state"] == "withdrawn"
    assert ok(await third.post(own(third, invitation, "decline")))["state"] == "declined"
    again = await invited(manager, fair, third)
    taken_back = ok(await manager.post(staffs(fair, again, "withdraw"), {"reason": "名额已满"}))
    assert (taken_back["state"], taken_back["reason"]) == ("withdrawn", "名额已满")
    assert ok(await manager.get(f"{FAIRS}/{fair['id']}"))["booths"] == []


async def test_once_it_begins_employers_change_nothing(world: World) -> None:
    manager, fair, employer, jobs = await with_booth(world, days=1)
    booth, late = fair["booths"][0], await world.employer()
    with time_machine.travel(datetime.fromisoformat(fair["starts_at"]) + timedelta(seconds=1), tick=True):
        employer.token, late.token = await world.fresh_token(employer), await world.fresh_token(late)
        refused(await employer.post(own(employer, booth, "withdraw")), 409, "fair_begun")
        refused(await employer.put(own(employer, booth, "jobs"), {"jobs": []}), 409, "fair_begun")
        refused(await late.post(own(late), {"fair_id": fair["id"]}), 409, "fair_begun")
        still = await world.staff("1410", Role.MANAGER)
        await shows(still, booth, *jobs, at=[fair["starts_at"]])
    assert manager


async def test_a_booth_shows_the_employers_own_open_jobs_within_its_time(world: World) -> None:
    manager, fair, employer, (job,) = await with_booth(world)
    other = await world.employer(trusted=True)
    booth, draft, theirs = fair["booths"][0], await employer.drafts_job(), await other.posts_job()
    at = [tomorrow(hour, days=3).isoformat() for hour in (8, 9, 10, 11)]
    listed = [
        {"job_id": theirs["id"]},
        {"job_id": draft["id"]},
        {"job_id": job["id"], "planned_at": at[2]},
        {"job_id": job["id"], "planned_at": at[1]},
        {"job_id": NOWHERE, "planned_at": at[3]},
        {"job_id": NOWHERE[:-1] + "1", "planned_at": at[0]},
    ]
    for caller, path in ((manager, staffs(fair, booth, "jobs")), (employer, own(employer, booth, "jobs"))):
        problem = refused(await caller.put(path, {"jobs": listed}), 422, "invalid")
        assert pointers(problem) == {
            "/jobs/0/job_id": "job_not_shown",
            "/jobs/1/job_id": "job_not_shown",
            "/jobs/3/job_id": "listed_twice",
            "/jobs/3/planned_at": "job_out_of_order",
            "/jobs/4/job_id": "job_not_shown",
            "/jobs/4/planned_at": "job_outside",
            "/jobs/5/job_id": "job_not_shown",
            "/jobs/5/planned_at": "job_outside",
        }
        assert ok(await employer.get(own(employer, booth)))["jobs"][0]["planned_at"] is None

    second = await employer.posts_job(title="分拣")
    body = {
        "jobs": [{"job_id": second["id"], "planned_at": at[1]}, {"job_id": job["id"], "planned_at": at[2]}]
    }
    shown = ok(await employer.put(own(employer, booth, "jobs"), body))
    assert [one["title"] for one in shown["jobs"]] == ["分拣", job["title"]]
    ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
    seen = ok(await manager.get(f"{FAIRS}/{fair['id']}"))["booths"][0]["jobs"]
    assert [one["state"] for one in seen] == ["open", "closed"]


async def test_a_shown_job_that_filled_does_not_hold_up_the_timetable(world: World) -> None:
    on = await hall(world)
    await on.shows(0)
    first, second, third = (job["id"] for job in on.jobs)
    ok(await on.employer.post(f"/v1/jobs/{first}/close"))
    booth = ok(await on.host.get(f"{FAIRS}/{on.fair_id}"))["booths"][0]
    jobs = {"jobs": [{"job_id": one} for one in (first, third, second)]}
    path = staffs({"id": str(on.fair_id)}, booth, "jobs")
    shown = ok(await on.host.put(path, jobs))
    assert (shown["jobs"][0]["job_id"], shown["jobs"][0]["state"]) == (first, "closed")
    ok(await on.host.put(f"{FAIRS}/{on.fair_id}/timetable", {"booths": [{"booth_id": booth["id"]} | jobs]}))
    left_out = refused(await on.host.put(path, {"jobs": jobs["jobs"][1:]}), 422, "invalid")
    assert pointers(left_out) == {"/jobs": "job_was_shown"}


async def test_a_booth_is_put_elsewhere(world: World) -> None:
    manager, fair, _, (job,) = await with_booth(world)
    booth = fair["booths"][0]
    await shows(manager, booth, job, at=[tomorrow(9, days=3).isoformat()])
    path, later = staffs(fair, booth), {"starts_at": tomorrow(10, days=3).isoformat()}

    problem = refused(await manager.patch(path, later), 422, "invalid")
    assert pointers(problem) == {"/starts_at": "job_outside"}
    await shows(manager, booth, job)
    refused(await manager.patch(path, {"ends_at": tomorrow(12, days=3).isoformat()}), 422, "booth_times")
    refused(await manager.patch(path, later, headers={"If-Match": '"1"'}), 412, "stale")
    refused(await manager.patch(staffs({"id": NOWHERE}, booth), later), 404, "not_found")
    moved = ok(await manager.patch(path, later | {"label": "B-1", "order": 7}))
    assert (moved["label"], moved["order"]) == ("B-1", 7)
    ok(await manager.patch(path, {"order": 2}))
    assert await world.count("events", "kind = 'BoothChanged'") == 1


async def test_the_timetable_is_set_whole_or_not_at_all(world: World) -> None:
    manager, fair, employer, (job,) = await with_booth(world)
    other, asks = await world.employer(trusted=True), await world.employer()
    theirs = await other.posts_job()
    second, applied = await accepted(manager, fair, other), await applies(asks, fair)
    first, path = fair["booths"][0], f"{FAIRS}/{fair['id']}/timetable"
    nine, ten, half, eleven = (
        (tomorrow(9, days=3) + timedelta(minutes=m)).isoformat() for m in (0, 60, 90, 120)
    )
    wrong = {
        "booths": [
            {"booth_id": second["id"], "starts_at": nine, "ends_at": ten, "jobs": [{"job_id": job["id"]}]},
            {
                "booth_id": first["id"],
                "starts_at": ten,
                "ends_at": eleven,
                "jobs": [{"job_id": job["id"], "planned_at": nine}],
            },
        ]
    }
    problem = refused(await manager.put(path, wrong), 422, "invalid")
    assert pointers(problem) == {
        "/booths/0/jobs/0/job_id": "job_not_shown",
        "/booths/1/jobs/0/planned_at": "job_outside",
    }
    twice = {"booths": [{"booth_id": second["id"], "jobs": []}] * 2 + [{"booth_id": NOWHERE, "jobs": []}]}
    problem = refused(await manager.put(path, twice), 422, "invalid")
    assert pointers(problem) == {
        "/booths/1/booth_id": "listed_twice",
        "/booths/2/booth_id": "booth_unknown",
        "/booths": "booth_left_out",
    }
    before = ok(await manager.get(f"{FAIRS}/{fair['id']}"))["booths"]
    assert [(one["id"], one["order"]) for one in before][:2] == [(first["id"], 1), (second["id"], 2)]

    wrong["booths"][0]["jobs"] = [{"job_id": theirs["id"], "planned_at": nine}]
    wrong["booths"][1]["jobs"] = [{"job_id": job["id"], "planned_at": half}]
    set_ = ok(await manager.put(path, wrong))
    assert [(one["id"], one["order"], one["state"]) for one in set_["booths"]] == [
        (second["id"], 1, "accepted"),
        (first["id"], 2, "accepted"),
        (applied["id"], 3, "applied"),
    ]
    assert [one["jobs"][0]["title"] for one in set_["booths"][:2]] == [theirs["title"], job["title"]]
    refused(await manager.put(path, wrong, headers={"If-Match": f'"{fair["version"]}"'}), 412, "stale")
    assert employer


async def test_a_fair_has_as_many_booths_as_it_may_have(world: World, manager: Actor) -> None:
    fair, employer = await opened(manager), await world.employer()
    await world.look(
        """WITH made AS (
             INSERT INTO employers (id, kind, name, uscc, legal_index, contact_sealed, place, division,
                                    county_code, station_id, state, version, trusted, hires, disputes_lost)
             SELECT gen_random_uuid(), e.kind, e.name, e.uscc, e.legal_index, e.contact_sealed, e.place,
                    e.division, e.county_code, e.station_id, 'pending', 1, false, 0, 0
               FROM employers e, generate_series(1, $2::int) WHERE e.id = $3 RETURNING id)
           INSERT INTO fair_booths (id, fair_id, employer_id, state, "order", starts_at, ends_at, version)
           SELECT gen_random_uuid(), f.id, made.id, 'invited', 1, f.starts_at, f.ends_at, 1
             FROM made, fairs f WHERE f.id = $1""",
        fair["id"],
        MOST_BOOTHS,
        employer.employer_id,
    )
    refused(await employer.post(own(employer), {"fair_id": fair["id"]}), 409, "booths_full")
    first = ok(await manager.get(f"{FAIRS}/{fair['id']}/booths?limit=100"))
    rest = ok(await manager.get(f"{FAIRS}/{fair['id']}/booths?limit=100&cursor={first['next_cursor']}"))
    assert len({one["id"] for one in first["items"] + rest["items"]}) == MOST_BOOTHS
    assert rest["next_cursor"] is None


async def test_two_decide_at_once_and_one_is_right(world: World, manager: Actor) -> None:
    fair, employer = await opened(manager), await world.employer()
    booth = await applies(employer, fair)
    answers = await asyncio.gather(
        manager.post(staffs(fair, booth, "accept")),
        manager.post(staffs(fair, booth, "reject"), {"reason": "不符"}),
        employer.post(own(employer, booth, "withdraw")),
    )
    assert [one.status_code for one in answers].count(200) in (1, 2)  # accepted, then given up
    assert not [one for one in answers if one.status_code not in (200, 409)]


async def test_another_countys_staff_find_nothing(world: World, manager: Actor) -> None:
    fair, employer = await opened(manager), await world.employer()
    booth = await applies(employer, fair)
    there = await world.staff(OTHER, Role.MANAGER)
    refused(await there.get(f"{FAIRS}/{fair['id']}/booths"), 404, "not_found")
    refused(await there.post(staffs(fair, booth, "accept")), 404, "not_found")
    refused(await there.put(f"{FAIRS}/{fair['id']}/timetable", {"booths": []}), 404, "not_found")
    clerk = await world.staff(COUNTY, Role.CLERK)
    ok(await clerk.get(f"{FAIRS}/{fair['id']}/booths"))
    refused(await clerk.post(staffs(fair, booth, "accept")), 404, "not_found")
