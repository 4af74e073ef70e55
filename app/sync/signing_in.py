"""A client signs in: by its secret, or by an assertion that one of its keys signed."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.audit.models import ActorKind
from app.core import clock, limits
from app.core.keyring import keys
from app.core.limits import Rate
from app.core.problems import TooMany
from app.geo.reference import CITY
from app.sync import assertions
from app.sync.assertions import AssertionRefused
from app.sync.models import Assertion, Client, KeyUse
from app.sync.problems import InvalidClient, InvalidScope

log = structlog.get_logger()
AUDIENCE = "province"
_ID = re.compile(r"^[\x21-\x7e]{1,100}$")
LIFETIME = timedelta(minutes=10)
# By address who it is does not matter yet; by client only who proved to be it is counted, or anybody could
# keep the province out by failing in its name. A secret of 256 bits is not guessed.
TRIES = Rate("province_sign_in_address", 60, timedelta(minutes=1))
TOKENS = Rate("province_sign_in", 60, timedelta(minutes=1))
# The ledger keeps what was refused, but nobody fills it by being refused.
REFUSALS = Rate("province_refused", 60, timedelta(minutes=1))


@dataclass(frozen=True)
class Credentials:
    """What somebody shows: who they say to be, and a secret or an assertion."""

    client_id: str | None
    secret: str | None = None
    assertion: str | None = None


@dataclass(frozen=True)
class SignedIn:
    access_token: str
    scopes: list[str]


async def sign_in(
    session: AsyncSession,
    shown: Credentials,
    scope: str | None,
    *,
    audiences: Collection[str],
    address: str | None,
    limited: bool,
) -> SignedIn:
    """Return a token, or refuse: alike whatever is wrong, and in the ledger with the reason.

    `audiences`: by which addresses an assertion may name us; `limited`: whether tries are counted by
    network address.
    """
    if limited:
        await limits.take(session, TRIES, str(address))
    named = shown.client_id or (assertions.subject_of(shown.assertion) if shown.assertion else None)
    client = await session.get(Client, named) if named and _ID.match(named) else None
    try:
        by = await _proven(session, client, shown, audiences, address)
    except AssertionRefused as why:
        await note_refusal(session, client, "province.sign_in_refused", str(why), address)
        raise InvalidClient from None
    if client is None:  # for the type checker: nobody is proven to be no client
        raise InvalidClient
    wanted = list(dict.fromkeys(scope.split())) if scope and scope.strip() else client.scopes
    if set(wanted) - set(client.scopes):
        await note_refusal(session, client, "province.sign_in_refused", "scope", address)
        raise InvalidScope
    await limits.take(session, TOKENS, client.id)
    await _note(session, client.actor(address), "province.sign_in", {"by": by, "scopes": wanted})
    token = keys().tokens.issue(client.id, AUDIENCE, LIFETIME, scope=" ".join(wanted))
    return SignedIn(token, wanted)


async def note_refusal(
    session: AsyncSession, client: Client | None, action: str, why: str, address: str | None
) -> None:
    """Write into the ledger who was refused and why; sixty a minute of a client's, or of nobody's."""
    try:
        await limits.take(session, REFUSALS, client.id if client else "")
    except TooMany:
        log.warning("province_refused_unwritten", action=action, why=why)
        return
    actor = client.actor(address) if client else Actor(ActorKind.PROVINCE, None, None, address)
    await _note(session, actor, action, {"why": why})


async def _proven(
    session: AsyncSession,
    client: Client | None,
    shown: Credentials,
    audiences: Collection[str],
    address: str | None,
) -> str:
    """Return by what somebody proves to be the client; else why not."""
    if client is None:
        raise AssertionRefused("unknown client")
    if client.disabled_at is not None:
        raise AssertionRefused("disabled")
    if not client.may_call_from(address):
        raise AssertionRefused("address")
    if shown.assertion is None:
        if shown.secret is None or not client.knows(shown.secret):
            raise AssertionRefused("secret")
        return "secret"
    now = clock.now()
    proof = assertions.verified(shown.assertion, client.keys_for(KeyUse.SIGN), client.id, audiences, now)
    # Good once: of many at the same time, the others wait here for the first.
    once = insert(Assertion).values(client_id=client.id, jti=proof.jti, until=proof.until)
    used = once.on_conflict_do_nothing().returning(Assertion.jti)
    if await session.scalar(used) is None:
        raise AssertionRefused("used before")
    return f"key {proof.kid}"


async def _note(session: AsyncSession, actor: Actor, action: str, after: dict[str, Any]) -> None:
    await record(
        session,
        actor,
        action,
        object_kind="province",
        object_id=actor.id,
        division=CITY,
        after=after,
    )
