"""Everything held about a person: each floor says what it holds, the person gets it as one ZIP."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.identity.messages import text_of, to_phone
from app.identity.models import Account, Consent, Session

Holding = Callable[[AsyncSession, UUID], Awaitable[Any]]

CODES = {"code", "assistance_code", "phone_code"}  # spent, or not to be seen by who steals the export
_holdings: dict[str, Holding] = {}


def holds(name: str) -> Callable[[Holding], Holding]:
    """Register what a floor holds about an account, as JSON under `name`.json."""

    def register(collect: Holding) -> Holding:
        _holdings[name] = collect
        return collect

    return register


async def everything(session: AsyncSession, account_id: UUID) -> bytes:
    """Return a ZIP with one JSON file for each kind of holding (个人信息保护法 45)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, collect in sorted(_holdings.items()):
            content = await collect(session, account_id)
            archive.writestr(f"{name}.json", json.dumps(content, ensure_ascii=False, indent=2, default=str))
        archive.writestr("exported_at.json", json.dumps(clock.now().isoformat()))
    return packed.getvalue()


@holds("account")
async def _account(session: AsyncSession, account_id: UUID) -> dict[str, Any]:
    account = await session.get_one(Account, account_id)
    signed_in = await session.scalars(select(Session).where(Session.account_id == account_id))
    said = await session.scalars(select(Consent).where(Consent.account_id == account_id))
    return {
        "id": account.id,
        "phone": account.phone,
        "language": account.language,
        "created_at": account.created_at,
        "sessions": [
            {"device_name": s.device_name, "started_at": s.started_at, "ended_at": s.ended_at}
            for s in signed_in
        ],
        "consents": [
            {"purpose": c.purpose, "given": c.given, "at": c.at, "text_version": c.text_version} for c in said
        ],
    }


@holds("sms_messages")
async def _messages(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    phone = (await session.get_one(Account, account_id)).phone
    found = (await session.scalars(to_phone(phone))).all() if phone else []
    return [{"text": text_of(m), "at": m.created_at} for m in found if m.template not in CODES]
