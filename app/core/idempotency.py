"""Idempotency keys: the answer to a POST, kept for 24 hours in the transaction of its effect."""

import hashlib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Request, Response
from sqlalchemy import LargeBinary, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.keyring import blind_index, seal, unseal
from app.core.problems import Problem
from app.core.types import Base, Instant

KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = {"content-type", "etag", "location", "content-language"}

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="客户端自选的幂等键:24 小时内同键同内容返回首次的应答",
        examples=["7c0d5a52-6a0b-4c39-9d55-0a6f6f0c1f11"],
    ),
]


class Answer(Base):
    """What was answered to a key."""

    __tablename__ = "idempotency_answers"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Instant] = mapped_column(index=True)


class KeyReused(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    title = "幂等键已用于其他内容"
    title_en = "This idempotency key was used with another body"


class KeyInUse(Problem):
    code = "idempotency_key_in_use"
    title = "同一幂等键的请求正在处理,请稍后再试"
    title_en = "A request with this idempotency key is still running"
    constraint = "pk_idempotency_answers"


class AnsweredBefore(Exception):  # noqa: N818 - not a failure: the first answer, found again
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.key)
        self.answer = answer

    def response(self) -> Response:
        headers = self.answer.headers | {"Idempotency-Replayed": "true"}
        body = unseal(self.answer.body_sealed, _place(self.answer.actor, self.answer.key))
        return Response(body, self.answer.status, headers)


async def begin(session: AsyncSession, request: Request, actor: str, key: str | None) -> None:
    """Take the key for this request, or answer as before.

    Refuses a key that came with another body (422) or that is still running (409: an advisory lock
    that ends with the transaction tells, so a crash frees the key).
    """
    if key is None:
        return
    fingerprint = await _fingerprint(request)
    lock = int.from_bytes(hashlib.sha256(f"{actor}\n{key}".encode()).digest()[:8], signed=True)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise KeyInUse
    found = await session.get(Answer, (actor, key))
    if found and found.expires_at > clock.now():
        if found.fingerprint != fingerprint:
            raise KeyReused
        raise AnsweredBefore(found)
    if found:
        await session.delete(found)
        await session.flush()
    request.state.idempotency = (actor, key, fingerprint)


async def record(session: AsyncSession, request: Request, response: Response) -> None:
    """Keep the answer beside the effect, if the request came with a key."""
    taken: tuple[str, str, bytes] | None = getattr(request.state, "idempotency", None)
    if taken is None:
        return
    actor, key, fingerprint = taken
    session.add(
        Answer(
            actor=actor,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers={k: v for k, v in response.headers.items() if k in KEPT_HEADERS},
            body_sealed=seal(bytes(response.body).decode(), _place(actor, key)),
            expires_at=clock.now() + KEPT_FOR,
        )
    )


async def _fingerprint(request: Request) -> bytes:
    """Tell one request from another: by its bytes, a form by its fields (boundaries differ each time).

    Keyed, for a body may hold what is easily guessed, such as an ID number.
    """
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if request.headers.get("content-type", "").startswith("multipart/"):
        for name, value in (await request.form()).multi_items():
            digest.update(hashlib.sha256(name.encode()).digest())
            if isinstance(value, str):
                digest.update(hashlib.sha256(value.encode()).digest())
            else:
                digest.update(hashlib.sha256(await value.read()).digest())
                await value.seek(0)
    else:
        digest.update(await request.body())
    return blind_index(digest.hexdigest(), "idempotency")


def _place(actor: str, key: str) -> str:
    return f"idempotency_answers/body/{actor}/{key}"


async def forget_expired(session: AsyncSession, before: datetime) -> None:
    """Delete the answers whose day is over."""
    await session.execute(
        text("DELETE FROM idempotency_answers WHERE expires_at < :before"), {"before": before}
    )
