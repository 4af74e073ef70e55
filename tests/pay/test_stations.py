"""What stations see of wages, and what they decide."""

import io

import pytest
from python_calamine import CalamineWorkbook

from app.core.problems import Invalid
from app.pay import keeping
from app.pay.deciding import decide, settle_by_staff
from app.stations.models import Role
from tests.pay.gigs import Gig, gig, paid, parts
from tests.world import HOUMA, World, ok, refused, shift


async def contested(world: World) -> Gig:
    """Return a gig of which 50 of 200 yuan did not arrive, and 50 more are claimed."""
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=False, amount_fen=15000)
        await one.contests(minutes=600)
    return one


@pytest.mark.parametrize(
    ("to_worker_fen", "left", "state"),
    [
        (10000, {"settled_fen": 15000, "open_fen": 10000}, "confirmed"),
        (4000, {"settled_fen": 15000, "open_fen": 4000, "cancelled_fen": 6000}, "confirmed"),
        (0, {"settled_fen": 15000, "cancelled_fen": 10000}, "paid"),
    ],
)
async def test_staff_decide_what_is_contested(
    world: World, to_worker_fen: int, left: dict[str, int], state: str
) -> None:
    one = await contested(world)
    async with one.at(one.ends_at):
        before = await one.record()
        assert parts(before) == {"settled_fen": 15000, "contested_fen": 10000}
        async with world.session() as session:
            await decide(session, before["id"], to_worker_fen=to_worker_fen)
        after = await one.record()
        assert (parts(after), after["engagement_state"]) == (left, state)
        assert after["reports"][0]["state"] == "decided"
        refused(await one.employer.post(f"{one.path}/accept-hours"), 409, "nothing_contested")


async def test_staff_cannot_decide_on_more_than_there_is(world: World) -> None:
    one = await contested(world)
    async with one.at(one.ends_at):
        record = await one.record()
        for wrong in (10001, -1):
            with pytest.raises(Invalid):
                async with world.session() as session:
                    await decide(session, record["id"], to_worker_fen=wrong)
        with pytest.raises(Invalid):
            async with world.session() as session:
                await settle_by_staff(session, record["id"], 1)
        assert parts(await one.record()) == parts(record)


async def test_what_is_paid_at_the_table_is_settled(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        record = await one.confirms()
        async with world.session() as session:
            await settle_by_staff(session, record["id"], 20000)
        assert await one.state() == "paid"
        assert await world.count("events", "kind = 'PaySettled'") == 1


async def test_stations_see_the_overdue_of_their_division_the_oldest_first(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    gigs = [
        await gig(world, employer=employer, worker=worker, shifts=[shift(days=days)]) for days in (3, 1, 2)
    ]
    away = await gig(world, place=HOUMA, shifts=[shift(days=4)])
    for one in [*gigs, away]:
        async with one.at(one.ends_at):
            await one.confirms()
            await one.reports(5000, reference="4200001")
    async with away.at(away.midnight):
        await keeping.find_what_is_overdue(world.database)
        city = await world.staff(role=Role.MEDIATOR)
        county = await world.staff("141002", Role.CLERK)
        path = "/admin/v1/pay/overdue"
        expected = [gigs[n].engagement["id"] for n in (1, 2, 0)]
        seen = ok(await county.get(path))["items"]
        assert [case["engagement_id"] for case in seen] == expected
        assert "4200001" not in str(seen)
        first = ok(await city.get(f"{path}?limit=3"))
        assert [case["engagement_id"] for case in first["items"]] == expected
        second = ok(await city.get(f"{path}?limit=3&cursor={first['next_cursor']}"))
        assert [case["engagement_id"] for case in second["items"]] == [away.engagement["id"]]
        assert second["next_cursor"] is None
        assert len(ok(await city.get(f"{path}?division=141081"))["items"]) == 1
        refused(await county.get(f"{path}?cursor={first['next_cursor']}"), 422, "cursor_invalid")

        table = await county.get(f"{path}?format=xlsx")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(table.content)).get_sheet_by_index(0).to_python()
        assert [row[0] for row in rows[1:]] == expected

        assert len(ok(await county.get("/admin/v1/pay?state=overdue"))["items"]) == 3
        assert ok(await county.get("/admin/v1/pay?state=settled"))["items"] == []
        case = ok(await city.get(f"/admin/v1/pay/{second['items'][0]['id']}"))
        assert case["division"].startswith("141081")
        refused(await county.get(f"/admin/v1/pay/{case['id']}"), 404, "not_found")
        auditor = await world.staff(role=Role.AUDITOR)
        refused(await auditor.get(path), 404, "not_found")


async def test_what_was_paid_meanwhile_is_no_longer_among_the_overdue(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
    async with one.at(one.midnight):
        await keeping.find_what_is_overdue(world.database)
        clerk = await world.staff(role=Role.CLERK)
        assert len(ok(await clerk.get("/admin/v1/pay/overdue"))["items"]) == 1
        ok(await one.employer.post(f"{one.path}/pay-report", paid(20000)))
        assert ok(await clerk.get("/admin/v1/pay/overdue"))["items"] == []
