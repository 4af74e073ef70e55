"""Devices: where messages are pushed to, and the keys by which phones sign what they noted offline."""

import base64
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.core.keyring import seal
from app.core.problems import NotFound
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.identity.models import Account, Device, Platform, push_token_place
from app.identity.problems import TooManyDevices

MOST = 10


async def put(
    session: AsyncSession,
    account: Account,
    device_id: UUID,
    platform: Platform,
    push_token: str | None,
    public_key: bytes | None,
) -> Device:
    """Keep a device as it is now; what is not given any more is forgotten. Refuses an eleventh.

    `public_key`: Ed25519, 32 bytes.
    """
    await session.refresh(account, with_for_update={"key_share": True})  # two at once are counted in turn
    others = select(func.count()).where(Device.account_id == account.id, Device.id != device_id)
    if (await session.scalar(others) or 0) >= MOST:
        raise TooManyDevices
    values = {
        "platform": platform,
        "push_token_sealed": seal(push_token, push_token_place(device_id)) if push_token else None,
        "public_key": public_key,
        "changed_at": clock.now(),
    }
    kept = await session.scalars(
        insert(Device)
        .values(id=device_id, account_id=account.id, created_at=clock.now(), **values)
        .on_conflict_do_update(index_elements=["id", "account_id"], set_=values)
        .returning(Device)
        .execution_options(populate_existing=True)
    )
    return kept.one()


def of(account_id: UUID) -> Select[Device]:
    """Return an account's devices, the one changed last first (index account_id)."""
    return select(Device).where(Device.account_id == account_id).order_by(Device.changed_at.desc(), Device.id)


async def forget(session: AsyncSession, account: Account, device_id: UUID) -> None:
    """Forget a device: nothing is pushed to it, nothing signed by it counts as signed; 404 if unknown."""
    gone = await session.scalar(
        delete(Device)
        .where(Device.id == device_id, Device.account_id == account.id)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise NotFound


@holds("devices")
async def _devices(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(of(account_id))
    return [
        {
            "id": d.id,
            "platform": d.platform,
            "push_token": d.push_token,
            "public_key": base64.urlsafe_b64encode(d.public_key).decode() if d.public_key else None,
            "created_at": d.created_at,
            "changed_at": d.changed_at,
        }
        for d in found
    ]


@at_once(AccountClosing)
async def forget_all(session: AsyncSession, event: AccountClosing) -> None:
    """Forget the devices of an account that closes."""
    await session.execute(delete(Device).where(Device.account_id == event.account_id))
