"""What somebody might try with disputes, and what comes of it."""

from datetime import timedelta

from tests.attendance.gate import ENDS, gate
from tests.disputes.cases import scene
from tests.world import World, ok, refused

HOUR = timedelta(hours=1)
SAID = {"agrees": False, "text": "我八点就到了,门卫可以作证。"}


async def test_an_accuser_who_withdraws_does_not_win(world: World) -> None:
    at = await gate(world)
    about = {"kind": "no_show", "engagement_id": at.id, "text": "没有来。"}
    async with at.at(HOUR):
        case = ok(await at.employer.post("/v1/disputes", about), 201)
        ok(await at.employer.post(f"{at.path}/no-show", {}))
        ok(await at.worker.post(f"{at.path}/claim/answer", SAID))
    async with at.at(ENDS + HOUR):
        ok(await at.employer.post(f"/v1/disputes/{case['id']}/withdraw", {}))
        assert [claim["state"] for claim in await at.claims()] == ["overturned"]
        assert await at.state() == "checked_out"
        standing = ok(await at.worker.get("/v1/me/worker/standing"))
        assert (standing["score"], standing["reasons"]) == (100, [])


async def test_a_complainant_who_withdraws_takes_the_others_word(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        ok(await at.employer.post(f"{at.path}/no-show", {}))
        ok(await at.worker.post(f"{at.path}/claim/answer", SAID))
        [case] = ok(await at.worker.get("/v1/me/disputes"))["items"]
    async with at.at(ENDS + HOUR):
        ok(await at.worker.post(f"/v1/disputes/{case['id']}/withdraw", {}))
        assert [claim["state"] for claim in await at.claims()] == ["stands"]
        assert await at.state() == "no_show"


async def test_nobody_is_talked_into_withdrawing_while_wages_are_overdue(world: World) -> None:
    case = await scene(world)
    await case.owed()
    joined = await case.complains()
    refused(await case.worker.post(f"/v1/disputes/{joined['id']}/withdraw", {}), 409, "opened_by_the_market")


async def test_a_complaint_about_wages_that_are_not_overdue_can_be_withdrawn(world: World) -> None:
    case = await scene(world)
    await case.owed(overdue=False)
    opened = await case.complains()
    gone = ok(await case.worker.post(f"/v1/disputes/{opened['id']}/withdraw", {}))
    assert gone["state"] == "withdrawn"
