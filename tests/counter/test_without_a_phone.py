"""A worker without a phone gets work, is paid and heard, all at the counter; the station calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import time_machine
from sqlalchemy import event

from app.access.actions import ABSOLUTE
from app.core import clock
from app.core.events import emit
from app.core.keyring import keys
from app.core.types import new_id
from app.stations.events import StationClosed
from app.stations.models import Role, StaffSession
from scripts.demo.numbers import valid_id_number
from tests.counter.desk import Desk, by_code, code_sent_to, on_paper
from tests.world import YAODU, Actor, Employer, Json, World, ok, refused, shift, tomorrow

HOUR = timedelta(hours=1)
WANG = {"name": "王建国", "id_number": valid_id_number("141002", date(1961, 3, 4), 11)}
AT_THE_GATE = YAODU | {"accuracy_m": 30}


@dataclass
class Village:
    """Old Wang has no phone; the clerk of the township helps; the firm has a day's work."""

    world: World
    firm: Employer
    clerk: Actor
    job: Json

    @asynccontextmanager
    async def at(self, moment: datetime) -> AsyncIterator[Desk]:
        """Let Wang come to the counter at some time and sign a sheet; the firm is there, too."""
        with time_machine.travel(moment, tick=False):
            await self.everyone_signs_in()
            desk = await on_paper(self.clerk, **WANG)
            yield desk
            await self.world.deliver()

    async def everyone_signs_in(self) -> None:
        self.firm.token = await self.world.fresh_token(self.firm)
        async with self.world.session() as session:
            now = clock.now()
            started = StaffSession(id=new_id(), staff_id=self.clerk.id, started_at=now, seen_at=now)
            session.add(started)
        token = keys().tokens.issue(str(self.clerk.id), "admin", ABSOLUTE, sid=str(started.id))
        self.clerk.token = token

    async def errands(self, *, done: bool = False) -> list[Json]:
        answer = await self.clerk.get(f"/admin/v1/errands?done={str(done).lower()}&limit=100")
        found: list[Json] = ok(answer)["items"]
        return found


async def begins(world: World, **posting: object) -> Village:
    firm = await world.employer(trusted=True)
    job = await firm.posts_job(shifts=[shift(8, days=2)], **posting)
    clerk = await world.staff(job["division"], Role.CLERK)
    return Village(world, firm, clerk, job)


async def test_a_life_without_a_phone(world: World) -> None:
    village = await begins(world)
    eight = tomorrow(8, days=2)

    async with village.at(clock.now()) as desk:
        ok(await desk.put("/me/worker", {"name_shown": "老王", "home": YAODU}))
        ok(await desk.put("/me/consents", {"position": True}))
        body = {"shift_ids": [village.job["shifts"][0]["id"]]}
        applied = ok(await desk.post(f"/jobs/{village.job['id']}/applications", body), 201)
        assert applied["shifts"][0]["state"] == "accepted"
        engagement = ok(await desk.get("/me/engagements"))["items"][0]
        path = f"/engagements/{engagement['id']}"
        assert ok(await desk.get(path))["employer_contact"]
    called = await village.errands()
    assert [one["kind"] for one in called] == ["taken_on"]
    assert (called[0]["person"], called[0]["worker_id"]) == ("老王", desk.account_id)

    async with village.at(eight - timedelta(minutes=10)) as desk:
        ok(await desk.post(f"{path}/check-in", {"place": AT_THE_GATE}))
    async with village.at(eight + 8 * HOUR) as desk:
        ok(await desk.post(f"{path}/check-out", {"place": AT_THE_GATE}))
        hours = {"minutes": 480}
        ok(await village.firm.post(f"/v1{path}/confirm-hours", hours))
        ok(await village.firm.post(f"/v1{path}/pay-report", _cash(19_000)))
        ok(await desk.post(f"{path}/pay-confirmation", {"received": True}))
        complaint = {"kind": "other", "engagement_id": engagement["id"], "text": "说好管饭,没有管。"}
        opened = ok(await desk.post("/disputes", complaint | {"files": []}), 201)
        assert ok(await desk.get(f"/disputes/{opened['id']}"))["state"] == "opened"

    reads = {"assist.list_engagements", "assist.read_engagement", "assist.read_dispute"}
    deeds = await ledger_of(world, desk.account_id)
    assert reads <= set(deeds)
    deeds = [deed for deed in deeds if deed not in reads]
    assert deeds == [
        "assist.put_worker_profile",
        "assist.put_consents",
        "assist.apply_for_job",
        "assist.check_in",
        "assist.check_out",
        "assist.confirm_pay",
        "assist.open_dispute",
    ]
    assert await world.count("sms_messages", "template = 'done_for_you'") == 0
    await village.everyone_signs_in()
    kinds = [one["kind"] for one in await village.errands()]
    assert kinds[0] == "taken_on"
    assert len(set(kinds)) > 1, kinds


