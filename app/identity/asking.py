"""Who is asking, on the mobile side: the account behind an access token whose session still lasts."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import idempotency, wall
from app.core.contract import IF_ANY
from app.core.db import Session
from app.core.keyring import keys
from app.core.problems import Unauthenticated
from app.core.tokens import TokenInvalid
from app.identity.actions import AUDIENCE
from app.identity.models import Account, AccountState
from app.identity.models import Session as SignIn

_bearer = HTTPBearer(auto_error=False, scheme_name="account", description="手机端访问令牌")
_bearer_if_any = HTTPBearer(auto_error=False, scheme_name=f"account{IF_ANY}")
# Past the wall, which shows nobody an account before it is known who asks.
_Behind = wall.behind("account_behind", Account)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


@dataclass(frozen=True)
class Asking:
    """An account and the session that it asks through; none where staff act for the person."""

    account: Account
    session_id: UUID | None


def stand_in(request: Request, account: Account) -> None:
    """Let an account be asking in this request without a token of its own.

    For the counter alone, once it has seen that the person agreed and told the wall (app/counter/asking.py).
    """
    request.state.asking = Asking(account, None)


def _stood_in_for(request: Request) -> Asking | None:
    found: Asking | None = getattr(request.state, "asking", None)
    return found


async def _asking(request: Request, session: Session, credentials: Credentials) -> Asking:
    if (asking := _stood_in_for(request)) is not None:
        return asking
    return await _asking_with(session, credentials)


async def _asking_with(session: AsyncSession, credentials: HTTPAuthorizationCredentials | None) -> Asking:
    found = await _find(session, credentials)
    if found is None:
        raise Unauthenticated
    return found


async def _find(session: AsyncSession, credentials: HTTPAuthorizationCredentials | None) -> Asking | None:
    """Look the session up at every request, so that an ended one stops at once (primary key)."""
    if credentials is None:
        return None
    try:
        claims = keys().tokens.verify(credentials.credentials, AUDIENCE)
        session_id = UUID(str(claims["sid"]))
    except (TokenInvalid, KeyError, ValueError, TypeError) as error:
        raise Unauthenticated from error
    found = await session.execute(
        select(_Behind, wall.account_asks(_Behind.id))
        .join(SignIn, SignIn.account_id == _Behind.id)
        .where(SignIn.id == session_id, SignIn.ended_at.is_(None), _Behind.state == AccountState.ACTIVE),
        {"session_id": session_id},
    )
    if (account := found.scalar_one_or_none()) is None:
        raise Unauthenticated
    return Asking(account, session_id)


async def account_behind(session: AsyncSession, credentials: HTTPAuthorizationCredentials | None) -> Asking:
    """Return who is asking, in a transaction of the caller's own: for what outlasts a request's."""
    return await _asking_with(session, credentials)


AsAsking = Annotated[Asking, Depends(_asking)]


def _account(asking: AsAsking) -> Account:
    return asking.account


AsAccount = Annotated[Account, Depends(_account)]


async def _anyone(
    request: Request,
    session: Session,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer_if_any)],
) -> Account | None:
    found = _stood_in_for(request) or await _find(session, credentials)
    return found.account if found else None


AsAnyone = Annotated[Account | None, Depends(_anyone)]


async def _once(request: Request, session: Session, account: AsAccount, key: idempotency.Key = None) -> None:
    await idempotency.begin(session, request, f"account:{account.id}", key)


Once = Depends(_once)
