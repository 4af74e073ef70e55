"""One-time codes as somebody would guess them who wants into an account: at once, from many addresses."""

import asyncio
import hashlib
import itertools
import json
import random
from collections import Counter

import asyncpg
import httpx

from app.core.sealed import Sealer
from app.core.settings import Settings
from tests.contention.crowd import line, started
from tests.processes import Api

ADDRESSES = 1_000
AT_ONCE = 50
_SEALING, _INDEX = "5e" * 32, "for the tests alone"
_TOKENS = """tests:-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----"""


def public(settings: Settings) -> Api:
    """Return an API that is not local, where limits by address hold; it has not been started."""
    return Api(
        settings,
        ENVIRONMENT="staging",
        TOKEN_KEYS=_TOKENS,
        SEALING_KEYS=f"tests:{_SEALING}",
        INDEX_KEY=_INDEX,
        SMS_PROVIDER="aliyun",
    )


async def ask(api: Api, phone: str, address: str = "10.1.0.1") -> httpx.Response:
    """Ask for a code."""
    return await _post(api, "/v1/auth/codes", {"phone": phone}, address)


async def enter(api: Api, phone: str, code: str, address: str = "10.1.0.1") -> httpx.Response:
    """Sign in with a code."""
    body = {"phone": phone, "code": code, "device_name": "手机"}
    return await _post(api, "/v1/auth/sessions", body, address)


async def code_sent(settings: Settings, phone: str) -> str:
    """Read the last message to a phone as its owner does."""
    sealer = Sealer({"tests": bytes.fromhex(_SEALING)}, "tests", hashlib.sha256(_INDEX.encode()).digest())
    connection = await asyncpg.connect(settings.database_url)
    try:
        row = await connection.fetchrow(
            "SELECT id, params_sealed FROM sms_messages WHERE phone_index = $1 ORDER BY id DESC LIMIT 1",
            sealer.index(f"+86{phone}", "phone"),
        )
    finally:
        await connection.close()
    assert row, "no message"
    content = json.loads(sealer.open(row["params_sealed"], f"sms_messages/params/{row['id']}"))
    return str(content["params"]["code"])


async def guess(api: Api, phone: str, right: str, count: int) -> Counter[str]:
    """Try so many codes at once, the right one among them after the first hundred; count the answers."""
    chance = random.Random(20221)
    wrong = [code for code in (f"{n:06}" for n in chance.sample(range(10**6), count)) if code != right]
    codes = wrong[: count - 1]
    codes.insert(chance.randrange(100, count), right)
    addresses = itertools.cycle(f"10.2.{n // 250}.{n % 250 + 1}" for n in range(ADDRESSES))

    async with line(api.address, AT_ONCE) as client:

        async def one(code: str, address: str) -> str:
            body = {"phone": phone, "code": code, "device_name": "手机"}
            headers = {"X-Forwarded-For": address}
            answer = await client.post("/v1/auth/sessions", json=body, headers=headers)
            return "right" if answer.status_code == httpx.codes.CREATED else str(answer.json()["code"])

        told = await asyncio.gather(*started(AT_ONCE, map(one, codes, addresses)))
    return Counter(told)


async def _post(api: Api, path: str, body: dict[str, str], address: str) -> httpx.Response:
    headers = {"X-Forwarded-For": address}
    async with httpx.AsyncClient(base_url=api.address, trust_env=False) as client:
        return await client.post(path, json=body, headers=headers)
