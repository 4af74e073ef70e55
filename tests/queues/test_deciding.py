"""Many cases decided with one call, each as if it were alone."""

from uuid import UUID, uuid4

from app.jobs.models import Job
from app.stations.models import Role
from app.workers.models import Worker
from tests.contracts.furnished import picture
from tests.world import HOUMA, Actor, Json, World, ok, refused

QUEUES = "/admin/v1/queues"


async def decided(actor: Actor, kind: str, case_ids: list[str], **given: str) -> dict[str, str | None]:
    """Return what became of each case: none, or why it was not done."""
    body: Json = {"case_ids": case_ids, "decision": "approve"} | given
    items = ok(await actor.post(f"{QUEUES}/{kind}/decide", body))["items"]
    assert [one["case_id"] for one in items] == list(dict.fromkeys(case_ids))
    assert all(one["done"] is (one["code"] is None) for one in items)
    return {one["case_id"]: one["code"] for one in items}


async def test_what_is_refused_undoes_nothing_of_the_rest(world: World) -> None:
    one, two, held = [(await world.employer(verified=False)).employer_id for _ in range(3)]
    verified = (await world.employer()).employer_id
    far = (await world.employer(verified=False, place=HOUMA)).employer_id
    reviewer, other = await world.staff("141002"), await world.staff("141002")
    ok(await other.post(f"{QUEUES}/employers/{held}/claim"))
    nobody = str(uuid4())
    said = await decided(reviewer, "employers", [one, held, far, nobody, verified, two, one])
    absent = dict.fromkeys([far, nobody, verified], "not_found")
    assert said == {one: None, two: None, held: "case_held", **absent}
    assert await world.count("employers", "state = 'verified'") == 3
    mine = f"action = 'employer.verify' AND actor_id = '{reviewer.id}'"
    assert await world.count("ledger", mine) == 2
    assert await world.count("events", "kind = 'EmployerVerified'") == 3
    assert await world.count("case_holds") == 1  # the other's


async def test_a_rejection_says_why_and_an_approval_does_not(world: World) -> None:
    employer = await world.employer(verified=False)
    reviewer = await world.staff()
    path, ids = f"{QUEUES}/employers/decide", {"case_ids": [employer.employer_id]}
    refused(await reviewer.post(path, ids | {"decision": "reject"}), 422, "invalid")
    refused(await reviewer.post(path, ids | {"decision": "approve", "reason": "好"}), 422, "invalid")
    refused(await reviewer.post(path, {"case_ids": [], "decision": "approve"}), 422, "invalid")
    await decided(reviewer, "employers", [employer.employer_id], decision="reject", reason="看不清")
    await world.deliver()
    assert "看不清" in (await employer.texts())[0]


async def test_a_trusted_employer_stays_trusted_when_it_is_verified_anew(world: World) -> None:
    employer = await world.employer(trusted=True)
    ok(await employer.patch(f"/v1/employers/{employer.employer_id}", {"name": "改了名字的公司"}))
    reviewer = await world.staff()
    assert await decided(reviewer, "employers", [employer.employer_id]) == {employer.employer_id: None}
    shown = ok(await reviewer.get(f"/admin/v1/employers/{employer.employer_id}"))
    assert (shown["state"], shown["trusted"]) == ("verified", True)


async def test_jobs_certificates_and_real_names_are_decided_alike(world: World) -> None:
    employer, worker, reviewer = await world.employer(), await world.worker(), await world.staff("141002")
    job = await employer.drafts_job()
    ok(await employer.post(f"/v1/jobs/{job['id']}/submit"))
    form = {"data": {"kind": "SW-WELD"}, "files": {"file": ("card.png", picture(), "image/png")}}
    card = ok(await worker.post("/v1/me/worker/certificates", **form), 201)["id"]
    cases = {"jobs": job["id"], "certificates": card, "real_names": str(worker.id)}
    for kind, case_id in cases.items():
        assert await decided(reviewer, kind, [case_id]) == {case_id: None}
        assert await decided(reviewer, kind, [case_id]) == {case_id: "not_found"}
    async with world.session() as session:
        assert (await session.get_one(Job, UUID(job["id"]))).published_at
        assert (await session.get_one(Worker, worker.id)).identity_checked_by == reviewer.id


async def test_what_has_to_be_looked_at_is_not_decided_in_bulk(world: World) -> None:
    body = {"case_ids": [str(uuid4())], "decision": "approve"}
    for kind, role in (("appeals", Role.REVIEWER), ("excuses", Role.REVIEWER), ("disputes", Role.MEDIATOR)):
        refused(
            await (await world.staff("1410", role)).post(f"{QUEUES}/{kind}/decide", body), 404, "not_found"
        )


async def test_who_is_refused_still_has_the_case(world: World) -> None:
    """A refusal leaves nothing behind: neither of the deed, nor of the end of the hold."""
    employer, reviewer = await world.employer(), await world.staff()
    job = await employer.drafts_job()
    ok(await employer.post(f"/v1/jobs/{job['id']}/submit"))
    ok(await reviewer.post(f"{QUEUES}/jobs/{job['id']}/claim"))
    stopped = f"/admin/v1/employers/{employer.employer_id}/suspend"
    ok(await reviewer.post(stopped, {"reason": "核查"}))
    waits = (await world.employer(verified=False)).employer_id
    assert await decided(reviewer, "jobs", [job["id"]]) == {job["id"]: "employer_not_verified"}
    assert await decided(reviewer, "employers", [waits]) == {waits: None}
    assert await world.count("case_holds", f"staff_id = '{reviewer.id}'") == 1
