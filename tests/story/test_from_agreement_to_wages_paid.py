"""From agreement to wages paid, and a hearing when they are not: told through the doors alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import time_machine

from app.access.actions import ABSOLUTE
from app.attendance import keeping as attendance_clock
from app.core import clock
from app.core.keyring import keys
from app.core.types import new_id
from app.disputes import keeping as disputes_clock
from app.pay import keeping as pay_clock
from app.stations.models import Role, StaffSession
from tests.contracts.engaged import picture
from tests.world import YAODU, Actor, Employer, Json, Worker, World, ok, refused, shift, tomorrow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_THE_GATE = YAODU | {"accuracy_m": 30}
FAR_AWAY = YAODU | {"lat": 36.2, "accuracy_m": 30}


@dataclass
class Story:
    """Old Li, the firm that takes him on, and the mediator of the county; four days' work ahead."""

    world: World
    li: Worker
    firm: Employer
    mediator: Actor
    first_morning: datetime
    days: list[str]

    def path(self, day: int) -> str:
        return f"/v1/engagements/{self.days[day]}"

    @asynccontextmanager
    async def on(self, day: int, hour: float) -> AsyncIterator[None]:
        """Let it be an hour of one of the days; who is there signs in anew, and then the clock strikes."""
        with time_machine.travel(self.first_morning + day * DAY + (hour - 8) * HOUR, tick=False):
            for actor in (self.li, self.firm):
                actor.token = await self.world.fresh_token(actor)
            async with self.world.session() as session:
                now = clock.now()
                started = StaffSession(id=new_id(), staff_id=self.mediator.id, started_at=now, seen_at=now)
                session.add(started)
            token = keys().tokens.issue(str(self.mediator.id), "admin", ABSOLUTE, sid=str(started.id))
            self.mediator.token = token
            for strike in (
                attendance_clock.ask_who_is_missing,
                attendance_clock.propose_no_shows,
                attendance_clock.let_claims_stand,
                attendance_clock.check_out_who_forgot,
                pay_clock.confirm_what_the_employer_did_not,
                pay_clock.find_what_is_overdue,
                pay_clock.ask_for_answers,
                disputes_clock.move_up_what_was_missed,
            ):
                await strike(self.world.database)
            await self.world.deliver()
            yield
            await self.world.deliver()

    async def engagement(self, day: int) -> Json:
        found: Json = ok(await self.li.get(self.path(day)))
        return found

    async def pay(self, day: int) -> Json:
        found: Json = ok(await self.firm.get(f"{self.path(day)}/pay"))["items"][0]
        parts = ("open_fen", "reported_fen", "settled_fen", "contested_fen", "cancelled_fen")
        assert found["owed_fen"] == sum(found[part] for part in parts)
        return found

    async def works(self, day: int) -> None:
        """Come at eight and leave at four, each confirmed by the firm."""
        async with self.on(day, 7.9):
            ok(await self.li.post(f"{self.path(day)}/check-in", {"place": AT_THE_GATE}))
        async with self.on(day, 16):
            ok(await self.li.post(f"{self.path(day)}/check-out", {"place": AT_THE_GATE}))

    async def standing(self) -> tuple[int, list[str]]:
        found = ok(await self.li.get("/v1/me/worker/standing"))
        return found["score"], [reason["code"] for reason in found["reasons"]]


async def begins(world: World) -> Story:
    """Let the firm post five days' work, and Li be taken on for all of it."""
    firm, li = await world.employer(trusted=True), await world.worker()
    ok(await li.put("/v1/me/consents", {"real_name": True, "position": True}))
    days = [shift(8, days=3 + n) for n in range(5)]
    job = await firm.posts_job(shifts=days, pay={"amount_fen": 20000, "per": "day"})
    taken = ok(await li.applies(job), 201)
    assert [one["state"] for one in taken["shifts"]] == ["accepted"] * 5
    mine = ok(await li.get("/v1/me/engagements?limit=100"))["items"]
    ids = [one["id"] for one in sorted(mine, key=lambda one: str(one["shift"]["starts_at"]))]
    mediator = await world.staff("141002", Role.MEDIATOR)
    return Story(world, li, firm, mediator, tomorrow(8, days=3), ids)


async def test_from_agreement_to_wages_paid_and_a_hearing_when_they_are_not(world: World) -> None:
    story = await begins(world)
    await _what_was_agreed_can_be_read_printed_and_verified(story)
    await _the_first_day_is_worked_and_paid_the_same_day(story)
    await _both_rate_and_neither_sees_the_other_first(story)
    await _the_second_day_is_not_paid_and_becomes_a_case_by_itself(story)
    await _the_case_is_heard_and_the_wages_are_paid(story)
    await _the_third_day_he_is_ill_and_that_is_excused(story)
    await _the_fourth_day_is_called_a_no_show_and_he_is_heard(story)
    await _the_fifth_day_is_cancelled_late_and_the_firm_pays_its_share(story)
    await _nothing_is_left_over(story)


