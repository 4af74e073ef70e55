"""Onto the screens of somebody's devices: promised in the telling transaction, pushed once by the worker."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.core.ports import ports
from app.core.push import Note, PushRefused
from app.core.types import new_id
from app.identity.models import Device
from app.notifications.models import Notification, PushMessage

KEPT_FOR = timedelta(days=7)


async def promise(
    session: AsyncSession, account_id: UUID, notification_id: UUID, at: datetime | None
) -> None:
    """Promise a message to each device of the account that has a push token; `at`: not before then."""
    if ports().push is None:
        return
    devices = await session.scalars(
        # index ix_devices_account_id; ten at most
        select(Device.id).where(Device.account_id == account_id, Device.push_token_sealed.is_not(None))
    )
    kept = [
        PushMessage(
            id=new_id(),
            notification_id=notification_id,
            account_id=account_id,
            device_id=device_id,
            created_at=clock.now(),
        )
        for device_id in devices
    ]
    session.add_all(kept)
    await session.flush()
    await work.promise(session, "push.send", *({"message_id": str(one.id)} for one in kept), at=at)


@work.task("push.send")
async def send(database: Database, *, message_id: str) -> None:
    """Hand the message to the provider outside any transaction; its id lets the provider see a repeat."""
    channel = ports().push
    async with database.transaction(read_only=True) as session:
        message = await session.get(PushMessage, UUID(message_id))
        if channel is None or message is None or message.sent_at or message.failure:
            return
        told = await session.get_one(Notification, message.notification_id)
        device = await session.get(Device, (message.device_id, message.account_id))
        token = device.push_token if device else None
    failure, gone = (None, False) if token else ("no_token", False)
    if device and token:
        note = Note(told.title, told.text, {"kind": told.kind, "id": str(told.id)} | told.data)
        try:
            await channel.push(token, device.platform.value, note, message_id)
        except PushRefused as refused:
            if refused.retryable:
                raise
            failure, gone = refused.code, refused.gone
    async with database.transaction() as session:
        await session.execute(
            update(PushMessage)
            .where(PushMessage.id == message.id)
            .values(sent_at=None if failure else clock.now(), failure=failure)
        )
        if gone and device:
            await session.execute(
                update(Device)
                # Unless the app has given another token in the meantime.
                .where(
                    Device.id == device.id,
                    Device.account_id == device.account_id,
                    Device.push_token_sealed == device.push_token_sealed,
                )
                .values(push_token_sealed=None)
            )


def to_device(device_id: UUID) -> Select[PushMessage, Notification]:
    """Return what was promised to a device, newest first (index device_id, id)."""
    return (
        select(PushMessage, Notification)
        .join(Notification, Notification.id == PushMessage.notification_id)
        .where(PushMessage.device_id == device_id)
        .order_by(PushMessage.id.desc())
        .limit(50)
    )


@work.at_times("17 * * * *")
async def forget_old(database: Database) -> None:
    """Delete the marks of pushes a week after they were promised (index created_at)."""
    async with database.transaction() as session:
        await session.execute(delete(PushMessage).where(PushMessage.created_at < clock.now() - KEPT_FOR))
