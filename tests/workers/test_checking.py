"""Staff compare a real name with the document, after the person has begun to work."""

from datetime import date

from app.stations.models import Role
from scripts.demo.numbers import valid_id_number
from tests.world import Actor, World, ok, refused, shift

NUMBER = valid_id_number("141002", date(1980, 1, 2), 78)


async def named(world: World, number: str = NUMBER) -> Actor:
    worker = await world.worker(verified=False)
    ok(await worker.put("/v1/me/consents", {"real_name": True}))
    ok(await worker.post("/v1/me/worker/real-name", {"name": "赵铁柱", "id_number": number}))
    return worker


async def test_the_name_is_read_for_a_reason_and_confirmed(world: World) -> None:
    worker = await named(world)
    path = f"/admin/v1/workers/{worker.id}"
    reviewer, clerk = await world.staff("141002"), await world.staff("141002", Role.CLERK)
    elsewhere = await world.staff("141081")
    queue = ok(await reviewer.get("/admin/v1/queues/real_names"))
    assert [one["case_id"] for one in queue["items"]] == [str(worker.id)]
    assert "赵铁柱" not in str(queue)
    for actor in (clerk, elsewhere):
        refused(await actor.post(f"{path}/identity", {"reason": "核对"}), 404, "not_found")
    seen = ok(await reviewer.post(f"{path}/identity", {"reason": "核对身份证原件"}))
    assert seen == {"name": "赵铁柱", "id_number": NUMBER, "id_kind": "resident"}
    assert await world.count("ledger", "action = 'worker.identity_read' AND reason = '核对身份证原件'") == 1
    shown = ok(await reviewer.post(f"{path}/verify", {}))
    assert shown["identity_checked_at"]
    refused(await reviewer.post(f"{path}/verify", {}), 409, "real_name_state")
    assert ok(await reviewer.get("/admin/v1/queues/real_names"))["items"] == []
    assert (
        await world.count("ledger", f"object_id = '{worker.id}' AND action = 'worker.identity_confirm'") == 1
    )
    assert await world.count("ledger", "after::text LIKE '%铁柱%' OR before::text LIKE '%铁柱%'") == 0


async def test_a_name_that_is_not_the_person_s_is_withdrawn_and_what_was_agreed_stays(world: World) -> None:
    employer, worker, reviewer = await world.employer(trusted=True), await world.worker(), await world.staff()
    agreed = await employer.posts_job(shifts=[shift(8, headcount=2)])
    asked = await employer.posts_job(hiring="review", shifts=[shift(8, days=3)])
    new = await employer.posts_job(shifts=[shift(8, days=5)])
    ok(await worker.applies(agreed), 201)
    application = ok(await worker.applies(asked), 201)
    path = f"/admin/v1/workers/{worker.id}"
    ok(await reviewer.post(f"{path}/reject", {"reason": "证件不是本人的"}))
    await world.deliver()
    assert "证件不是本人的" in (await worker.texts())[0]
    assert "real_name_withdrawn" in await worker.inbox()

    kept = ok(await worker.get("/v1/me/engagements"))["items"]
    assert [one["state"] for one in kept] == ["agreed"]
    refused(await worker.applies(new), 409, "real_name_missing")
    accepted = await employer.post(f"/v1/applications/{application['id']}/accept", {})
    refused(accepted, 409, "real_name_missing")
    refused(await reviewer.post(f"{path}/identity", {"reason": "再看"}), 409, "real_name_state")
    refused(await reviewer.post(f"{path}/reject", {"reason": "再来"}), 409, "real_name_state")
    where = f"id = '{worker.id}' AND (name_sealed IS NOT NULL OR id_number_index IS NOT NULL)"
    assert await world.count("workers", where) == 0


async def test_who_the_number_belongs_to_can_use_it_and_the_other_gives_the_right_one(world: World) -> None:
    wrong, reviewer = await named(world), await world.staff()
    right = await world.worker(verified=False)
    ok(await right.put("/v1/me/consents", {"real_name": True}))
    given = {"name": "赵铁柱", "id_number": NUMBER}
    refused(await right.post("/v1/me/worker/real-name", given), 409, "id_number_taken")
    ok(await reviewer.post(f"/admin/v1/workers/{wrong.id}/verify", {}))
    ok(await reviewer.post(f"/admin/v1/workers/{wrong.id}/reject", {"reason": "号码是他人的"}))
    ok(await right.post("/v1/me/worker/real-name", given))
    mine = {"name": "赵铁锤", "id_number": valid_id_number("141002", date(1981, 1, 2), 79)}
    ok(await wrong.post("/v1/me/worker/real-name", mine))
    queue = ok(await reviewer.get("/admin/v1/queues/real_names"))["items"]
    assert [one["case_id"] for one in queue] == [str(right.id), str(wrong.id)]
