"""Telling people: into the inbox, by SMS what they must not miss, onto their devices; each thing once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.sms import Message
from app.core.types import new_id
from app.counter import errands
from app.counter.errands import Words
from app.identity.messages import text_to
from app.identity.models import Account, AccountState
from app.notifications import pushing
from app.notifications.choices import QUIET_FROM, QUIET_UNTIL, held_back_until, ways_for
from app.notifications.kinds import Values, rendered
from app.notifications.models import Inbox, Notification
from app.notifications.texts import CALL, SIGN, WORDINGS

CHANNEL = "inbox"  # of NOTIFY: the streams listen there


@dataclass(frozen=True)
class Letter:
    """What somebody is to be told. `key` names what it tells of, so that it is told once.

    `values` fill the wording, `data` are the ids that an app needs to open the right screen. `by`: when
    what it tells of begins or has to be answered; what can't wait for the morning then does not.
    """

    account_id: UUID
    kind: str
    key: str
    values: Values
    data: dict[str, str] = field(default_factory=dict)
    by: datetime | None = None


async def tell_all(session: AsyncSession, letters: Iterable[Letter]) -> None:
    """Tell several people, in one order: inboxes are locked, and two tellings may concern the same."""
    for letter in sorted(letters, key=lambda one: one.account_id):
        await tell(session, letter)


async def tell(session: AsyncSession, letter: Letter) -> None:
    """Put a message into the inbox and promise its SMS and pushes, unless this was told before.

    In quiet hours the inbox has it at once, the others in the morning.
    """
    account = await session.get(Account, letter.account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        return
    kind, english = WORDINGS[letter.kind], account.language == "en"
    values = rendered(letter.values, english=english)
    title = (kind.title_en if english else kind.title).format_map(values)
    text = (kind.text_en if english else kind.text).format_map(values)
    inbox = await _count_one_more(session, account.id)
    told = await session.scalar(
        insert(Notification)
        .values(
            id=new_id(),
            account_id=account.id,
            number=inbox.last_number,
            kind=letter.kind,
            key=letter.key,
            title=title,
            text=text,
            data=letter.data,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["account_id", "kind", "key"])
        .returning(Notification.id)
    )
    if told is None:
        await _count_one_less(session, account.id)
        return
    await session.execute(select(func.pg_notify(CHANNEL, str(account.id))))
    ways = await ways_for(session, account.id, letter.kind)
    at = held_back_until(kind, clock.now(), (inbox.quiet_from, inbox.quiet_until), letter.by)
    if ways.push:
        await pushing.promise(session, account.id, told, at)
    if ways.sms and account.phone is None:
        await errands.leave(session, account.id, Words(letter.kind, letter.key, text, letter.by))
    elif ways.sms and account.phone:
        if kind.calls:
            text += CALL[english].format_map(values)
        await text_to(session, account.phone, Message(letter.kind, values, SIGN + text), at=at)


async def _count_one_more(session: AsyncSession, account_id: UUID) -> Row[int, Any, Any]:
    """Count one more message; the row's lock makes the order of numbers the order of commits."""
    counted = insert(Inbox).values(
        account_id=account_id, last_number=1, quiet_from=QUIET_FROM, quiet_until=QUIET_UNTIL
    )
    found = await session.execute(
        counted.on_conflict_do_update(
            index_elements=["account_id"], set_={"last_number": Inbox.last_number + 1}
        ).returning(Inbox.last_number, Inbox.quiet_from, Inbox.quiet_until)
    )
    return found.one()


async def _count_one_less(session: AsyncSession, account_id: UUID) -> None:
    """Take the number back: it was told before, and none is left out for whoever looks for a gap."""
    await session.execute(
        update(Inbox).where(Inbox.account_id == account_id).values(last_number=Inbox.last_number - 1)
    )


async def mark_read(session: AsyncSession, account: Account, ids: list[UUID] | None) -> int:
    """Mark messages as read, or all; return how many were unread."""
    statement = update(Notification).where(
        Notification.account_id == account.id, Notification.read_at.is_(None)
    )
    if ids is not None:
        statement = statement.where(Notification.id.in_(ids))
    marked = await session.scalars(statement.values(read_at=clock.now()).returning(Notification.id))
    return len(marked.all())
