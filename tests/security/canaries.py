"""People whose every detail would be recognised wherever it turned up."""

import base64
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.core import clock
from app.engagements.models import Engagement
from app.stations.models import Role
from scripts.demo.numbers import valid_id_number
from tests.world import PASSWORD, YAODU, Actor, Employer, Worker, World, ok, shift

NAME, CONTACT, HOUSEHOLDER = "欧阳卫国", "诸葛守信", "司马长安"
HOME = "桐叶封弟巷七号院"
ID_NUMBER = valid_id_number("141002", date(1971, 3, 9), 417)
HOUSEHOLDERS_ID = valid_id_number("141002", date(1969, 8, 2), 538)
PHONES = ("13935704417", "13835705521", "15935706638")
DEVICE = "卫国的旧手机"
# What they write and send from agreement to pay: of illness, of each other, of money, of where they are.
ILLNESS, COMPLAINT, ANSWER = "胆囊炎急性发作住院", "克扣工钱还骂人是聋子", "早八点就站在西门岗亭"
REASON, LATE, HOURS = "老母亲半夜摔了胯骨", "电动车在滨河路爆胎", "多干了一个半钟头卸砖"
SHORT, MARK, LETTER = "红包里少塞了两张", "坐冷板凳等了一上午", "账本藏在灶台后头"
HELD, OUTCOME, APPEAL = "双方在传达室摊牌", "当着街坊把钱数清", "挂急诊的条子在我兄弟手里"
REFERENCE, PUSH_TOKEN = "4200002417896317745", "push-c0ffee5417896317745"
WRITTEN = [ILLNESS, COMPLAINT, ANSWER, REASON, LATE, HOURS, SHORT, MARK, LETTER, HELD, OUTCOME, APPEAL]
# A position to the centimetre: nobody else stands there.
STANDS_AT = {"lng": 111.5190417, "lat": 36.0889538, "datum": "wgs84", "accuracy_m": 12}
POSITION = ["111.5190417", "36.0889538"]


@dataclass
class Scene:
    """A worker and a household with canaries, signed in with codes that came by SMS."""

    worker: Worker
    household: Employer
    secrets: list[str]

    @property
    def sealed(self) -> list[str]:
        """What must not be read from the database or its dump."""
        named = [NAME, CONTACT, HOUSEHOLDER, ID_NUMBER, HOUSEHOLDERS_ID, *PHONES, PASSWORD]
        return [*named, *self.secrets, *WRITTEN, REFERENCE]

    @property
    def all(self) -> list[str]:
        """What must not stand in a log, a figure or a refusal."""
        return [*self.sealed, HOME, DEVICE, PUSH_TOKEN, *POSITION]


def found_in(text: str, canaries: list[str]) -> list[str]:
    """Return the canaries that stand in a text: as they are, as JSON escapes them, in hex, in base64.

    Six digits count where they stand alone, for random ids and instants have such runs.
    """
    found = []
    for canary in canaries:
        raw = canary.encode()
        shapes = {canary, ascii(canary)[1:-1], raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1]}
        if re.fullmatch("[0-9]{6}", canary):
            there = re.search(rf"(?<![0-9a-f.]){canary}(?![0-9a-f])", text) is not None
        else:
            there = any(shape in text for shape in shapes)
        if there:
            found.append(canary)
    return found


async def appear(world: World) -> Scene:
    """Let them sign in, tell who they are, post a job, take it; with a few mistakes on the way."""
    secrets: list[str] = []
    worker, household = Worker(world), Employer(world)
    for actor, phone in ((worker, PHONES[0]), (household, PHONES[1])):
        actor.phone = phone
        signed_in = await _sign_in(world, phone, secrets)
        actor.token = signed_in["access_token"]
        secrets += [signed_in["access_token"], signed_in["refresh_token"]]
    await _worker_tells(worker)
    body = {
        "kind": "individual",
        "name": HOUSEHOLDER,
        "id_number": HOUSEHOLDERS_ID,
        "contact": {"name": CONTACT, "phone": PHONES[2]},
        "place": YAODU | {"address": HOME},
    }
    headers = {"Idempotency-Key": "household"}
    household.employer_id = ok(await household.post("/v1/employers", body, headers=headers), 201)["id"]
    reviewer = await world.staff()
    path = f"/admin/v1/employers/{household.employer_id}/verify"
    ok(await reviewer.post(path, {}, headers={"Idempotency-Key": "verify"}))
    job = await household.posts_job(shifts=[shift(8, days=n) for n in range(1, 6)])
    ok(await worker.applies(job), 201)
    await _from_agreement_to_pay(world, worker, household)
    for _ in range(2):  # the second is a conflict
        await household.patch(f"/v1/employers/{household.employer_id}", {"contact": body["contact"]})
    return Scene(worker, household, secrets)