def _cash(amount_fen: int) -> Json:
    return {"amount_fen": amount_fen, "method": "cash", "paid_at": clock.now().isoformat()}


async def ledger_of(world: World, account_id: str) -> list[str]:
    found = await world.look(
        "SELECT array_agg(action ORDER BY id) FROM ledger WHERE object_kind = 'account' AND object_id = $1"
        " AND action LIKE 'assist.%'",
        account_id,
    )
    return found or []


async def test_each_deed_is_told_by_sms_and_in_the_ledger_once(world: World) -> None:
    village = await begins(world)
    worker = await world.worker()
    desk = await by_code(world, village.clerk, worker.phone)
    body = {"shift_ids": [village.job["shifts"][0]["id"]]}
    apply = f"/jobs/{village.job['id']}/applications"
    key = {"headers": {"Idempotency-Key": "one"}}

    first = ok(await desk.post(apply, body, **key), 201)
    assert ok(await desk.post(apply, body, **key), 201) == first
    refused(await desk.post(f"/applications/{first['id']}/accept", {}), 404, "not_found")
    ok(await desk.get("/me/worker"))
    ok(await desk.get("/me/engagements"))
    await world.deliver()

    told = [text for text in await worker.texts() if "代办" in text and "验证码" not in text]
    assert len(told) == 1
    assert "应您当面要求代办:报名" in told[0]
    assert "张工" in told[0]
    assert "不是您本意请致电" in told[0]
    assert await ledger_of(world, str(worker.id)) == [
        "assist.apply_for_job",
        "assist.list_engagements",
    ]
    entry = f"action = 'assist.apply_for_job' AND after->>'job_id' = '{village.job['id']}'"
    assert await world.count("ledger", f"{entry} AND actor_id = '{village.clerk.id}'") == 1
    assert "done_for_you" in await worker.inbox()


async def test_a_great_read_is_a_deed(world: World) -> None:
    clerk, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await by_code(world, clerk, worker.phone)
    exported = await desk.get("/me/data")
    assert exported.headers["content-type"] == "application/zip"
    assert await ledger_of(world, str(worker.id)) == ["assist.export_me"]


async def test_an_employer_is_helped_too(world: World) -> None:
    clerk, firm = await world.staff("141002", Role.CLERK), await world.employer(trusted=True)
    desk = await by_code(world, clerk, firm.phone)
    job = ok(await desk.post("/jobs", firm.draft()), 201)
    job = ok(await desk.post(f"/jobs/{job['id']}/submit"))
    assert job["state"] == "open"
    assert ok(await desk.get(f"/jobs/{job['id']}/applications"))["items"] == []


async def test_the_account_is_closed_at_the_counter_and_the_help_with_it(world: World) -> None:
    clerk = await world.staff("141002", Role.CLERK)
    desk = await on_paper(clerk, **WANG, contact="村东头小卖部")
    ok(await desk.delete("/me"), 204)
    refused(await desk.get("/me"), 404, "not_found")
    assert await world.count("reached_through_stations") == 0
    assert await ledger_of(world, desk.account_id) == ["assist.close_me"]
    ok(await clerk.get("/admin/v1/assistances"))
    anew = await on_paper(clerk, **WANG)
    assert anew.account_id != desk.account_id


