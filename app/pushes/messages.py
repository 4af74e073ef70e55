"""A message on its way: Standard Webhooks, signed with each secret that lives, and what came of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from standardwebhooks.webhooks import Webhook

from app.core import clock
from app.core.outbound import AddressRefused

TIMEOUT_S = 15.0  # for one attempt as a whole, however slowly the answer comes
_MOST_ANSWER = 64 * 1024  # read to the end, so that the connection can be used again; more is cut off
_CONTENT = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}


@dataclass(frozen=True)
class Message:
    """One attempt: `id` is the same each time, the body tells how things are now."""

    id: str
    url: str
    secrets: Sequence[str]  # the current one first
    body: str


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the status, or a code for why there was none; never what was answered."""

    status: int | None = None
    error: str | None = None
    wait_s: float = 0.0  # as the endpoint asked for

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def gone(self) -> bool:
        return self.status == HTTPStatus.GONE

    @property
    def content_refused(self) -> bool:
        """Whether it may be something in the message that the endpoint can't take."""
        return self.status in _CONTENT


def changes_body(at: datetime, after: str | None, items: str, next_cursor: str | None) -> str:
    """Return the body with items that are JSON already."""
    return (
        f'{{"type":"changes","timestamp":"{_instant(at)}","data":{{"after":{_cursor(after)},'
        f'"items":[{items}],"next_cursor":{_cursor(next_cursor)}}}}}'
    )


def expired_body(at: datetime, snapshot: str) -> str:
    """Return the body that tells of changes that are no more: only the whole can help."""
    told = f'"data":{{"snapshot":"{snapshot}"}}'
    return f'{{"type":"cursor_expired","timestamp":"{_instant(at)}",{told}}}'


def signed(message: Message, at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks, with one signature a secret."""
    signatures = [Webhook(secret).sign(message.id, at, message.body) for secret in message.secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def post(http: httpx.AsyncClient, message: Message) -> Outcome:
    """Send it once. Whatever the endpoint does, it is over within TIMEOUT_S."""
    headers, content = signed(message, clock.now()), message.body.encode()
    outcome: Outcome | None = None  # once the status has come, the rest of the answer counts for nothing
    try:
        async with asyncio.timeout(TIMEOUT_S):
            async with http.stream("POST", message.url, content=content, headers=headers) as answer:
                outcome = Outcome(answer.status_code, wait_s=_wait(answer.headers.get("retry-after")))
                await _drain(answer)
                return outcome
    except AddressRefused:
        return Outcome(error="address_refused")
    except (TimeoutError, httpx.TimeoutException):
        return outcome or Outcome(error="timeout")
    except (httpx.HTTPError, httpx.StreamError, OSError, UnicodeError):  # httpx reads a name anew
        return outcome or Outcome(error="connection")


async def _drain(answer: httpx.Response) -> None:
    """Read the rest of the answer without looking at it; raw, so that nothing is unpacked."""
    read = 0
    async for chunk in answer.aiter_raw():
        read += len(chunk)
        if read > _MOST_ANSWER:
            return


def _wait(retry_after: str | None) -> float:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or an instant; 0 for what is neither."""
    if retry_after is None:
        return 0.0
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - clock.now()).total_seconds())


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _cursor(cursor: str | None) -> str:
    return "null" if cursor is None else f'"{cursor}"'
