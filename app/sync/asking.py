"""Which of the province's clients is asking, and what it may: read from the database each time."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.core.db import Session
from app.core.keyring import keys
from app.core.problems import Unauthenticated
from app.core.tokens import TokenInvalid
from app.sync.models import Client, Scope
from app.sync.problems import InsufficientScope

AUDIENCE = "province"
_bearer = HTTPBearer(auto_error=False, scheme_name="province", description="省级平台访问令牌")


@dataclass(frozen=True)
class Caller:
    """A client at work: who, with which scopes, from which address."""

    client: Client
    scopes: frozenset[Scope]
    address: str | None

    def must(self, *scopes: Scope) -> None:
        """Refuse unless the token has each of these scopes."""
        if missing := [scope for scope in scopes if scope not in self.scopes]:
            raise InsufficientScope(needed=sorted(missing))


async def _caller(
    request: Request,
    session: Session,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if credentials is None:
        raise Unauthenticated
    try:
        claims = keys().tokens.verify(credentials.credentials, AUDIENCE)
    except TokenInvalid as error:
        raise Unauthenticated from error
    client = await session.get(Client, claims["sub"])
    if client is None or client.disabled_at is not None:
        raise Unauthenticated
    # What was taken from the client since counts at once.
    asked = str(claims.get("scope", "")).split()
    scopes = frozenset(Scope(one) for one in asked if one in client.scopes and one in set(Scope))
    return Caller(client, scopes, request.client.host if request.client else None)


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
