"""What is out of reach answers 404, like what does not exist: reading and deciding alike."""

from typing import Any

import httpx
import pytest

from app.stations.models import Role
from tests.contracts.furnished import picture
from tests.world import HOUMA, Actor, Employer, Worker, World, ok, refused, shift

NOWHERE = "0193a3c0-0000-7000-8000-000000000000"


async def test_staff_of_another_county_neither_see_nor_decide(world: World) -> None:
    employer = await world.employer(verified=False)
    verified, worker = await world.employer(), await world.worker()
    job = ok(await verified.post(f"/v1/jobs/{(await verified.drafts_job())['id']}/submit"))
    files = {"file": ("card.png", picture(), "image/png")}
    form = {"data": {"kind": "SW-WELD"}, "files": files}
    card = ok(await worker.post("/v1/me/worker/certificates", **form), 201)
    ours, theirs = await world.staff("141002"), await world.staff("141081")
    cases: list[tuple[str, str, Any]] = [
        ("GET", f"/admin/v1/employers/{employer.employer_id}", None),
        ("POST", f"/admin/v1/employers/{employer.employer_id}/verify", {}),
        ("POST", f"/admin/v1/employers/{employer.employer_id}/reject", {"reason": "不清晰"}),
        ("POST", f"/admin/v1/employers/{employer.employer_id}/suspend", {"reason": "核查"}),
        ("POST", f"/admin/v1/employers/{employer.employer_id}/ban", {"reason": "核查"}),
        ("GET", f"/admin/v1/jobs/{job['id']}", None),
        ("POST", f"/admin/v1/jobs/{job['id']}/approve", {}),
        ("POST", f"/admin/v1/jobs/{job['id']}/return", {"reasons": ["请写明"]}),
        ("POST", f"/admin/v1/jobs/{job['id']}/remove", {"reason": "重复"}),
        ("GET", f"/admin/v1/certificates/{card['id']}/picture", None),
        ("POST", f"/admin/v1/certificates/{card['id']}/verify", {}),
        ("POST", f"/admin/v1/certificates/{card['id']}/reject", {"reason": "不清晰"}),
    ]

    for method, path, body in cases:
        _like_nothing(await theirs.call(method, path, json=body), await theirs.call(method, _nowhere(path)))
    for queue in ("employers", "jobs", "certificates"):
        assert ok(await theirs.get(f"/admin/v1/{queue}"))["items"] == []
        assert ok(await ours.get(f"/admin/v1/{queue}"))["items"], queue
    for method, path, body in cases[:1] + cases[5:7] + cases[9:11]:
        assert (await ours.call(method, path, json=body)).status_code == httpx.codes.OK, path


@pytest.mark.parametrize("role", [Role.CLERK, Role.MEDIATOR, Role.MANAGER, Role.OPERATOR, Role.AUDITOR])
async def test_only_reviewers_decide(world: World, role: Role) -> None:
    employer = await world.employer(verified=False)
    staff = await world.staff("1410", role)

    answer = await staff.post(f"/admin/v1/employers/{employer.employer_id}/verify", {})
    refused(answer, 404, "not_found")
    ledger = await staff.get("/admin/v1/ledger")
    assert ledger.status_code == (200 if role is Role.AUDITOR else 404)


async def test_an_auditor_reads_the_ledger_of_the_own_county_alone(world: World) -> None:
    await world.employer()
    await world.employer(place=HOUMA)
    seen = {}
    for division in ("1410", "141002", "141081"):
        auditor = await world.staff(division, Role.AUDITOR)
        entries = ok(await auditor.get("/admin/v1/ledger?action=employer.verify"))["items"]
        seen[division] = {entry["division"][:6] for entry in entries}

    assert seen == {"1410": {"141002", "141081"}, "141002": {"141002"}, "141081": {"141081"}}


