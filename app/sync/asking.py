"""Which of the province's clients is asking, and what it may."""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.core.db import Database, Transacted
from app.core.keyring import keys
from app.core.problems import Unauthenticated
from app.core.tokens import TokenInvalid
from app.sync import calling
from app.sync.calling import Call, Caller
from app.sync.models import Scope
from app.sync.signing_in import AUDIENCE

__all__ = ["AUDIENCE", "AsProvince", "Called", "Caller", "counting"]

_bearer = HTTPBearer(auto_error=False, scheme_name="province", description="省级平台访问令牌")
_COUNTS = "x-counts-as-calls"
# What of a call may stand in the ledger: codes, dates and kinds. The rest is left out, whatever it is.
_CODES = re.compile(r"^[A-Za-z0-9_:.,+-]{1,100}$")
_WHERE_FROM = {"after", "cursor"}


def counting(calls: int) -> dict[str, Any]:
    """Let an operation count as so many calls of the quota: its `openapi_extra`, for all to read."""
    return {_COUNTS: calls}


class Called(Transacted):
    """A door of the province's: who calls is known, counted and in the ledger before a body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        uses = int((self.openapi_extra or {}).get(_COUNTS, 1))
        named = {one.alias for one in get_flat_params(self.dependant)} - _WHERE_FROM

        async def after_it_is_noted(request: Request) -> Response:
            # What the path says is what is opened: a query of the same name says nothing.
            given = {**request.query_params, **request.path_params}
            asked = {name: given[name] for name in sorted(named & given.keys()) if _CODES.match(given[name])}
            request.state.caller = await _begun(request, Call(self.name, asked, uses))
            return await handle(request)

        return after_it_is_noted


async def _begun(request: Request, call: Call) -> Caller:
    credentials = await _bearer(request)
    if credentials is None:
        raise Unauthenticated
    try:
        claims = keys().tokens.verify(credentials.credentials, AUDIENCE)
    except TokenInvalid as error:
        raise Unauthenticated from error
    database: Database = request.app.state.database
    return await calling.begin(database, claims, call, request.client.host if request.client else None)


def _caller(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],  # for the contract
) -> Caller:
    caller: Caller = request.state.caller
    return caller


AsProvince = Annotated[Caller, Depends(_caller)]


def _with(*scopes: Scope) -> Callable[[Caller], Coroutine[Any, Any, Caller]]:
    async def check(caller: AsProvince) -> Caller:
        caller.must(*scopes)
        return caller

    return check


# A door names what it needs; those that serve several types ask `must` for each.
AsJobSender = Annotated[Caller, Depends(_with(Scope.WRITE_JOB))]
AsOutcomeSender = Annotated[Caller, Depends(_with(Scope.WRITE_APPLICATION))]
AsPersonReader = Annotated[Caller, Depends(_with(Scope.READ_PERSON))]
AsFiguresReader = Annotated[Caller, Depends(_with(Scope.READ_FIGURES))]
AsSubscriber = Annotated[Caller, Depends(_with(Scope.PUSH))]
