"""Telling people: into the inbox, and by SMS what they must not miss; each thing once."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.sms import Message
from app.core.types import new_id
from app.identity.messages import text_to
from app.identity.models import Account, AccountState
from app.notifications.models import Inbox, Notification
from app.notifications.texts import BY_SMS, CALL, SIGN, WHOM_TO_CALL, WORDINGS


async def tell(
    session: AsyncSession, account_id: UUID, kind: str, key: str, values: dict[str, str], data: dict[str, Any]
) -> None:
    """Put a message into the inbox and promise its SMS, unless this was told before.

    `values` fill the wording, `data` are the ids that an app needs to open the right screen.
    """
    account = await session.get(Account, account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        return
    wording = WORDINGS[kind]
    english = account.language == "en"
    title = (wording.title_en if english else wording.title).format_map(values)
    text = (wording.text_en if english else wording.text).format_map(values)
    number = await _next_number(session, account_id)
    told = await session.scalar(
        insert(Notification)
        .values(
            id=new_id(),
            account_id=account_id,
            number=number,
            kind=kind,
            key=key,
            title=title,
            text=text,
            data=data,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["account_id", "kind", "key"])
        .returning(Notification.id)
    )
    if told and kind in BY_SMS and account.phone:
        if kind in WHOM_TO_CALL:
            text += CALL[english].format_map(values)
        await text_to(session, account.phone, Message(kind, values, SIGN + text))


async def _next_number(session: AsyncSession, account_id: UUID) -> int:
    """Count one more message; the row's lock makes the order of numbers the order of commits."""
    counted = insert(Inbox).values(account_id=account_id, last_number=1)
    number = await session.scalar(
        counted.on_conflict_do_update(
            index_elements=["account_id"], set_={"last_number": Inbox.last_number + 1}
        ).returning(Inbox.last_number)
    )
    return number or 1


async def mark_read(session: AsyncSession, account: Account, ids: list[UUID] | None) -> int:
    """Mark messages as read, or all; return how many were unread."""
    statement = update(Notification).where(
        Notification.account_id == account.id, Notification.read_at.is_(None)
    )
    if ids is not None:
        statement = statement.where(Notification.id.in_(ids))
    marked = await session.scalars(statement.values(read_at=clock.now()).returning(Notification.id))
    return len(marked.all())


def inbox(account_id: UUID) -> Any:
    """Return an account's messages (index account_id, id)."""
    return select(Notification).where(Notification.account_id == account_id)
