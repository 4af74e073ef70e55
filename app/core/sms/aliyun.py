"""Aliyun's short messages (SendSms 2017-05-25), signed with ACS3-HMAC-SHA256.

Sources: help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature and
help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms.
"""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx

from app.core.clock import now
from app.core.sms import Message, SmsRefused

_NO_BODY = sha256(b"").hexdigest()
_PASSING = (
    "Throttling",
    "ServiceUnavailable",
    "InternalError",
    "SignatureNonceUsed",
    "isp.SYSTEM_ERROR",
    "isp.GATEWAY_ERROR",
    "isv.BUSINESS_LIMIT_CONTROL",  # one a minute, five an hour, ten a day for one phone
)


class AliyunSms:
    """Sends by template codes of one account and one sign name (签名)."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        key_id: str,
        key_secret: str,
        sign_name: str,
        templates: Mapping[str, str],
        endpoint: str = "https://dysmsapi.aliyuncs.com",
    ) -> None:
        """Take `templates` as our names to Aliyun's codes: {"code": "SMS_154950909"}."""
        self._client = client
        self._key_id, self._key_secret = key_id, key_secret
        self._sign_name = sign_name
        self._templates = templates
        self._endpoint = endpoint

    async def send(self, to: str, message: Message, message_id: str) -> None:
        """Hand over the message; its id goes along as OutId."""
        if message.template not in self._templates:
            raise SmsRefused("template_unknown", retryable=False)
        query = canonical_query(
            {
                "PhoneNumbers": to,
                "SignName": self._sign_name,
                "TemplateCode": self._templates[message.template],
                "TemplateParam": json.dumps(dict(message.params), ensure_ascii=False),
                "OutId": message_id,
            }
        )
        request = self._client.build_request("POST", f"{self._endpoint}/?{query}")
        headers = {
            "host": request.headers["host"],
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-content-sha256": _NO_BODY,
        }
        request.headers.update(headers)
        request.headers["authorization"] = authorization(self._key_id, self._key_secret, query, headers)
        try:
            answer = await self._client.send(request)
            told: Any = answer.json()
            code = str(told["Code"])
        except httpx.HTTPError:
            raise SmsRefused("unreachable", retryable=True) from None
        except (ValueError, LookupError, TypeError):
            raise SmsRefused("unreadable", retryable=True) from None
        if code != "OK":
            passing = answer.is_server_error or code.startswith(_PASSING)
            raise SmsRefused(code, retryable=passing)


def authorization(key_id: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """Return the Authorization header for POST / without a body; all given headers are signed."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = [f"{name}:{headers[name]}" for name in names]
    canonical = "\n".join(["POST", "/", query, *lines, "", signed, _NO_BODY])
    to_sign = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Return the query sorted by name and encoded as RFC 3986 says: a blank is %20, ~ stays."""
    return urlencode(sorted(parameters.items()), quote_via=quote, safe="~")
