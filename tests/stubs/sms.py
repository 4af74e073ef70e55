"""Stands in for Aliyun's and Tencent's SMS services: checks each signature from the raw request.

It knows the two algorithms by their documentation alone and shares no line with our adapters.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.stubs.server import serving

KEY_ID, KEY_SECRET = "stub-key-id", "stub-key-secret"


class Mood(StrEnum):
    """How the provider answers for now."""

    WELL = auto()
    THROTTLED = auto()  # the account sends too fast
    LIMITED = auto()  # this phone got too many
    FAILED = auto()  # refused for good
    BROKEN = auto()  # 502 and a page for people
    SLOW = auto()  # nothing within a second
    LOST = auto()  # the message is taken, the answer is not seen: sent again, it comes twice


@dataclass(frozen=True)
class Received:
    to: str
    template: str
    params: Any
    sign_name: str
    message_id: str


@dataclass
class SmsStub:
    address: str = ""
    mood: Mood = Mood.WELL
    messages: list[Received] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    async def answer(self, request: Request) -> Response:
        if self.mood is Mood.SLOW:
            await asyncio.sleep(1)
        if self.mood is Mood.BROKEN:
            return PlainTextResponse("<html>Bad Gateway</html>", 502)
        body = await request.body()
        provider = _aliyun if "x-acs-action" in request.headers else _tencent
        answer = provider(self, request, body)
        if self.mood is Mood.LOST:
            return Response("{", media_type="application/json")
        return answer


@asynccontextmanager
async def sms_stub() -> AsyncIterator[SmsStub]:
    """Serve both providers at `stub.address`."""
    stub = SmsStub()
    app = Starlette()
    app.add_route("/", stub.answer, methods=["POST"])
    async with serving(app) as address:
        stub.address = address
        yield stub


class _Refused(Exception):  # noqa: N818
    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


_ALIYUNS_WORDS = {
    Mood.THROTTLED: ("Throttling.User", 400),
    Mood.LIMITED: ("isv.BUSINESS_LIMIT_CONTROL", 200),
    Mood.FAILED: ("isv.MOBILE_NUMBER_ILLEGAL", 200),
}


def _aliyun(stub: SmsStub, request: Request, body: bytes) -> Response:
    asked = dict(parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True))
    phone = asked.get("PhoneNumbers", "")
    try:
        _check_acs3(request, asked, body)
        _check_once(stub, request.headers["x-acs-signature-nonce"])
    except _Refused as why:
        told = {"Code": why.code, "Message": f"{why.code}: {phone}", "RequestId": "R"}
        return JSONResponse(told, why.status)
    if stub.mood in _ALIYUNS_WORDS:
        code, status = _ALIYUNS_WORDS[stub.mood]
        return JSONResponse({"Code": code, "Message": f"{code}: {phone}", "RequestId": "R"}, status)
    params = json.loads(asked["TemplateParam"])
    stub.messages.append(Received(phone, asked["TemplateCode"], params, asked["SignName"], asked["OutId"]))
    return JSONResponse({"Code": "OK", "Message": "OK", "BizId": "B", "RequestId": "R"})


def _check_once(stub: SmsStub, nonce: str) -> None:
    if nonce in stub.nonces:
        raise _Refused("SignatureNonceUsed")
    stub.nonces.add(nonce)


def _check_acs3(request: Request, asked: dict[str, str], body: bytes) -> None:
    headers = request.headers
    algorithm, _, fields = headers["authorization"].partition(" ")
    told = dict(part.split("=", 1) for part in fields.split(","))
    names = told["SignedHeaders"].split(";")
    needed = {"host"} | {name for name in headers if name.startswith("x-acs-")}
    if algorithm != "ACS3-HMAC-SHA256" or told["Credential"] != KEY_ID or not needed <= set(names):
        raise _Refused("InvalidAccessKeyId.NotFound", 404)
    if headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
        raise _Refused("InvalidContentSha")
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(asked[name], safe='-_.~')}" for name in sorted(asked)
    )
    canonical = f"POST\n/\n{query}\n"
    for name in names:
        canonical += f"{name}:{headers[name].strip()}\n"
    canonical += f"\n{told['SignedHeaders']}\n{headers['x-acs-content-sha256']}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    if told["Signature"] != hmac.new(KEY_SECRET.encode(), to_sign.encode(), "sha256").hexdigest():
        raise _Refused("SignatureDoesNotMatch")
    at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if abs((datetime.now(UTC) - at).total_seconds()) > 15 * 60:
        raise _Refused("InvalidTimeStamp.Expired")
    if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
        raise _Refused("InvalidAction.NotFound", 404)


def _tencent(stub: SmsStub, request: Request, body: bytes) -> Response:
    asked = json.loads(body)
    phone, message_id = asked["PhoneNumberSet"][0], asked["SessionContext"]
    try:
        _check_tc3(request, body)
        fault = "RequestLimitExceeded" if stub.mood is Mood.THROTTLED else None
    except _Refused as why:
        fault = why.code
    if fault:
        error = {"Code": fault, "Message": f"{fault}: {phone}"}
        return JSONResponse({"Response": {"Error": error, "RequestId": "R"}})
    code = {
        Mood.LIMITED: "LimitExceeded.PhoneNumberThirtySecondLimit",
        Mood.FAILED: "InvalidParameterValue.IncorrectPhoneNumber",
    }.get(stub.mood, "Ok")
    if code == "Ok":
        values = asked["TemplateParamSet"]
        stub.messages.append(Received(phone, asked["TemplateId"], values, asked["SignName"], message_id))
    status = {"PhoneNumber": phone, "SessionContext": message_id, "Code": code, "Message": phone}
    return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "R"}})


def _check_tc3(request: Request, body: bytes) -> None:
    headers = request.headers
    algorithm, _, fields = headers["authorization"].partition(" ")
    told = dict(part.split("=", 1) for part in fields.split(", "))
    names = told["SignedHeaders"].split(";")
    at = datetime.fromtimestamp(int(headers["x-tc-timestamp"]), UTC)
    scope = f"{at:%Y-%m-%d}/sms/tc3_request"
    if algorithm != "TC3-HMAC-SHA256" or told["Credential"] != f"{KEY_ID}/{scope}":
        raise _Refused("AuthFailure.SecretIdNotFound")
    if not {"host", "content-type"} <= set(names):
        raise _Refused("AuthFailure.InvalidAuthorization")
    canonical = "POST\n/\n\n"
    for name in names:
        canonical += f"{name}:{headers[name].strip().lower()}\n"
    canonical += f"\n{told['SignedHeaders']}\n{hashlib.sha256(body).hexdigest()}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    day_key = hmac.new(b"TC3" + KEY_SECRET.encode(), f"{at:%Y-%m-%d}".encode(), "sha256").digest()
    product_key = hmac.new(day_key, b"sms", "sha256").digest()
    signing_key = hmac.new(product_key, b"tc3_request", "sha256").digest()
    to_sign = f"TC3-HMAC-SHA256\n{headers['x-tc-timestamp']}\n{scope}\n{hashed}"
    if told["Signature"] != hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest():
        raise _Refused("AuthFailure.SignatureFailure")
    if abs((datetime.now(UTC) - at).total_seconds()) > 5 * 60:
        raise _Refused("AuthFailure.SignatureExpire")
    if (headers["x-tc-action"], headers["x-tc-version"]) != ("SendSms", "2021-01-11"):
        raise _Refused("InvalidAction")
    if "x-tc-region" not in headers or not json.loads(body)["SmsSdkAppId"]:
        raise _Refused("MissingParameter")
