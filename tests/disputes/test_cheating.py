"""What somebody might try with disputes, and what comes of it."""

from datetime import timedelta

from tests.attendance.gate import ENDS, gate
from tests.world import World, ok

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
