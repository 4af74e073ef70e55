"""The bad line itself: each trouble does what its name says, and a healed line does none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from tests.stubs.proxy import Proxy, Trouble, bad_line
from tests.stubs.server import serving


@dataclass
class Echo:
    """A server that answers with what came, and counts it."""

    came: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: Request) -> Response:
        try:
            body = (await request.body()).decode()
        except ClientDisconnect:
            self.came["half"] += 1
            return Response()
        self.came[body] += 1
        return PlainTextResponse(f"{request.method} {request.url.path}?{request.url.query} {body}")


@asynccontextmanager
async def _line(chance: float = 0) -> AsyncIterator[tuple[Echo, Proxy]]:
    echo, app = Echo(), Starlette()
    app.add_route("/{path:path}", echo.answer, methods=["GET", "PUT"])
    async with serving(app) as to, bad_line(to, seed=1, chance=chance) as proxy:
        yield echo, proxy


async def _put(proxy: Proxy, text: str) -> str | None:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.put(f"{proxy.address}/a/b?c=%2F", content=text)).text
        except httpx.TransportError:
            return None


async def test_a_well_line_passes_all_on() -> None:
    async with _line() as (echo, proxy):
        assert await _put(proxy, "岗位") == "PUT /a/b?c=%2F 岗位"
    assert echo.came == {"岗位": 1}


@pytest.mark.parametrize(
    ("trouble", "seen", "came"),
    [
        (Trouble.DELAYED, True, {"abcd": 1}),
        (Trouble.REQUEST_CUT, False, {"half": 1}),
        (Trouble.ANSWER_CUT, False, {"abcd": 1}),
        (Trouble.TWICE, True, {"abcd": 2}),
        (Trouble.LATE, False, {"abcd": 1}),
        (Trouble.NOWHERE, False, {}),
    ],
)
async def test_each_trouble_does_what_its_name_says(
    trouble: Trouble, seen: bool, came: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _line(chance=1) as (echo, proxy):
        monkeypatch.setattr(proxy._random, "choice", lambda _: trouble)

        answer = await _put(proxy, "abcd")
        await proxy.heal()

        assert (answer is not None) == seen
        for _ in range(200):
            if dict(echo.came) == came:
                break
            await asyncio.sleep(0.01)
        assert dict(echo.came) == came