async def _what_was_agreed_can_be_read_printed_and_verified(story: Story) -> None:
    terms = ok(await story.li.get(f"{story.path(0)}/terms"))
    printed = await story.li.get(f"{story.path(0)}/terms.pdf")
    assert printed.content.startswith(b"%PDF")
    assert terms["hash"] == (await story.engagement(0))["terms_hash"]
    ok(await story.world.nobody.get(f"/v1/terms/{terms['hash']}"))


async def _the_first_day_is_worked_and_paid_the_same_day(story: Story) -> None:
    path = story.path(0)
    async with story.on(0, 7.5):
        refused(await story.firm.post(f"{path}/confirm-hours", {"minutes": 480}), 409, "shift_not_begun")
        assert (await story.li.post(f"{path}/check-in", {"place": FAR_AWAY})).status_code == 409
        assert (await story.engagement(0))["state"] == "agreed"
    await story.works(0)
    async with story.on(0, 17):
        assert (await story.engagement(0))["state"] == "checked_out"
        ok(await story.firm.post(f"{path}/confirm-hours", {"minutes": 480}))
        owed = await story.pay(0)
        assert (owed["owed_fen"], owed["state"]) == (20000, "due")
        assert datetime.fromisoformat(owed["due_at"]) == clock.start_of(clock.today() + DAY), "the same day"
        proof = await story.firm.post("/v1/me/files", files={"file": ("a.png", picture(), "image/png")})
        paid = {
            "amount_fen": 20000,
            "method": "wechat",
            "reference": "4200001234",
            "paid_at": clock.now().isoformat(),
            "files": [ok(proof, 201)["id"]],
        }
        ok(await story.firm.post(f"{path}/pay-report", paid))
    async with story.on(0, 18):
        assert "pay_reported" in await story.li.inbox()
        ok(await story.li.post(f"{path}/pay-confirmation", {"received": True}))
        assert (await story.pay(0))["state"] == "settled"
        assert (await story.engagement(0))["state"] == "paid"


async def _both_rate_and_neither_sees_the_other_first(story: Story) -> None:
    path = story.path(0)
    async with story.on(0, 19):
        ok(await story.li.post(f"{path}/review", {"stars": 5, "tags": ["paid_on_time"]}), 201)
        assert ok(await story.firm.get(f"{path}/reviews"))["items"] == []
        ok(await story.firm.post(f"{path}/review", {"stars": 5, "tags": ["punctual"]}), 201)
        seen = ok(await story.li.get(f"{path}/reviews"))["items"]
        assert {one["by"] for one in seen} == {"worker", "employer"}
        assert await story.standing() == (100, [])


async def _the_second_day_is_not_paid_and_becomes_a_case_by_itself(story: Story) -> None:
    path = story.path(1)
    await story.works(1)
    async with story.on(1, 17):
        ok(await story.firm.post(f"{path}/confirm-hours", {"minutes": 480}))
    async with story.on(2, 7.8):
        assert (await story.pay(1))["state"] == "overdue"
        cases = ok(await story.li.get("/v1/me/disputes"))["items"]
        assert [(one["kind"], one["state"], one["opened_by_market"]) for one in cases] == [
            ("wage_arrears", "opened", True)
        ]
        overdue = ok(await story.mediator.get("/admin/v1/pay/overdue"))["items"]
        assert [one["engagement_id"] for one in overdue] == [story.days[1]]


async def _the_case_is_heard_and_the_wages_are_paid(story: Story) -> None:
    async with story.on(2, 7.9):
        case = ok(await story.li.get("/v1/me/disputes"))["items"][0]
        joined = {"kind": "wage_arrears", "engagement_id": story.days[1], "text": "干了一天,钱没有给。"}
        assert ok(await story.li.post("/v1/disputes", joined), 201)["id"] == case["id"]
        staff = f"/admin/v1/disputes/{case['id']}"
        ok(await story.mediator.post(f"{staff}/accept"))
        assert ok(await story.mediator.post(f"{staff}/read"))["text"] == joined["text"]
        asked = {"reason": "调解前核对", "format": "zip"}
        bundle = await story.mediator.post(f"{staff}/evidence", asked)
        assert bundle.content.startswith(b"PK")
        ok(await story.mediator.post(f"{staff}/messages", {"text": "请今天下午到站。", "to": "both"}))
        held = {"held_at": clock.now().isoformat(), "present": ["老李", "王芳"], "text": "当场付清。"}
        ok(await story.mediator.post(f"{staff}/mediate", held))
        decided = {"outcome": "for_worker", "text": "工资已当场付清。", "paid_fen": 20000}
        assert ok(await story.mediator.post(f"{staff}/resolve", decided))["state"] == "resolved"
        assert (await story.pay(1))["state"] == "settled"
        assert (await story.engagement(1))["state"] == "paid"
        rated = ok(await story.li.post(f"/v1/disputes/{case['id']}/rating", {"stars": 5}))
        assert rated["rating"] == 5


