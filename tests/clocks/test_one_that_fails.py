"""What runs each minute survives a row that fails: the others are seen to, and the round ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.attendance import keeping as attendance
from app.attendance.claims import ANSWER_WITHIN
from app.core import clock
from app.disputes import keeping as disputes
from app.engagements.models import Side
from app.notifications import reactions as notices
from app.pay import keeping as pay
from app.standing import keeping as standing
from tests.pay.gigs import Gig, gigs_of
from tests.standing.scene import scene
from tests.world import World, ok

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every batch hold one row: the one that fails would keep all others out."""
    for module in (attendance, disputes, pay, standing, notices):
        monkeypatch.setattr(module, "BATCH", 1)


@asynccontextmanager
async def poisoned(world: World, table: str, value: str, key: str = "id") -> AsyncIterator[None]:
    """Let PostgreSQL refuse whatever is written about one thing."""
    await world.look(
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'poison'; END $$"
    )
    await world.look(
        f"CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
        f" WHEN (NEW.{key} = '{value}') EXECUTE FUNCTION poison()"
    )
    try:
        yield
    finally:
        await world.look("DROP FUNCTION poison CASCADE")


async def three(world: World) -> list[Gig]:
    """Take three people on; the first is the one who fails."""
    gigs = await gigs_of(world, await world.employer(trusted=True), 3)
    return sorted(gigs, key=lambda gig: str(gig.engagement["id"]))


async def states(gigs: list[Gig]) -> list[str]:
    return [await gig.state() for gig in gigs]


async def set_all(world: World, table: str, change: str) -> None:
    async with world.session() as session:
        await session.execute(text(f"UPDATE {table} SET {change}"))  # noqa: S608


async def ids_of(world: World, table: str) -> list[str]:
    async with world.session() as session:
        return [str(id_) for id_ in await session.scalars(text(f"SELECT id FROM {table} ORDER BY id"))]  # noqa: S608


async def test_asking_and_proposing_no_shows(world: World) -> None:
    gigs = await three(world)
    async with gigs[0].at(gigs[0].starts_at + HOUR):
        async with poisoned(world, "engagements", gigs[0].engagement["id"]):
            await attendance.ask_who_is_missing(world.database)
        assert await world.count("engagements", "asked_at IS NOT NULL") == 2
        await attendance.ask_who_is_missing(world.database)
        assert await world.count("engagements", "asked_at IS NOT NULL") == 3
    async with gigs[0].at(gigs[0].starts_at + 2 * HOUR):
        async with poisoned(world, "engagements", gigs[0].engagement["id"]):
            await attendance.propose_no_shows(world.database)
        for one in gigs:
            one.worker.token = await world.fresh_token(one.worker)
        assert await states(gigs) == ["agreed", "no_show", "no_show"]


async def test_checking_out_who_forgot(world: World) -> None:
    gigs = await three(world)
    await set_all(world, "engagements", "state = 'checked_in', checked_in_at = starts_at")
    async with gigs[0].at(gigs[0].ends_at + 12 * HOUR):
        async with poisoned(world, "engagements", gigs[0].engagement["id"]):
            await attendance.check_out_who_forgot(world.database)
        assert await world.count("engagements", "state = 'checked_out'") == 2


async def test_letting_claims_stand(world: World) -> None:
    gigs = await three(world)
    async with gigs[0].at(gigs[0].starts_at + HOUR):
        for one in gigs:
            ok(await gigs[0].employer.post(f"{one.path}/no-show", {}))
    first = (await ids_of(world, "claims"))[0]
    async with gigs[0].at(gigs[0].starts_at + HOUR + ANSWER_WITHIN):
        async with poisoned(world, "claims", first):
            await attendance.let_claims_stand(world.database)
        assert await world.count("claims", "state = 'stands'") == 2


async def test_confirming_hours_finding_overdue_pay_and_reminding(world: World) -> None:
    gigs = await three(world)
    went = "state = 'checked_out', checked_in_at = starts_at, checked_out_at = ends_at"
    await set_all(world, "engagements", went)
    first = gigs[0].engagement["id"]
    async with gigs[0].at(gigs[0].midnight):
        async with poisoned(world, "engagements", first):
            await pay.confirm_what_the_employer_did_not(world.database)
        assert await world.count("pay_records") == 2
        await pay.confirm_what_the_employer_did_not(world.database)
        records = await ids_of(world, "pay_records")
    async with gigs[0].at(gigs[0].midnight - HOUR):
        async with poisoned(world, "pay_records", records[0]):
            await pay.remind_of_what_falls_due(world.database)
        assert await world.count("pay_records", "reminded_at IS NOT NULL") == 2
    async with gigs[0].at(gigs[0].midnight):
        async with poisoned(world, "pay_records", records[0]):
            await pay.find_what_is_overdue(world.database)
        assert await world.count("pay_records", "overdue_at IS NOT NULL") == 2
    missed = await ids_of(world, "disputes")
    async with gigs[0].at(gigs[0].midnight + 30 * DAY):
        async with poisoned(world, "disputes", missed[0]):
            await disputes.move_up_what_was_missed(world.database)
        assert await world.count("disputes", "missed = 1") == len(missed) - 1


async def test_asking_for_answers(world: World) -> None:
    gigs = await three(world)
    async with gigs[0].at(gigs[0].ends_at):
        for one in gigs:
            path = f"/v1/engagements/{one.engagement['id']}"
            ok(await gigs[0].employer.post(f"{path}/confirm-hours", {"minutes": 480}))
            said = {"amount_fen": 20000, "method": "cash", "paid_at": clock.now().isoformat()}
            ok(await gigs[0].employer.post(f"{path}/pay-report", said))
    first = (await ids_of(world, "pay_reports"))[0]
    async with gigs[0].at(gigs[0].ends_at + 3 * DAY):
        async with poisoned(world, "pay_reports", first):
            await pay.ask_for_answers(world.database)
        assert await world.count("pay_reports", "reminded_at IS NOT NULL") == 2
    async with gigs[0].at(gigs[0].ends_at + 7 * DAY):
        async with poisoned(world, "pay_reports", first):
            await pay.ask_for_answers(world.database)
        assert await world.count("pay_reports", "state = 'uncontested'") == 2


async def test_reminding_of_tomorrows_work(world: World) -> None:
    gigs = await three(world)
    async with gigs[0].at(gigs[0].starts_at - 14 * HOUR):
        async with poisoned(world, "notifications", str(gigs[0].worker.id), "account_id"):
            await notices.remind(world.database)
        assert await world.count("notifications", "kind = 'reminder'") == 2


async def test_missing_appeals(world: World) -> None:
    here = await scene(world, 3)
    for n in range(3):
        await here.cancelled(n, Side.WORKER, 30)
        ok(await here.worker.post(f"/v1/engagements/{here.ids[n]}/appeal", {"text": "病了"}), 201)
    first = (await ids_of(world, "appeals"))[0]
    with time_machine.travel(clock.now() + 40 * DAY, tick=False):
        async with poisoned(world, "appeals", first):
            await standing.miss_appeals(world.database)
    assert await world.count("appeals", "missed_at IS NOT NULL") == 2
