"""Nobody is flooded with messages by the other side."""

from datetime import timedelta

from tests.attendance.gate import gate
from tests.world import World, ok, refused

HOUR = timedelta(hours=1)


async def test_a_no_show_is_said_three_times_a_day_at_most(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        for _ in range(3):
            ok(await at.employer.post(f"{at.path}/no-show", {}))
            ok(await at.employer.post(f"{at.path}/no-show/withdraw", {}))
        answer = refused(await at.employer.post(f"{at.path}/no-show", {}), 429, "too_many_requests")
        assert await at.state() == "agreed"
        assert answer["status"] == 429


async def test_running_late_is_told_six_times_a_day_at_most(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        for minutes in range(70, 76):
            ok(await at.worker.post(f"{at.path}/running-late", {"minutes": minutes}))
        refused(await at.worker.post(f"{at.path}/running-late", {"minutes": 76}), 429, "too_many_requests")


async def test_changes_are_proposed_ten_times_a_day_at_most(world: World) -> None:
    at = await gate(world)
    for fen in range(10):
        pay = {"amount_fen": 21000 + fen, "per": "day"}
        ok(await at.employer.post(f"{at.path}/changes", {"pay": pay}), 201)
    pay = {"amount_fen": 22000, "per": "day"}
    refused(await at.employer.post(f"{at.path}/changes", {"pay": pay}), 429, "too_many_requests")