async def _sign_in(world: World, phone: str, secrets: list[str]) -> Any:
    ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
    text = ok(await world.nobody.get("/dev/messages", params={"to": phone}))["items"][0]["text"]
    secrets.append(text.partition("验证码 ")[2][:6])
    body = {"phone": phone, "code": secrets[-1], "device_name": DEVICE}
    return ok(await world.nobody.post("/v1/auth/sessions", body), 201)


async def _worker_tells(worker: Worker) -> None:
    profile = {"name_shown": "老欧", "home": YAODU | {"address": HOME}}
    ok(await worker.put("/v1/me/worker", profile))
    ok(await worker.put("/v1/me/consents", {"real_name": True}))
    wrong = ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1")
    for nth, number in enumerate((wrong, ID_NUMBER, ID_NUMBER)):
        await worker.post(
            "/v1/me/worker/real-name",
            {"name": NAME, "id_number": number},
            headers={"Idempotency-Key": f"real-name-{nth}"},
        )


async def _from_agreement_to_pay(world: World, worker: Worker, household: Employer) -> None:
    """Let each write what only the other side, or a station, should read."""
    ok(await worker.put("/v1/me/consents", {"real_name": True, "position": True}))
    device = "/v1/me/devices/0193a3c0-0000-7000-8000-00000000c0fe"
    ok(await worker.put(device, {"platform": "android", "push_token": PUSH_TOKEN}))
    mine = ok(await worker.get("/v1/me/engagements"))["items"]
    ids = [one["id"] for one in mine]
    await _begin(world, ids)
    worked, ill, absent, appealed = (f"/v1/engagements/{id_}" for id_ in ids[:4])
    paid = {"amount_fen": 1000, "method": "bank", "reference": REFERENCE, "paid_at": clock.now().isoformat()}
    said: list[tuple[Actor, str, dict[str, Any]]] = [
        (worker, f"{worked}/running-late", {"minutes": 20, "text": LATE}),
        (worker, f"{worked}/check-in", {"place": STANDS_AT}),
        (worker, f"{worked}/check-out", {"place": STANDS_AT}),
        (household, f"{worked}/confirm-hours", {"minutes": 10}),
        (worker, f"{worked}/contest-hours", {"minutes": 100, "text": HOURS}),
        (household, f"{worked}/pay-report", paid | {"amount_fen": 100}),
        (worker, f"{worked}/pay-confirmation", {"received": False, "amount_fen": 0, "text": SHORT}),
        (worker, f"{ill}/cancel", {"reason": REASON, "excuse": {"kind": "illness", "text": ILLNESS}}),
        (household, f"{absent}/no-show", {"text": COMPLAINT}),
        (worker, f"{absent}/claim/answer", {"agrees": False, "text": ANSWER}),
        (worker, f"{appealed}/cancel", {"reason": REASON}),
        (worker, f"{appealed}/appeal", {"text": APPEAL}),
    ]
    for actor, path, body in said:
        answer = await actor.post(path, body)
        assert answer.is_success, (path, answer.text)
    opened = {"kind": "other", "engagement_id": ids[0], "text": COMPLAINT}
    case = ok(await worker.post("/v1/disputes", opened), 201)["id"]
    ok(await worker.post(f"/v1/disputes/{case}/messages", {"text": LETTER}), 201)
    mediator, staffs = await world.staff("1410", Role.MEDIATOR), f"/admin/v1/disputes/{case}"
    held = {"held_at": clock.now().isoformat(), "present": [HOUSEHOLDER], "text": HELD}
    ok(await mediator.post(f"{staffs}/accept"))
    ok(await mediator.post(f"{staffs}/messages", {"text": LETTER, "to": "both"}))
    ok(await mediator.post(f"{staffs}/mediate", held))
    ok(await mediator.post(f"{staffs}/resolve", {"outcome": "agreed", "text": OUTCOME}))
    ok(await worker.post(f"/v1/disputes/{case}/rating", {"stars": 1, "text": MARK}))
    ok(await mediator.post(f"{staffs}/answer-rating", {"text": MARK}))
    assert (await mediator.post(f"{staffs}/evidence", {"reason": "移送", "format": "zip"})).is_success


async def _begin(world: World, ids: list[str]) -> None:
    """Let one shift last now, one begin in an hour, one be over, one begin in two."""
    now = clock.now()
    for id_, minutes in zip(ids, (-5, 60, -90, 120), strict=False):
        begins = now + timedelta(minutes=minutes)
        async with world.session() as session:
            row = update(Engagement).where(Engagement.id == UUID(id_))
            await session.execute(row.values(starts_at=begins, ends_at=begins + timedelta(minutes=50)))
