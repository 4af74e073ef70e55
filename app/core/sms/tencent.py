"""Tencent Cloud's short messages (SendSms 2021-01-11), signed with TC3-HMAC-SHA256.

Sources: cloud.tencent.com/document/product/382/52071 (signature) and .../382/55981 (SendSms).
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx

from app.core.clock import now
from app.core.sms import Message, SmsRefused

_CONTENT_TYPE = "application/json; charset=utf-8"
_REGION = "ap-guangzhou"
_PASSING = ("RequestLimitExceeded", "LimitExceeded", "InternalError", "ResourceUnavailable")


class TencentSms:
    """Sends by template ids of one SMS application and one sign name (签名)."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        key_id: str,
        key_secret: str,
        app_id: str,
        sign_name: str,
        templates: Mapping[str, str],
        endpoint: str = "https://sms.tencentcloudapi.com",
    ) -> None:
        """Take `templates` as our names to Tencent's ids and the order of their values.

        Tencent's templates number their values ({1}, {2}), ours name them: {"code": "1110:code,minutes"}.
        """
        self._client = client
        self._key_id, self._key_secret = key_id, key_secret
        self._app_id = app_id
        self._sign_name = sign_name
        self._templates = templates
        self._endpoint = endpoint

    async def send(self, to: str, message: Message, message_id: str) -> None:
        """Hand over the message; its id goes along as SessionContext."""
        if message.template not in self._templates:
            raise SmsRefused("template_unknown", retryable=False)
        template_id, _, names = self._templates[message.template].partition(":")
        try:
            values = [message.params[name] for name in names.split(",") if name]
        except KeyError:
            raise SmsRefused("template_value_missing", retryable=False) from None
        body = json.dumps(
            {
                "PhoneNumberSet": [to],
                "SmsSdkAppId": self._app_id,
                "SignName": self._sign_name,
                "TemplateId": template_id,
                "TemplateParamSet": values,
                "SessionContext": message_id,
            }
        ).encode()
        request = self._client.build_request("POST", self._endpoint, content=body)
        signed = {"content-type": _CONTENT_TYPE, "host": request.headers["host"], "x-tc-action": "SendSms"}
        at = int(now().timestamp())
        request.headers.update(signed)
        request.headers["x-tc-version"] = "2021-01-11"
        request.headers["x-tc-region"] = _REGION
        request.headers["x-tc-timestamp"] = str(at)
        request.headers["authorization"] = authorization(
            self._key_id, self._key_secret, product="sms", at=at, headers=signed, body=body
        )
        try:
            answer = await self._client.send(request)
            code = _code(answer.json()["Response"])
        except httpx.HTTPError:
            raise SmsRefused("unreachable", retryable=True) from None
        except (ValueError, LookupError, TypeError):
            raise SmsRefused("unreadable", retryable=True) from None
        if code != "Ok":
            passing = answer.is_server_error or code.startswith(_PASSING)
            raise SmsRefused(code, retryable=passing)


def _code(told: Any) -> str:
    """Read the code of the whole request, else of the one phone in it."""
    return str(told["Error"]["Code"] if "Error" in told else told["SendStatusSet"][0]["Code"])


def authorization(
    key_id: str, secret: str, *, product: str, at: int, headers: Mapping[str, str], body: bytes
) -> str:
    """Return the Authorization header for POST / at a Unix second; values are signed in lower case."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = [f"{name}:{headers[name].lower()}" for name in names]
    canonical = "\n".join(["POST", "/", "", *lines, "", signed, sha256(body).hexdigest()])
    day = datetime.fromtimestamp(at, UTC).date().isoformat()
    scope = f"{day}/{product}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in (day, product, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
