"""A vacancy comes down: shown to workers with its source, kept up with, closed."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import time_machine

from app.core import clock
from app.sync.models import Scope
from tests.inbound.vacancies import Json, batch, line, state_of, vacancy
from tests.world import HOUMA, YAODU, World, ok, refused, shift

JOBS = "/sync/v1/inbound/jobs"


async def test_a_vacancy_is_shown_with_its_source(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)

    taken = ok(await province.put(f"{JOBS}/SX-1", vacancy()))

    assert (taken["status"], taken["state"], taken["faults"]) == ("stored", "shown", [])
    found = ok(await world.nobody.get("/v1/jobs"))["items"]
    assert [item["job"]["id"] for item in found] == [taken["job_id"]]
    assert (found[0]["job"]["source"], found[0]["job"]["source_name"]) == ("province", "省平台")
    shown = ok(await world.nobody.get(f"/v1/jobs/{taken['job_id']}"))
    assert (shown["source"], shown["source_name"], shown["hiring"]) == ("province", "省平台", "review")
    assert shown["employer"]["name"] == "太原物流公司"
    assert shown["employer"]["verified"]
    bbox = "111.4,36.0,111.6,36.2"
    clusters = ok(await world.nobody.get(f"/v1/jobs/map?bbox={bbox}&zoom=12"))
    assert sum(one["jobs"] for one in clusters["clusters"]) == 1
    assert ok(await world.nobody.get(f"/v1/jobs/{taken['job_id']}.jsonld"))["title"] == "物流园分拣"


async def test_the_same_again_changes_nothing(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    first = ok(await province.put(f"{JOBS}/SX-1", given))

    again = ok(await province.put(f"{JOBS}/SX-1", given))

    assert again["status"] == "unchanged"
    assert again["job_id"] == first["job_id"]
    assert await world.count("jobs") == 1


async def test_other_content_under_the_same_version_is_refused(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    ok(await province.put(f"{JOBS}/SX-1", given))

    refused(await province.put(f"{JOBS}/SX-1", given | {"title": "另一个"}), 409, "version_conflict")


async def test_an_older_version_never_overwrites(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    ok(await province.put(f"{JOBS}/SX-1", given | {"version": 3, "title": "第三版"}))

    refused(await province.put(f"{JOBS}/SX-1", given | {"version": 2}), 409, "stale_version")

    found = ok(await world.nobody.get("/v1/jobs"))["items"]
    assert [item["job"]["title"] for item in found] == ["第三版"]


async def test_an_older_version_does_not_undo_a_closing(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    ok(await province.put(f"{JOBS}/SX-1", given))

    closed = ok(await province.delete(f"{JOBS}/SX-1?version=3"))

    assert (closed["status"], closed["state"]) == ("closed", "closed")
    assert ok(await province.delete(f"{JOBS}/SX-1?version=3"))["status"] == "unchanged"
    refused(await province.put(f"{JOBS}/SX-1", given | {"version": 2}), 409, "stale_version")
    assert ok(await world.nobody.get("/v1/jobs"))["items"] == []
    again = ok(await province.put(f"{JOBS}/SX-1", given | {"version": 4}))
    assert again["state"] == "shown"


async def test_a_closing_may_come_before_its_vacancy(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)

    ok(await province.delete(f"{JOBS}/SX-1?version=2"))

    refused(await province.put(f"{JOBS}/SX-1", vacancy()), 409, "stale_version")


async def test_if_match_names_the_version_that_is_replaced(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    first = await province.put(f"{JOBS}/SX-1", given)
    unnumbered = {name: value for name, value in given.items() if name != "version"}

    refused(await province.put(f"{JOBS}/SX-1", unnumbered), 422, "invalid")
    refused(await province.put(f"{JOBS}/SX-1", unnumbered, headers={"If-Match": '"7"'}), 412, "stale")
    mended = unnumbered | {"title": "改过的"}
    tag = {"If-Match": first.headers["etag"]}
    assert ok(await province.put(f"{JOBS}/SX-1", mended, headers=tag))["version"] == 2
    refused(await province.put(f"{JOBS}/SX-1", given | {"version": 5}, headers=tag), 412, "stale")
    refused(await province.delete(f"{JOBS}/SX-1", headers=tag), 412, "stale")


async def test_of_twenty_versions_at_once_the_highest_wins(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy()
    versions = list(range(1, 21))
    random.Random(6).shuffle(versions)

    answers = await asyncio.gather(
        *(province.put(f"{JOBS}/SX-1", given | {"version": n, "title": f"第 {n} 版"}) for n in versions)
    )

    for version, answer in zip(versions, answers, strict=True):
        if answer.status_code == 200:
            assert (answer.json()["status"], answer.json()["version"]) == ("stored", version)
        else:
            refused(answer, 409, "stale_version")
    found = ok(await world.nobody.get("/v1/jobs"))["items"]
    assert [item["job"]["title"] for item in found] == ["第 20 版"]
    assert (await state_of(province, "SX-1"))["version"] == 20


async def test_vacancies_of_one_employer_at_once_have_one_employer(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    employer = vacancy()["employer"]

    answers = await asyncio.gather(
        *(province.put(f"{JOBS}/SX-{n}", vacancy(employer=employer)) for n in range(8))
    )

    assert {ok(answer)["state"] for answer in answers} == {"shown"}
    assert await world.count("employers") == 1


async def test_two_spellings_of_one_employer_do_not_take_turns(world: World) -> None:
    """Each new name has all of its postings read anew, so it is changed once an hour at most."""
    province, given = await world.province(Scope.WRITE_JOB), vacancy()

    async def told(version: int, name: str, minutes: int = 0) -> str:
        mended = given | {"version": version, "employer": given["employer"] | {"name": name}}
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
            province.token = await world.province_token(province.client_id)
            shown = ok(await province.put(f"{JOBS}/SX-1", mended))
        job = ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))
        return str(job["employer"]["name"])

    assert await told(1, "晋阳物流") == "晋阳物流"
    assert await told(2, "晋阳物流公司", minutes=1) == "晋阳物流公司", "what was mistyped is mended at once"
    assert await told(3, "晋阳物流", minutes=2) == "晋阳物流公司"
    assert await told(4, "晋阳物流", minutes=62) == "晋阳物流"


async def test_an_update_changes_the_posting(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    first = vacancy(shifts=[shift(8, headcount=3), shift(8, days=2, headcount=2)])
    job_id = ok(await province.put(f"{JOBS}/SX-1", first))["job_id"]
    before = ok(await world.nobody.get(f"/v1/jobs/{job_id}"))["shifts"]

    second = first | {
        "version": 2,
        "pay": {"amount_fen": 26000, "per": "day"},
        "place": HOUMA,
        "shifts": [shift(9, headcount=4), shift(8, days=3)],
    }
    taken = ok(await province.put(f"{JOBS}/SX-1", second))

    assert (taken["state"], taken["job_id"]) == ("shown", job_id)
    now = ok(await world.nobody.get(f"/v1/jobs/{job_id}"))
    assert now["pay"]["amount_fen"] == 26000
    assert now["division"].startswith("141081")
    counts = {one["id"]: (one["starts_at"], one["headcount"]) for one in now["shifts"]}
    assert counts[before[0]["id"]] == (_utc(second["shifts"][0]["starts_at"]), 4)  # it moved by an hour
    assert counts[before[1]["id"]][1] == 0  # not wanted any more
    assert len(counts) == 3


async def test_what_has_run_out_is_closed(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)

    over = vacancy(shifts=[shift(days=-2)])

    assert ok(await province.put(f"{JOBS}/SX-1", over))["state"] == "closed"
    partly = vacancy(shifts=[shift(days=-2), shift(days=2)])
    shown = ok(await province.put(f"{JOBS}/SX-2", partly))
    assert shown["state"] == "shown"
    assert len(ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))["shifts"]) == 1


async def test_a_division_stands_for_a_place_that_is_not_told(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    given = vacancy(division="141081001")
    del given["place"]

    shown = ok(await province.put(f"{JOBS}/SX-1", given))

    assert shown["state"] == "shown", shown
    place = ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))["place"]
    assert "驻地" in place["address"]


async def test_a_batch_is_answered_line_by_line_and_settled_by_the_worker(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    employer = vacancy()["employer"]
    lines: list[Json | bytes] = [
        line("SX-1", 1, employer=employer),
        line("SX-2", 2, employer=employer),
        {"source_id": "SX-2", "version": 1, "closed": True},
        line("SX-2", 3, employer=employer),
        {"source_id": "SX-1", "version": 2, "closed": True},
        b"",
        b"{not json",
        {"source_id": "SX-3", "version": 1},
    ]

    told = await batch(province, *lines)

    statuses = [(one["line"], one["source_id"], one["status"]) for one in told]
    assert statuses == [
        (1, "SX-1", "stored"),
        (2, "SX-2", "stored"),
        (3, "SX-2", "stale"),
        (4, "SX-2", "stored"),
        (5, "SX-1", "closed"),
        (7, None, "invalid"),
        (8, "SX-3", "invalid"),
    ]
    assert [one["code"] for one in told[-1]["errors"]] == ["job_or_closed"]
    assert (await state_of(province, "SX-2"))["state"] == "received"
    await world.settle()
    assert (await state_of(province, "SX-2"))["state"] == "shown"
    assert (await state_of(province, "SX-1"))["state"] == "closed"
    assert len(ok(await world.nobody.get("/v1/jobs"))["items"]) == 1


async def test_the_list_shows_what_became_of_them(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    for n in range(3):
        ok(await province.put(f"{JOBS}/SX-{n}", vacancy(place=YAODU)))
    ok(await province.put(f"{JOBS}/SX-3", vacancy(trade="X99")))

    first = ok(await province.get(f"{JOBS}?limit=2&state=shown"))
    rest = ok(await province.get(f"{JOBS}?limit=2&state=shown&cursor={first['next_cursor']}"))

    ids = [item["source_id"] for item in [*first["items"], *rest["items"]]]
    assert ids == ["SX-0", "SX-1", "SX-2"]
    assert rest["next_cursor"] is None


async def test_a_client_without_the_scope_is_refused(world: World) -> None:
    province = await world.province(Scope.READ_JOB)

    refused(await province.put(f"{JOBS}/SX-1", vacancy()), 403, "insufficient_scope")


def _utc(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(UTC).isoformat().replace("+00:00", "Z")
