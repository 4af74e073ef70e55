"""The market's main job: from registering to being taken on."""

from tests.world import World, ok


async def test_a_household_finds_a_pair_of_hands(world: World) -> None:
    employer = await world.employer()
    worker = await world.worker()
    job = await employer.posts_job()

    asked = ok(await worker.applies(job), 201)
    assert [one["state"] for one in asked["shifts"]] == ["accepted"]

    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    terms = ok(await worker.get(f"/v1/engagements/{engagement['id']}/terms"))
    assert terms["hash"] == engagement["terms_hash"]
    assert engagement["employer_contact"] == f"+86{employer.phone}"

    await world.deliver()
    assert await worker.inbox() == ["taken_on", "worker_verified"]
    assert "您已被录用" in (await worker.texts())[0]
