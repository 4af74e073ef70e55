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


async def act(province: Province, told: Json) -> None:
    """Send vacancies: lawful ones, one with a code that the city doesn't know, one of the city's own."""
    for number in range(SENT):
        await province.send(f"SX-{number + 1:04}", vacancy(number))
    await province.send("SX-0900", vacancy(4, trade=UNKNOWN_TRADE, title="省级景区讲解员"))
    own = next(iter(province.copy.all("job").items()), None)
    if own is not None:
        await province.send("SX-0901", _own(*own))
    await _somebody_applies(province, told)


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


async def _somebody_applies(province: Province, told: Json) -> None:
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
        found = (await http.get("/v1/jobs", params={"q": vacancy(0)["title"]})).json()["items"]
        ours = [one["job"] for one in found if one["job"]["source"] == "province"]
        if not ours:
            return
        job = (await http.get(f"/v1/jobs/{ours[0]['id']}")).json()
        shift = job["shifts"][0]["id"]
        answer = await http.post(f"/v1/jobs/{job['id']}/applications", json={"shift_ids": [shift]})
        if answer.is_error:
            return
        id_ = answer.json()["id"]
    province.say("in", "有人报名省级岗位 somebody applies for one of ours")
    for _ in range(50):
        if id_ in province.copy.all("application"):
            await province.answer(id_, "accepted")
            return
        await asyncio.sleep(0.2)
