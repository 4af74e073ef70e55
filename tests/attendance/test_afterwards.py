"""What reaches the market late, and what becomes of positions that nobody may use any more."""

from datetime import timedelta

from tests.attendance.gate import ENDS, HERE, gate
from tests.world import World, ok

HOUR = timedelta(hours=1)


async def test_a_coming_noted_offline_is_kept_when_the_employer_has_cancelled_since(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        ok(await at.employer.post(f"{at.path}/cancel", {"reason": "不用人了"}))
    async with at.at(HOUR):
        ok(await at.comes(at=at.moment(timedelta()).isoformat()))
        [note] = ok(await at.worker.get(f"{at.path}/attendance"))["items"]
        assert (note["kind"], note["late"], note["standing"]) == ("check_in", True, "accepted")
        assert await at.state() == "cancelled"


async def test_a_going_noted_offline_is_kept_when_all_is_paid(world: World) -> None:
    at = await gate(world)
    async with at.at(ENDS):
        ok(await at.employer.post(f"{at.path}/confirm-hours", {"minutes": 480}))
        paid = {"amount_fen": 20000, "method": "cash", "paid_at": at.moment(ENDS).isoformat()}
        ok(await at.employer.post(f"{at.path}/pay-report", paid))
        ok(await at.worker.post(f"{at.path}/pay-confirmation", {"received": True}))
        assert await at.state() == "paid"
    async with at.at(ENDS + 2 * HOUR):
        ok(await at.goes(at=at.moment(ENDS + HOUR).isoformat()))
        assert [note["kind"] for note in await at.notes()] == ["check_out"]
        assert await at.state() == "paid"


async def test_who_takes_consent_back_leaves_no_exact_position(world: World) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        ok(await at.comes(HERE))
        assert await world.count("attendance", "point IS NOT NULL AND NOT rounded") == 1
        ok(await at.worker.put("/v1/me/consents", {"position": False}))
        assert await world.count("attendance", "point IS NOT NULL") == 0
        [note] = await at.notes()
        assert note["distance_m"] == 0
