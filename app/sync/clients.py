"""The province's clients: made, changed, their secrets and keys put for others, stopped."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.core import clock
from app.core.problems import NotFound, must_be_fresh, refuse_field
from app.geo.reference import CITY
from app.sync import public_keys
from app.sync.models import Assertion, Client, KeyUse, digest_of
from app.sync.problems import ClientIdTaken, KeyIdTaken, NoWayIn, TooManyKeys
from app.sync.schemas import ClientChanges, ClientDraft, KeyGiven

MOST_KEYS = 10


async def make(session: AsyncSession, actor: Actor, given: ClientDraft) -> tuple[Client, str]:
    """Make a client; return it with its secret, which is nowhere else."""
    if await session.get(Client, given.id):
        raise ClientIdTaken
    secret = secrets.token_urlsafe(32)
    client = Client(**given.model_dump(mode="json"), secret_digest=digest_of(secret), keys=[], version=1)
    session.add(client)
    await session.flush()
    await session.refresh(client)
    await _record(session, actor, client, "make", after=_told(client))
    return client, secret


async def change(
    session: AsyncSession, actor: Actor, client_id: str, changes: ClientChanges, version: int | None
) -> Client:
    """Change name, scopes, networks or quota; what is taken away counts from the next call on."""
    client = await _locked(session, client_id)
    must_be_fresh(version, client.version)
    before = _told(client)
    for name, value in changes.model_dump(mode="json", exclude_none=True).items():
        setattr(client, name, value)
    await _changed(session, actor, client, "change", before=before, after=_told(client))
    return client


async def renew_secret(
    session: AsyncSession, actor: Actor, client_id: str, old_lives: timedelta
) -> tuple[Client, str]:
    """Give another secret and return it; the one before lives on for a while, and any older one ends."""
    client = await _locked(session, client_id)
    secret = secrets.token_urlsafe(32)
    lives = bool(old_lives) and client.secret_digest is not None
    client.old_secret_digest = client.secret_digest if lives else None
    client.old_secret_until = clock.now() + old_lives if lives else None
    client.secret_digest = digest_of(secret)
    until = client.old_secret_until
    told = {"old_secret_until": until.isoformat() if until else None}
    await _changed(session, actor, client, "renew_secret", after=told)
    return client, secret


async def drop_secret(session: AsyncSession, actor: Actor, client_id: str) -> None:
    """Let it sign in by its keys alone; refuses where it has none."""
    client = await _locked(session, client_id)
    if not client.keys_for(KeyUse.SIGN):
        raise NoWayIn
    client.secret_digest = client.old_secret_digest = client.old_secret_until = None
    await _changed(session, actor, client, "drop_secret")


async def add_key(session: AsyncSession, actor: Actor, client_id: str, given: KeyGiven) -> Client:
    """Add a public key beside those there are: that is how keys rotate."""
    client = await _locked(session, client_id)
    key = given.jwk.model_dump(mode="json", exclude_none=True)
    public_keys.check(key)
    if given.until is not None:
        if given.until <= clock.now():
            raise refuse_field("/until", "past", "须在将来", "Must be in the future")
        key["exp"] = int(given.until.timestamp())
    if any(one["kid"] == key["kid"] for one in client.keys):
        raise KeyIdTaken
    if len(client.keys) >= MOST_KEYS:
        raise TooManyKeys
    client.keys = [*client.keys, key]
    # All of a public key may be known to all, and only all of it says which it was.
    await _changed(session, actor, client, "add_key", after=key)
    return client


async def remove_key(session: AsyncSession, actor: Actor, client_id: str, kid: str) -> None:
    """Take a public key away, from the next sign-in on; refuses the last way in."""
    client = await _locked(session, client_id)
    left = [key for key in client.keys if key["kid"] != kid]
    if len(left) == len(client.keys):
        raise NotFound
    gone = next(key for key in client.keys if key["kid"] == kid)
    client.keys = left
    if gone["use"] == KeyUse.SIGN and client.secret_digest is None and not client.keys_for(KeyUse.SIGN):
        raise NoWayIn
    await _changed(session, actor, client, "remove_key", before=gone)


async def disable(session: AsyncSession, actor: Actor, client_id: str, reason: str) -> Client:
    """Stop a client at once, tokens that it has included."""
    client = await _locked(session, client_id)
    if client.disabled_at is None:
        client.disabled_at = clock.now()
        await _changed(session, actor, client, "disable", reason=reason)
    return client


async def enable(session: AsyncSession, actor: Actor, client_id: str) -> Client:
    """Let a client call again."""
    client = await _locked(session, client_id)
    if client.disabled_at is not None:
        client.disabled_at = None
        await _changed(session, actor, client, "enable")
    return client


async def forget_assertions(session: AsyncSession) -> None:
    """Delete the used assertions that would not be good any more anyhow (index until)."""
    await session.execute(delete(Assertion).where(Assertion.until < clock.now()))


async def _locked(session: AsyncSession, client_id: str) -> Client:
    client = await session.get(Client, client_id, with_for_update={"key_share": True})
    if client is None:
        raise NotFound
    return client


def _told(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in ("name", "scopes", "addresses", "calls_a_minute")}


async def _changed(session: AsyncSession, actor: Actor, client: Client, verb: str, **told: Any) -> None:
    client.version += 1
    await session.flush()
    await _record(session, actor, client, verb, **told)


async def _record(
    session: AsyncSession,
    actor: Actor,
    client: Client,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    await record(
        session,
        actor,
        f"province_client.{verb}",
        object_kind="province",
        object_id=client.ledger_id,
        division=CITY,
        before=before,
        after={"client": client.id, **(after or {})},
        reason=reason,
    )
