"""What the inbox holds, and what is erased of it when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.notifications.actions import inbox
from app.notifications.models import Notification


@holds("notifications")
async def _inbox(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    return [
        {"kind": n.kind, "title": n.title, "text": n.text, "at": n.created_at, "read_at": n.read_at}
        for n in await session.scalars(inbox(account_id))
    ]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Empty the inbox."""
    await session.execute(delete(Notification).where(Notification.account_id == event.account_id))