async def _the_third_day_he_is_ill_and_that_is_excused(story: Story) -> None:
    path = story.path(2)
    async with story.on(2, 7.95):
        costs = ok(await story.li.get(f"{path}/cancel-preview"))
        assert costs["free"] is False
        ill = {"kind": "illness", "text": "发烧到三十九度。"}
        ok(await story.li.post(f"{path}/cancel", {"reason": "来不了", "excuse": ill}))
        score, reasons = await story.standing()
        assert (score < 100, reasons) == (True, ["cancelled_late"])
        excuse = ok(await story.mediator.get("/admin/v1/excuses?state=claimed"))["items"][0]
        told = await story.mediator.post(f"/admin/v1/excuses/{excuse['id']}/text", {"reason": "核实"})
        assert ok(told)["text"] == ill["text"]
        ok(await story.mediator.post(f"/admin/v1/excuses/{excuse['id']}/accept", {}))
        assert await story.standing() == (100, [])


async def _the_fourth_day_is_called_a_no_show_and_he_is_heard(story: Story) -> None:
    path = story.path(3)
    async with story.on(3, 9):
        ok(await story.firm.post(f"{path}/no-show", {"text": "没有来"}))
        assert (await story.engagement(3))["state"] == "no_show"
    async with story.on(3, 10):
        contested = {"agrees": False, "text": "我八点就在仓库,手机没电了。"}
        ok(await story.li.post(f"{path}/claim/answer", contested))
        assert (await story.engagement(3))["state"] == "disputed"
    async with story.on(3, 17):
        case = ok(await story.li.get("/v1/me/disputes"))["items"][0]
        assert case["kind"] == "no_show"
        staff = f"/admin/v1/disputes/{case['id']}"
        ok(await story.mediator.post(f"{staff}/accept"))
        decided = {"outcome": "for_worker", "text": "监控可见其到岗。", "attended": True}
        ok(await story.mediator.post(f"{staff}/resolve", decided))
        assert (await story.engagement(3))["state"] == "checked_out"
        assert await story.standing() == (100, [])
        ok(await story.firm.post(f"{path}/confirm-hours", {"minutes": 480}))
        paid = {"amount_fen": 20000, "method": "cash", "paid_at": clock.now().isoformat()}
        ok(await story.firm.post(f"{path}/pay-report", paid))
        said = {"received": False, "amount_fen": 15000, "text": "少了五十。"}
        ok(await story.li.post(f"{path}/pay-confirmation", said))
        record = await story.pay(3)
        assert (record["settled_fen"], record["contested_fen"]) == (15000, 5000)
        report_id = record["reports"][0]["id"]
        ok(await story.firm.post(f"{path}/pay-reports/{report_id}/accept-contest"))
        ok(await story.firm.post(f"{path}/pay-report", paid | {"amount_fen": 5000}))


async def _the_fifth_day_is_cancelled_late_and_the_firm_pays_its_share(story: Story) -> None:
    path = story.path(4)
    async with story.on(4, 7):
        owed = ok(await story.firm.get(f"{path}/cancellation-cost"))["owed_fen"]
        assert owed > 0
        ok(await story.firm.post(f"{path}/cancel", {"reason": "货没有到"}))
    async with story.on(4, 8):
        record = await story.pay(4)
        assert (record["owed_for"], record["owed_fen"]) == ("late_cancellation", owed)
        paid = {
            "amount_fen": owed,
            "method": "cash",
            "paid_at": clock.now().isoformat(),
            "owed_for": "late_cancellation",
        }
        ok(await story.firm.post(f"{path}/pay-report", paid))
        assert await story.standing() == (100, [])


async def _nothing_is_left_over(story: Story) -> None:
    """Let seven days go by: what nobody answers was received, and every fen is where it should be."""
    async with story.on(13, 9):
        mine = ok(await story.li.get("/v1/me/pay?limit=100"))
        assert {one["state"] for one in mine["items"]} == {"settled"}
        assert mine["sums"]["owed_fen"] == mine["sums"]["settled_fen"] > 3 * 20000
        states = [(await story.engagement(day))["state"] for day in range(5)]
        assert states == ["paid", "paid", "cancelled", "paid", "cancelled"]
