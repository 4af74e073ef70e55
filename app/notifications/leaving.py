"""What the inbox holds, and what is erased of it when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.notifications.choices import quiet_hours
from app.notifications.models import Choice, Inbox, Notification
from app.notifications.queries import inbox


@holds("notifications")
async def _inbox(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    return [
        {"kind": n.kind, "title": n.title, "text": n.text, "at": n.created_at, "read_at": n.read_at}
        for n in await session.scalars(inbox(account_id))
    ]


@holds("notification_settings")
async def _settings(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    chosen = await session.scalars(select(Choice).where(Choice.account_id == account_id))
    kinds = [{"kind": one.kind, "sms": one.sms, "push": one.push} for one in chosen]
    quiet_from, quiet_until = await quiet_hours(session, account_id)
    return [{"quiet_from": f"{quiet_from:%H:%M}", "quiet_until": f"{quiet_until:%H:%M}", "kinds": kinds}]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Empty the inbox, and with it what is on its way to devices; forget how the person wanted to be told."""
    for table in (Notification, Choice, Inbox):
        await session.execute(delete(table).where(table.account_id == event.account_id))
