"""The edge of HTTP: request ids, one log line a request, figures, and every failure as a problem."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import logs
from app.core.faults import faults_in
from app.core.problems import (
    Conflict,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    NotReady,
    Problem,
    TooLarge,
    TooMany,
    Unexpected,
    WrongMediaType,
)
from app.core.types import new_id

log = structlog.get_logger()
REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["route"])
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._\-]{1,64}$")
_BY_STATUS: dict[int, type[Problem]] = {
    400: Malformed,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: WrongMediaType,
    422: Invalid,
    429: TooMany,
}


class Edge:
    """Gives each request its id and language, bounds its body, and writes its one line in the end."""

    def __init__(self, app: ASGIApp, body_limit: int, larger: Mapping[str, int]) -> None:
        self.app, self.body_limit, self.larger = app, body_limit, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.match(given) else new_id().hex.encode()
        english = headers.get(b"accept-language", b"")[:2].lower() == b"en"
        scope["request_id"], scope["english"] = request_id.decode(), english
        language = b"en" if english else b"zh-CN"
        began, status, received = time.perf_counter(), 0, 0
        limit = self.larger.get(scope["path"], self.body_limit)

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(TooLarge.status)  # the one kind that FastAPI's parser lets through
            return message

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id),
                    (b"content-language", language),
                ]
            await send(message)

        try:
            await self.app(scope, bounded, with_headers)
        except Exception as error:  # noqa: BLE001 - the last stop: nothing may leave as a bare failure
            # Not log.exception: an exception's text may carry what a person sent.
            log.error("failed", request_id=request_id.decode(), **logs.where_it_failed(error))  # noqa: TRY400
            if status == 0:
                await _answer(Unexpected(), scope)(scope, receive, with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            method = scope["method"] if scope["method"] in METHODS else "-"  # a caller may make one up
            took = time.perf_counter() - began
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(route).observe(took)
            log.info(
                "answered",
                request_id=request_id.decode(),
                method=method,
                route=route,
                status=status,
                ms=round(took * 1000, 1),
            )


def install(app: FastAPI, body_limit: int, larger: Mapping[str, int]) -> None:
    """Put the edge around the application and have every failure answered as a problem.

    `body_limit` in bytes; more is refused as soon as it has come. `larger`: that of paths which read
    their bodies as they stream in.
    """
    app.add_middleware(Edge, body_limit=body_limit, larger=larger)
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[JSONResponse]]] = {
        Problem: _problem,
        RequestValidationError: _invalid,
        HTTPException: _http,
        SQLAlchemyError: _database,
        asyncpg.PostgresError: _database,
        asyncpg.InterfaceError: _database,
        OSError: _database,
        ClientDisconnect: _gone,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _answer(problem: Problem, scope: Scope) -> JSONResponse:
    body = problem.body(instance=f"urn:request:{scope['request_id']}", english=scope["english"])
    return JSONResponse(body, problem.status, headers=problem.headers, media_type="application/problem+json")


async def _problem(request: Request, problem: Problem) -> JSONResponse:
    return _answer(problem, request.scope)


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer with where and why, and never with what was sent: it may be an ID number."""
    faults = faults_in(error.errors())
    kind = Malformed if any(fault.code == "json_invalid" for fault in faults) else Invalid
    return _answer(kind(faults=faults), request.scope)


async def _gone(request: Request, _: ClientDisconnect) -> JSONResponse:
    """Answer nobody: who was sending has gone, which is no failure of ours."""
    return _answer(Malformed("连接中断", "The connection was cut"), request.scope)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    problem = _BY_STATUS.get(error.status_code, Unexpected)()
    problem.headers |= dict(error.headers or {})
    return _answer(problem, request.scope)


async def _database(request: Request, error: Exception) -> JSONResponse:
    """Explain what the database refused; what it can't do now is a 503, what it can't store a 422."""
    problem = _explained(error)
    if isinstance(problem, Conflict | Invalid | NotReady | Unexpected) and type(problem) in _UNNAMED:
        log.warning("database_refused", request_id=request.scope["request_id"], **logs.where_it_failed(error))
    return _answer(problem, request.scope)


_UNNAMED = {Conflict, Invalid, NotReady, Unexpected}
# SQLSTATE classes: integrity constraint violation, data exception.
_BY_CLASS: dict[str, type[Problem]] = {"23": Conflict, "22": Invalid}
_RETRY = {"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "25P03"}


def _explained(error: Exception) -> Problem:
    if isinstance(error, OSError | PoolTimeout | InterfaceError | asyncpg.InterfaceError):
        return NotReady()
    driver = error.orig if isinstance(error, DBAPIError) else error
    cause = driver if isinstance(driver, asyncpg.PostgresError) else getattr(driver, "__cause__", None)
    state: str = getattr(cause, "sqlstate", None) or ""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or state in _RETRY or state.startswith(("08", "53")) or isinstance(driver, OSError):
        return NotReady()
    kind = Problem.by_constraint.get(getattr(cause, "constraint_name", None) or "")
    return (kind or _BY_CLASS.get(state[:2], Unexpected))()