async def test_an_errand_is_done_once_by_who_reaches_the_station(world: World) -> None:
    village = await begins(world)
    async with village.at(clock.now()) as desk:
        body = {"shift_ids": [village.job["shifts"][0]["id"]]}
        ok(await desk.post(f"/jobs/{village.job['id']}/applications", body), 201)
    errand = (await village.errands())[0]
    path, how = f"/admin/v1/errands/{errand['id']}/done", {"how": "打邻居电话,本人接听"}

    stranger = await world.staff("141081", Role.CLERK)
    assert ok(await stranger.get("/admin/v1/errands"))["items"] == []
    refused(await stranger.post(path, how), 404, "not_found")
    await village.everyone_signs_in()
    assert ok(await village.clerk.post(path, how))["done_at"]
    refused(await village.clerk.post(path, how), 409, "errand_done")
    assert errand["id"] not in {one["id"] for one in await village.errands()}
    assert errand["id"] in {one["id"] for one in await village.errands(done=True)}
    assert await world.count("errands", "how_sealed::text LIKE '%邻居%'") == 0


async def test_who_gets_a_phone_is_reached_by_it(world: World) -> None:
    clerk, phone = await world.staff("141002", Role.CLERK), world.new_phone()
    desk = await on_paper(clerk, **WANG, contact="邻居王婶")
    path = f"/admin/v1/workers/{desk.account_id}"
    reason = {"reason": "通知上工"}
    contact = ok(await clerk.post(f"{path}/contact", reason))
    assert (contact["reached_through"], contact["note"]) == ("station", "邻居王婶")

    ok(await clerk.post(f"{path}/phone/code", {"phone": phone}), 202)
    code = await code_sent_to(world, phone)
    wrong = "000000" if code != "000000" else "000001"
    refused(await clerk.put(f"{path}/phone", {"phone": phone, "code": wrong}), 422, "code_wrong")
    other = world.new_phone()
    refused(await clerk.put(f"{path}/phone", {"phone": other, "code": code}), 422, "code_wrong")
    colleague = await world.staff("141002", Role.CLERK)
    refused(await colleague.put(f"{path}/phone", {"phone": phone, "code": code}), 409, "conflict")
    seen = ok(await clerk.put(f"{path}/phone", {"phone": phone, "code": code}))
    assert (seen["reached_through"], seen["phone_masked"]) == ("phone", f"{phone[:3]}****{phone[-4:]}")
    refused(await clerk.put(f"{path}/phone", {"phone": phone, "code": code}), 409, "has_a_phone")
    assert ok(await clerk.post(f"{path}/contact", reason))["phone"] == phone
    assert await world.count("ledger", "action = 'worker.contact' AND reason = '通知上工'") == 2
    assert await world.count("reached_through_stations") == 0


async def test_a_phone_that_has_an_account_is_not_taken_over(world: World) -> None:
    clerk, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await on_paper(clerk, **WANG)
    path = f"/admin/v1/workers/{desk.account_id}"
    ok(await clerk.post(f"{path}/phone/code", {"phone": worker.phone}), 202)
    given = {"phone": worker.phone, "code": await code_sent_to(world, worker.phone)}
    refused(await clerk.put(f"{path}/phone", given), 409, "phone_taken")


async def test_a_station_that_closes_leaves_its_people_to_the_next(world: World) -> None:
    village = await begins(world)
    async with village.at(clock.now()) as desk:
        body = {"shift_ids": [village.job["shifts"][0]["id"]]}
        ok(await desk.post(f"/jobs/{village.job['id']}/applications", body), 201)
    county = await world.staff("141002", Role.CLERK)
    here = desk.assistance["station_id"]
    there = ok(await county.get("/admin/v1/me"))["station_id"]
    async with world.session() as session:
        await emit(session, StationClosed(UUID(here), UUID(there)))

    (errand,) = ok(await county.get("/admin/v1/errands"))["items"]
    assert errand["station_id"] == there
    path = f"/admin/v1/workers/{desk.account_id}/contact"
    assert ok(await county.post(path, {"reason": "通知"}))["station_id"] == there
    await village.everyone_signs_in()
    refused(await desk.get("/me"), 404, "not_found")


async def test_the_detour_over_the_counter_costs_one_statement_a_read(world: World) -> None:
    clerk, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await by_code(world, clerk, worker.phone)
    ok(await desk.get("/me/worker"))

    async with counting(world) as own:
        ok(await worker.get("/v1/me/worker"))
    async with counting(world) as helped:
        ok(await desk.get("/me/worker"))
    assert len(helped) == len(own) + 1, helped


@asynccontextmanager
async def counting(world: World) -> AsyncIterator[list[str]]:
    """Collect the statements that the application runs meanwhile."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
