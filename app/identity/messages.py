"""Messages by SMS: promised in the causing transaction, sent once by the worker, sealed at rest."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.core.keyring import blind_index, seal, unseal
from app.core.ports import ports
from app.core.sms import Message, SmsRefused
from app.core.types import new_id
from app.identity.models import SmsMessage

KEPT_FOR = timedelta(days=7)


async def text_to(session: AsyncSession, phone: str, message: Message, *, at: datetime | None = None) -> None:
    """Promise an SMS to a phone (E.164) in the session's transaction; `at`: not before then."""
    kept = SmsMessage(
        id=new_id(),
        template=message.template,
        phone_index=blind_index(phone, "phone"),
        created_at=clock.now(),
    )
    kept.phone_sealed = seal(phone, f"sms_messages/phone/{kept.id}")
    content = json.dumps({"text": message.text, "params": message.params}, ensure_ascii=False)
    kept.params_sealed = seal(content, f"sms_messages/params/{kept.id}")
    session.add(kept)
    await session.flush()
    await work.promise(session, "sms.send", {"message_id": str(kept.id)}, at=at)


@work.task("sms.send")
async def send(database: Database, *, message_id: str) -> None:
    """Hand the message to the provider outside any transaction; its id lets the provider see a repeat."""
    async with database.transaction(read_only=True) as session:
        message = await session.get(SmsMessage, UUID(message_id))
    if message is None or message.sent_at or message.failure:
        return
    failure = None
    try:
        await ports().sms.send(phone_of(message), _content(message), message_id)
    except SmsRefused as refused:
        if refused.retryable:
            raise
        failure = refused.code
    async with database.transaction() as session:
        await session.execute(
            update(SmsMessage)
            .where(SmsMessage.id == message.id)
            .values(sent_at=None if failure else clock.now(), failure=failure)
        )


def to_phone(phone: str) -> Select[SmsMessage]:
    """Return what was promised to a phone, newest first (index phone_index, created_at)."""
    return (
        select(SmsMessage)
        .where(SmsMessage.phone_index == blind_index(phone, "phone"))
        .order_by(SmsMessage.created_at.desc(), SmsMessage.id.desc())
        .limit(50)
    )


def text_of(message: SmsMessage) -> str:
    """Return the text that the person reads."""
    return _content(message).text


def holds_a_code(message: SmsMessage) -> bool:
    """Say whether it told a one-time code, which is of use for minutes alone."""
    return "code" in _content(message).params


async def forget_old(session: AsyncSession) -> None:
    """Delete messages a week after they were written."""
    await session.execute(delete(SmsMessage).where(SmsMessage.created_at < clock.now() - KEPT_FOR))


async def forget_messages_to(session: AsyncSession, phone: str) -> None:
    """Delete what was written to a phone; what is not sent yet stays unsent."""
    await session.execute(delete(SmsMessage).where(SmsMessage.phone_index == blind_index(phone, "phone")))


def phone_of(message: SmsMessage) -> str:
    """Return the phone in full (E.164)."""
    return unseal(message.phone_sealed, f"sms_messages/phone/{message.id}")


def _content(message: SmsMessage) -> Message:
    content = json.loads(unseal(message.params_sealed, f"sms_messages/params/{message.id}"))
    return Message(message.template, content["params"], content["text"])
