"""People whose every detail would be recognised wherever it turned up."""

import base64
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from scripts.demo.numbers import valid_id_number
from tests.world import PASSWORD, YAODU, Employer, Worker, World, ok, shift

NAME, CONTACT, HOUSEHOLDER = "欧阳卫国", "诸葛守信", "司马长安"
HOME = "桐叶封弟巷七号院"
ID_NUMBER = valid_id_number("141002", date(1971, 3, 9), 417)
HOUSEHOLDERS_ID = valid_id_number("141002", date(1969, 8, 2), 538)
PHONES = ("13935704417", "13835705521", "15935706638")
DEVICE = "卫国的旧手机"


@dataclass
class Scene:
    """A worker and a household with canaries, signed in with codes that came by SMS."""

    worker: Worker
    household: Employer
    secrets: list[str]

    @property
    def sealed(self) -> list[str]:
        """What must not be read from the database or its dump."""
        return [NAME, CONTACT, HOUSEHOLDER, ID_NUMBER, HOUSEHOLDERS_ID, *PHONES, PASSWORD, *self.secrets]

    @property
    def all(self) -> list[str]:
        """What must not stand in a log, a figure or a refusal."""
        return [*self.sealed, HOME, DEVICE]


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
    job = await household.posts_job(shifts=[shift(8)])
    ok(await worker.applies(job), 201)
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
