"""What happens by itself in the demo: our keys are registered, vacancies go over, somebody applies."""

import asyncio
import re
from typing import Any

import httpx
import pyotp

from tests.stubs.province.city import Refusal
from tests.stubs.province.keys import Keys
from tests.stubs.province.life import Province
from tests.stubs.province.vacancies import vacancy

Json = dict[str, Any]
OPERATOR = "operator-1410"
SENT = 4
UNKNOWN_TRADE = "4-08-05-01"  # as the national classification of occupations has it; not one of the city's


async def register(address: str, told: Json, keys: Keys) -> None:
    """Have the city's operator register our public keys, as the two sides' people would."""
    operator = next(one for one in told["staff"] if one["username"] == OPERATOR)
    given = {name: operator[name] for name in ("username", "password")}
    client_id = told["province"]["client_id"]
    async with httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as http:
        code = pyotp.TOTP(operator["totp_secret"]).now()
        answer = await http.post("/admin/v1/auth/sessions", json=given | {"totp": code})
        if answer.is_error:
            raise Refusal(answer)
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        for key in keys.public():
            answer = await http.post(f"/admin/v1/sync/clients/{client_id}/keys", json={"jwk": key})
            if answer.is_error and answer.status_code != httpx.codes.CONFLICT:
                raise Refusal(answer)


async def act(province: Province, told: Json, keys: Keys) -> None:
    """Send vacancies: lawful ones, one with a code that the city doesn't know, one of the city's own."""
    for number in range(SENT):
        await province.send(f"SX-{number + 1:04}", vacancy(number))
    await province.send("SX-0900", vacancy(4, trade=UNKNOWN_TRADE, title="省级景区讲解员"))
    for _ in range(100):  # a market that has just been loaded is published by and by
        if own := next(iter(province.copy.all("job").items()), None):
            break
        await asyncio.sleep(0.2)
    if own is not None:
        await province.send("SX-0901", _own(*own))
    await _somebody_applies(province, told, keys)


def _own(id_: str, job: Json) -> Json:
    """Return one of the city's jobs as it would come back through the province."""
    return (
        vacancy(5)
        | {name: job[name] for name in ("title", "description", "place", "pay")}
        | {
            "trade": job["trade"],
            "division": job["division"],
            "origin": {"city_job_id": id_},
        }
    )


async def _somebody_applies(province: Province, told: Json, keys: Keys) -> None:
    """Let a worker of the demo agree, find one of ours, and apply; then say that she is taken on."""
    phone = next(one["phone"] for one in told["workers"] if one["verified"])
    async with httpx.AsyncClient(base_url=province.city.address, timeout=20, trust_env=False) as http:
        await http.post("/v1/auth/codes", json={"phone": phone})
        await asyncio.sleep(1)
        texts = (await http.get("/dev/messages", params={"to": phone})).json()["items"]
        code = re.findall(r"\d{6}", texts[0]["text"])[0]
        session = await http.post(
            "/v1/auth/sessions", json={"phone": phone, "code": code, "device_name": "演示手机"}
        )
        http.headers["Authorization"] = f"Bearer {session.json()['access_token']}"
        await http.put("/v1/me/consents", json={"province": True})
        id_ = await _applies(http)
    if id_ is None:
        return
    province.say("in", "有人报名省级岗位 somebody applies for one of ours")
    for _ in range(100):
        if id_ in province.copy.all("application"):
            await province.person("application", id_, keys.sealing)
            await province.answer(id_, "accepted")
            return
        await asyncio.sleep(0.2)


async def _applies(http: httpx.AsyncClient) -> str | None:
    """Apply for the first shift of ours that is open to this person; return the application's id."""
    found = (await http.get("/v1/jobs", params={"sort": "newest", "limit": 50})).json()["items"]
    for one in found:
        if one["job"]["source"] != "province":
            continue
        job = one["job"]["id"]
        shifts = (await http.get(f"/v1/jobs/{job}/eligibility")).json()["shifts"]
        for shift in shifts:
            if shift["eligible"]:
                answer = await http.post(
                    f"/v1/jobs/{job}/applications", json={"shift_ids": [shift["shift_id"]]}
                )
                return str(answer.json()["id"]) if answer.is_success else None
    return None
