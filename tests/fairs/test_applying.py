"""Applying from a fair: which fair and which minute of it is kept, and has to be true."""

from uuid import UUID, uuid4

from app.core import clock
from app.fairs.models import FairState
from tests.fairs import past
from tests.world import Json, World, ok, refused, shift, tomorrow


def body(job: Json, **given: object) -> Json:
    return {"shift_ids": [one["id"] for one in job["shifts"]]} | {k: str(v) for k, v in given.items()}


async def test_an_application_says_at_which_fair_and_minute(world: World) -> None:
    employer, staff, worker = await world.employer(), await world.staff(), await world.worker()
    job = await employer.posts_job()
    fair_id = await past.fair(world)
    await past.booth(world, fair_id, employer, job)
    mark_id = await past.mark(world, fair_id, job, staff)
    path = f"/v1/jobs/{job['id']}/applications"
    # Two taps: the fair gives the job and its mark, and one call applies.
    [found] = ok(await worker.get(f"/v1/fairs/{fair_id}/jobs"))["items"]
    chosen = {"shift_ids": [found["job"]["next_shift"]["id"]], "fair_id": str(fair_id)}
    applied = ok(await worker.post(path, chosen | {"mark_id": found["mark_id"]}), 201)
    assert applied["fair_id"] == str(fair_id)
    assert applied["shifts"][0]["state"] == "accepted"
    assert await world.count("applications", f"fair_id = '{fair_id}' AND mark_id = '{mark_id}'") == 1
    [mine] = ok(await worker.get("/v1/me/applications"))["items"]
    assert mine["fair_id"] == str(fair_id)
    [theirs] = ok(await employer.get(path))["items"]
    assert theirs["fair_id"] == str(fair_id)


async def test_what_the_fair_did_not_show_is_refused_and_leaves_nothing(world: World) -> None:
    employer, staff, worker = await world.employer(), await world.staff(), await world.worker()
    job, other = await employer.posts_job(), await employer.posts_job(shifts=[shift(days=2)])
    fair_id, elsewhere = await past.fair(world), await past.fair(world)
    await past.booth(world, fair_id, employer, job, other)
    planned = await past.fair(world, FairState.PLANNED, starts_at=tomorrow(9))
    off = await past.fair(world, FairState.CANCELLED, starts_at=tomorrow(9), opened_at=clock.now())
    for each in (planned, off):
        await past.booth(world, each, await world.employer(), job)
    others_mark = await past.mark(world, fair_id, other, staff)
    path = f"/v1/jobs/{job['id']}/applications"

    async def fault(**given: UUID) -> tuple[str, str]:
        [one] = refused(await worker.post(path, body(job, **given)), 422, "invalid")["errors"]
        return one["pointer"], one["code"]

    for wrong in (elsewhere, planned, off, uuid4()):
        assert await fault(fair_id=wrong) == ("/fair_id", "not_at_this_fair")
    for wrong in (others_mark, uuid4()):
        assert await fault(fair_id=fair_id, mark_id=wrong) == ("/mark_id", "unknown_mark")
    assert await fault(mark_id=others_mark) == ("/mark_id", "fair_required")
    for table in ("applications", "engagements", "events WHERE kind = 'AppliedAtFair'"):
        assert await world.look(f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    ok(await worker.post(path, body(job, fair_id=fair_id)), 201)
