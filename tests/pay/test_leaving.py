"""Nobody walks away from wages by closing an account."""

from tests.pay.gigs import gig
from tests.world import World, ok, refused


async def test_the_last_of_an_employer_does_not_leave_while_it_owes(world: World) -> None:
    one = await gig(world)
    refused(await one.employer.delete("/v1/me"), 409, "wages_stand")
    async with one.at(one.ends_at):
        await one.confirms()
        refused(await one.employer.delete("/v1/me"), 409, "wages_stand")
        await one.reports(20000)
        refused(await one.employer.delete("/v1/me"), 409, "wages_stand")
        await one.answers(received=True)
        assert (await one.employer.delete("/v1/me")).status_code == 204


async def test_who_is_not_the_last_may_leave(world: World) -> None:
    one = await gig(world)
    other = await world.person()
    member = {"phone": other.phone, "role": "owner"}
    ok(await one.employer.post(f"/v1/employers/{one.employer.employer_id}/members", member), 201)
    assert (await one.employer.delete("/v1/me")).status_code == 204