async def test_another_employers_things_do_not_exist(world: World) -> None:
    owner, stranger, worker = await world.employer(), await world.employer(), await world.worker()
    job = await owner.posts_job(hiring="review", shifts=[shift(8)])
    draft = await owner.drafts_job()
    asked = ok(await worker.applies(job), 201)
    cases: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/jobs/{draft['id']}", None),
        ("PATCH", f"/v1/jobs/{job['id']}", {"title": "改"}),
        ("POST", f"/v1/jobs/{draft['id']}/submit", None),
        ("POST", f"/v1/jobs/{job['id']}/close", None),
        ("POST", f"/v1/jobs/{job['id']}/copy", None),
        ("POST", f"/v1/jobs/{job['id']}/shifts", {"shifts": [shift(8, days=5)]}),
        ("PATCH", f"/v1/jobs/{job['id']}/shifts/{job['shifts'][0]['id']}", {"headcount": 2}),
        ("GET", f"/v1/jobs/{job['id']}/applications", None),
        ("POST", f"/v1/applications/{asked['id']}/accept", {}),
        ("POST", f"/v1/applications/{asked['id']}/decline", {}),
        ("PATCH", f"/v1/employers/{owner.employer_id}", {"name": "改名"}),
        ("GET", f"/v1/employers/{owner.employer_id}/members", None),
        ("POST", f"/v1/employers/{owner.employer_id}/members", {"phone": "13800138000"}),
        ("DELETE", f"/v1/employers/{owner.employer_id}/members/{owner.id}", None),
        ("GET", f"/v1/me/engagements?employer_id={owner.employer_id}", None),
        ("POST", "/v1/jobs", stranger.draft(employer_id=owner.employer_id)),
    ]
    for caller in (stranger, worker):
        for method, path, body in cases:
            refused(await caller.call(method, path, json=body), 404, "not_found")
    seen = ok(await stranger.get(f"/v1/employers/{owner.employer_id}/jobs"))["items"]
    assert [one["id"] for one in seen] == [job["id"]]
    assert ok(await stranger.get(f"/v1/employers/{owner.employer_id}"))["own"] is None


async def test_a_recruiter_is_no_owner(world: World) -> None:
    owner = await world.employer()
    recruiter = await world.person()
    members = f"/v1/employers/{owner.employer_id}/members"
    ok(await owner.post(members, {"phone": recruiter.phone}), 201)

    ok(await recruiter.get(members))
    ok(await recruiter.post("/v1/jobs", owner.draft()), 201)
    refused(await recruiter.post(members, {"phone": "13800138000", "role": "owner"}), 404, "not_found")
    refused(await recruiter.delete(f"{members}/{owner.id}"), 404, "not_found")
    refused(await recruiter.patch(f"/v1/employers/{owner.employer_id}", {"name": "改名"}), 404, "not_found")


async def test_another_workers_things_do_not_exist(world: World) -> None:
    employer, worker, other = await world.employer(), await world.worker(), await world.worker()
    job = await employer.posts_job(shifts=[shift(8, headcount=2)])
    asked = ok(await worker.applies(job), 201)
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    moved = f"/v1/jobs/{job['id']}/shifts/{job['shifts'][0]['id']}"
    ok(await employer.patch(moved, {"starts_at": shift(9)["starts_at"]}))
    change = ok(await worker.get(f"/v1/engagements/{engagement['id']}"))["changes"][0]
    files = {"file": ("card.png", picture(), "image/png")}
    form = {"data": {"kind": "SW-WELD"}, "files": files}
    card = ok(await worker.post("/v1/me/worker/certificates", **form), 201)
    session = ok(await worker.get("/v1/auth/sessions"))["items"][0]
    cases = [
        ("POST", f"/v1/applications/{asked['id']}/withdraw"),
        ("GET", f"/v1/engagements/{engagement['id']}"),
        ("GET", f"/v1/engagements/{engagement['id']}/terms"),
        ("POST", f"/v1/engagements/{engagement['id']}/changes/{change['id']}/accept"),
        ("POST", f"/v1/engagements/{engagement['id']}/changes/{change['id']}/refuse"),
        ("DELETE", f"/v1/me/worker/certificates/{card['id']}"),
        ("DELETE", f"/v1/auth/sessions/{session['id']}"),
    ]

    for method, path in cases:
        _like_nothing(await other.call(method, path), await other.call(method, _nowhere(path)))
    assert ok(await other.get("/v1/me/applications"))["items"] == []
    assert ok(await other.get("/v1/me/engagements"))["items"] == []
    await _contact_is_told_to_who_was_taken_on(employer, worker, engagement["id"])


async def _contact_is_told_to_who_was_taken_on(
    employer: Employer, worker: Worker, engagement_id: str
) -> None:
    path = f"/v1/engagements/{engagement_id}"
    assert ok(await worker.get(path))["employer_contact"]
    assert ok(await employer.get(path))["employer_contact"] is None


async def test_nobody_gets_past_a_door_that_names_its_actor(world: World) -> None:
    for path in ("/v1/me", "/v1/me/data", "/v1/me/worker", "/v1/me/notifications", "/admin/v1/employers"):
        refused(await Actor(world).get(path), 401, "unauthenticated")


def _nowhere(path: str) -> str:
    """Return the path with its last id put for one that does not exist."""
    ids = [part for part in path.split("/") if part.count("-") == NOWHERE.count("-")]
    return path.replace(ids[-1], NOWHERE)


def _like_nothing(answer: httpx.Response, nothing: httpx.Response) -> None:
    refused(answer, 404, "not_found")
    if nothing.status_code == httpx.codes.NOT_FOUND:
        told, absent = answer.json(), nothing.json()
        assert told | {"instance": ""} == absent | {"instance": ""}
