"""The province's server: takes what is pushed to it, and shows its pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from tests.stubs.province import page
from tests.stubs.province.city import Json, Refusal
from tests.stubs.province.copy import TYPES
from tests.stubs.province.life import Mood, Province

PUSHES = "/pushes"
LARGEST = 16 * 1024 * 1024
Vacancy = Callable[[int], tuple[str, Json]]


def application(province: Province, vacancy: Vacancy | None = None) -> Starlette:
    """Return the province's server; `vacancy` makes the one that the page's button sends."""
    numbers = count(1)

    async def pushed(request: Request) -> Response:
        return await _pushed(province, request)

    async def overview(_: Request) -> Response:
        return HTMLResponse(page.overview(province))

    async def differences(request: Request) -> Response:
        if request.method == "POST":
            await province.compare()
            return RedirectResponse("/differences", 303)
        return HTMLResponse(page.differences(province))

    async def vacancies(_: Request) -> Response:
        if vacancy is not None:
            try:
                await province.send(*vacancy(next(numbers)))
            except Refusal as refusal:
                province.say("out", f"岗位被拒 refused:{refusal}")
        return RedirectResponse("/", 303)

    async def state(_: Request) -> Response:
        return JSONResponse(
            {
                "held": {kind: province.copy.count(kind) for kind in TYPES},
                "counted": province.counted,
                "vacancies": province.states,
                "compared": province.compared_at is not None,
                "differences": len(province.differences),
            }
        )

    app = Starlette()
    for path, door, methods in (
        (PUSHES, pushed, ["POST"]),
        ("/", overview, ["GET"]),
        ("/differences", differences, ["GET", "POST"]),
        ("/vacancies", vacancies, ["POST"]),
        ("/state", state, ["GET"]),
    ):
        app.add_route(path, door, methods=methods)
    return app


async def _pushed(province: Province, request: Request) -> Response:
    province.counted[f"while {province.mood}"] += 1
    if (refused := _ill_tempered(province)) is not None:
        return await refused
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return Response(status_code=413)
    status = province.take(body, dict(request.headers))
    if province.mood is Mood.SLOW:
        await asyncio.sleep(1)
    if province.mood is Mood.LOST:
        return StreamingResponse(_half(), headers={"content-length": "1000"})
    return Response(status_code=status)


def _ill_tempered(province: Province) -> Awaitable[Response] | None:
    async def answer() -> Response:
        match province.mood:
            case Mood.SILENT:
                await asyncio.sleep(3_600)
            case Mood.ENDLESS:
                return StreamingResponse(_endless(), status_code=500)
            case Mood.ELSEWHERE:
                return RedirectResponse("http://169.254.169.254/latest/meta-data/", 307)
        return Response(status_code=500)

    ill = {Mood.SILENT, Mood.BROKEN, Mood.ENDLESS, Mood.ELSEWHERE}
    return answer() if province.mood in ill else None


async def _half() -> AsyncIterator[bytes]:
    yield b"{"


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"." * 65_536
        await asyncio.sleep(0)
