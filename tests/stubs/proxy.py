"""A bad line between two sides: delays, cuts, duplicates and reorders by a seeded chance, until it is healed.

It speaks HTTP, so what it does to a message is what a line could do to it, and is counted by its name.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum, auto
from random import Random

import httpx
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from tests.stubs.server import serving

LATE_S = 3
_OF_ONE_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"te", b"upgrade", b"host"}
Headers = list[tuple[bytes, bytes]]


class Trouble(StrEnum):
    """What may happen to one exchange; the caller of all but DELAYED and TWICE sees a broken answer."""

    DELAYED = auto()
    REQUEST_CUT = auto()  # half of the body arrives, then nothing more
    ANSWER_CUT = auto()  # it was done, half of the answer is seen
    TWICE = auto()  # arrives twice at once
    LATE = auto()  # arrives long after the caller has given up, and so behind what was sent later
    NOWHERE = auto()  # never arrives


@dataclass
class Proxy:
    """The line to `to`."""

    to: str
    seed: int
    chance: float = 0.3
    address: str = ""
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._late: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(base_url=self.to, timeout=60, trust_env=False)

    async def heal(self) -> None:
        """Do no harm from now on, and wait until all that is held back has arrived."""
        self.chance = 0
        while self._late:
            await asyncio.gather(*self._late, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request (ASGI)."""
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode() + (
            f"?{scope['query_string'].decode()}" * bool(scope["query_string"])
        )
        headers = [(name, value) for name, value in scope["headers"] if name not in _OF_ONE_HOP]
        body = await _whole(receive)
        request = self._client.build_request(scope["method"], path, headers=headers, content=body)
        trouble = self._random.choice(list(Trouble)) if self._random.random() < self.chance else None
        self.seen[trouble or "well"] += 1
        try:
            await self._carry(request, body, trouble, send)
        except httpx.TransportError:
            await _break_off(send)

    async def _carry(self, request: httpx.Request, body: bytes, trouble: Trouble | None, send: Send) -> None:
        match trouble:
            case Trouble.NOWHERE:
                await _break_off(send)
            case Trouble.LATE:
                self._promise(request)
                await _break_off(send)
            case Trouble.REQUEST_CUT if body:
                headers = request.headers.raw
                half = self._client.build_request(
                    request.method, request.url, headers=headers, content=_half(body)
                )
                with suppress(_Cut, httpx.HTTPError):
                    await self._client.send(half)
                await _break_off(send)
            case Trouble.TWICE:
                twin = self._client.build_request(
                    request.method, request.url, headers=request.headers.raw, content=body
                )
                other = asyncio.create_task(self._client.send(twin))
                await self._answer(request, send)
                with suppress(httpx.HTTPError):
                    await other
            case Trouble.DELAYED:
                await asyncio.sleep(self._random.random() * 0.5)
                await self._answer(request, send)
            case _:
                await self._answer(request, send, cut=trouble is Trouble.ANSWER_CUT)

    async def _answer(self, request: httpx.Request, send: Send, *, cut: bool = False) -> None:
        answer = await self._client.send(request, stream=True)
        try:
            headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in _OF_ONE_HOP]
            await send(_start(answer.status_code, headers))
            async for chunk in answer.aiter_raw():
                piece = chunk[: len(chunk) // 2] if cut else chunk
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                if cut:
                    return
            if not cut:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await answer.aclose()

    def _promise(self, request: httpx.Request) -> None:
        async def later() -> None:
            await asyncio.sleep(LATE_S * self._random.random())
            with suppress(httpx.HTTPError):
                await self._client.send(request)

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def close(self) -> None:
        for task in self._late:
            task.cancel()
        await self._client.aclose()


@asynccontextmanager
async def bad_line(to: str, *, seed: int, chance: float = 0.3) -> AsyncIterator[Proxy]:
    """Serve a proxy to `to` on a port of its own, `proxy.address`."""
    proxy = Proxy(to, seed, chance)
    app = Starlette()
    app.mount("/", proxy)
    async with serving(app) as address:
        proxy.address = address
        try:
            yield proxy
        finally:
            await proxy.close()


class _Cut(Exception):  # noqa: N818 - what the line does, not an error of ours
    pass


async def _whole(receive: Receive) -> bytes:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return b"".join(parts)


async def _half(body: bytes) -> AsyncIterator[bytes]:
    yield body[: len(body) // 2]
    raise _Cut


async def _break_off(send: Send) -> None:
    """Begin an answer and go away: uvicorn closes the connection on who answers half."""
    await send(_start(502, [(b"content-length", b"1000")]))
    await send({"type": "http.response.body", "body": b"x", "more_body": True})


def _start(status: int, headers: Headers) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}
