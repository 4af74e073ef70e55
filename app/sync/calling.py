"""A client calls: known, within its networks and its quota, and in the ledger before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.core import limits
from app.core.db import Database
from app.core.limits import Rate
from app.core.problems import Problem, TooMany, Unauthenticated
from app.geo.reference import CITY
from app.sync.models import Client, Scope
from app.sync.problems import InsufficientScope
from app.sync.signing_in import note_refusal

QUOTA = "province_calls"


@dataclass(frozen=True)
class Caller:
    """A client at work: who, with which scopes, from which address."""

    client: Client
    scopes: frozenset[Scope]
    address: str | None

    @property
    def actor(self) -> Actor:
        """Who this is in the ledger."""
        return self.client.actor(self.address)

    def must(self, *scopes: Scope) -> None:
        """Refuse unless the token has each of these scopes."""
        if missing := [scope for scope in scopes if scope not in self.scopes]:
            raise InsufficientScope(needed=sorted(missing))


@dataclass(frozen=True)
class Call:
    """What is asked: the operation's name, its codes and dates (no personal data), and what it counts for."""

    operation: str
    asked: Mapping[str, str]
    uses: int


async def begin(database: Database, claims: Mapping[str, Any], call: Call, address: str | None) -> Caller:
    """Return who calls, with the call counted and written into the ledger.

    In one transaction before the request's own: a call that is refused afterwards was a call. Read from
    the database each time: what was taken from the client counts at once. Refuses with 401 whatever is
    wrong with the client or its address, and with 429 beyond the quota.
    """
    refusal: Problem | None = None
    async with database.transaction() as session:
        client = await session.get(Client, claims["sub"])
        if client is None:
            raise Unauthenticated
        try:
            await _allowed(session, client, call, address)
        except (Unauthenticated, TooMany) as problem:
            refusal = problem
    if refusal is not None:
        raise refusal
    asked = str(claims.get("scope", "")).split()
    scopes = frozenset(Scope(one) for one in asked if one in client.scopes and one in set(Scope))
    return Caller(client, scopes, address)


async def _allowed(session: AsyncSession, client: Client, call: Call, address: str | None) -> None:
    action = f"province.{call.operation}"
    if client.disabled_at is not None or not client.may_call_from(address):
        why = "address" if client.disabled_at is None else "disabled"
        await note_refusal(session, client, action, why, address)
        raise Unauthenticated
    try:
        quota = Rate(QUOTA, client.calls_a_minute, timedelta(minutes=1))
        await limits.take(session, quota, client.id, call.uses)
    except TooMany:
        await note_refusal(session, client, action, "quota", address)
        raise
    await record(
        session,
        client.actor(address),
        action,
        object_kind="province",
        object_id=client.ledger_id,
        division=CITY,
        after=dict(call.asked) or None,
    )
