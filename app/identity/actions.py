"""Signing in, staying signed in, consenting, and leaving."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.keyring import blind_index, keys
from app.core.problems import NotFound
from app.core.types import new_id
from app.identity.codes import use_code
from app.identity.events import AccountClosing, ConsentChanged
from app.identity.messages import forget_messages_to
from app.identity.models import Account, AccountState, Consent, Purpose, RefreshToken, Session
from app.identity.problems import RefreshRefused

AUDIENCE = "mobile"
ACCESS_FOR = timedelta(minutes=15)
REFRESH_FOR = timedelta(days=60)
CONSENT_TEXT = "2026-11"
CONSENT_ON_PAPER = f"{CONSENT_TEXT}-paper"


@dataclass(frozen=True)
class SignedIn:
    account: Account
    access_token: str
    refresh_token: str


async def sign_in(
    session: AsyncSession, phone: str, code: str, device_name: str, address: str | None
) -> SignedIn:
    """Use up the code and start a session; the account is made at first use. Refuses a wrong code."""
    await use_code(session, phone, code, address)
    account = await account_of(session, phone)
    started = Session(id=new_id(), account_id=account.id, device_name=device_name, refreshed_at=clock.now())
    session.add(started)
    await session.flush()
    return await _signed_in(session, account, started.id)


async def account_of(session: AsyncSession, phone: str) -> Account:
    """Return the account of a phone (E.164), made if it is new; two at once get the same one."""
    by_phone = select(Account).where(Account.phone_index == blind_index(phone, "phone"))
    account = await session.scalar(by_phone)
    if account is None:
        new = Account.of_phone(phone)
        await session.execute(
            insert(Account)
            .values(id=new.id, phone_sealed=new.phone_sealed, phone_index=new.phone_index)
            .on_conflict_do_nothing(index_elements=["phone_index"])
        )
        account = (await session.scalars(by_phone)).one()
    return account


async def refresh(session: AsyncSession, token: str) -> SignedIn:
    """Exchange a refresh token for the next; one that was used before ends the whole session."""
    digest = hashlib.sha256(token.encode()).digest()
    kept = await session.get(RefreshToken, digest, with_for_update=True)
    if kept is None or kept.expires_at <= clock.now():
        raise RefreshRefused
    signed_in = await session.get_one(Session, kept.session_id, with_for_update=True)
    if kept.used_at or signed_in.ended_at:
        signed_in.ended_at = signed_in.ended_at or clock.now()
        raise RefreshRefused
    kept.used_at = signed_in.refreshed_at = clock.now()
    return await _signed_in(session, await session.get_one(Account, signed_in.account_id), signed_in.id)


async def end_session(session: AsyncSession, account: Account, session_id: UUID) -> None:
    """Sign one device out; its access token stops at the next request."""
    ended = await session.scalar(
        update(Session)
        .where(Session.id == session_id, Session.account_id == account.id, Session.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(Session.id)
    )
    if ended is None:
        raise NotFound


async def consent(
    session: AsyncSession,
    account: Account,
    said: dict[Purpose, bool],
    text_version: str = CONSENT_TEXT,
) -> None:
    """Keep what the person said about each purpose; withdrawing is as easy as giving."""
    before = await consents_of(session, account.id)
    for purpose, given in said.items():
        if purpose in before and before[purpose].given == given:
            continue
        values = {"given": given, "at": clock.now(), "text_version": text_version}
        await session.execute(
            insert(Consent)
            .values(account_id=account.id, purpose=purpose, **values)
            .on_conflict_do_update(index_elements=["account_id", "purpose"], set_=values)
        )
        await emit(session, ConsentChanged(account.id, purpose.value, given))


async def consents_of(session: AsyncSession, account_id: UUID) -> dict[Purpose, Consent]:
    """Return what the person said last, by purpose."""
    found = await session.scalars(
        select(Consent).where(Consent.account_id == account_id).execution_options(populate_existing=True)
    )
    return {consent.purpose: consent for consent in found}


async def close(session: AsyncSession, account: Account) -> None:
    """Close the account: every sign-in ends, the phone and what floors above hold is erased.

    A floor above may refuse while something stands that must be ended first.
    """
    await session.refresh(account, with_for_update=True)
    if account.phone:
        await forget_messages_to(session, account.phone)
    await emit(session, AccountClosing(account.id))
    await session.execute(delete(Session).where(Session.account_id == account.id))
    await session.execute(delete(Consent).where(Consent.account_id == account.id))
    account.state, account.closed_at = AccountState.CLOSED, clock.now()
    account.phone_sealed = account.phone_index = None


async def _signed_in(session: AsyncSession, account: Account, session_id: UUID) -> SignedIn:
    token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            digest=hashlib.sha256(token.encode()).digest(),
            session_id=session_id,
            expires_at=clock.now() + REFRESH_FOR,
        )
    )
    access = keys().tokens.issue(str(account.id), AUDIENCE, ACCESS_FOR, sid=str(session_id))
    return SignedIn(account, access, token)
