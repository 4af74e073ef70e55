"""Which evidence belongs to what."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.models import Attachment
from app.core.files import FileAbsent
from app.core.ports import ports
from app.core.problems import NotFound


def belonging_to(owner_ids: Sequence[UUID]) -> Select[Attachment]:
    """Return the evidence for some things, in the order in which it came (index owner_id)."""
    return select(Attachment).where(Attachment.owner_id.in_(owner_ids)).order_by(Attachment.id)


async def picture_of(session: AsyncSession, owner_id: UUID, attachment_id: UUID) -> bytes:
    """Return a picture's bytes (JPEG) if it belongs to that thing, else 404.

    Who asks must have been let near the thing before.
    """
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.owner_id != owner_id:
        raise NotFound
    return await _bytes_of(attachment)


async def own_picture(session: AsyncSession, account_id: UUID, attachment_id: UUID) -> bytes:
    """Return a picture's bytes to who sent it, else 404."""
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.account_id != account_id:
        raise NotFound
    return await _bytes_of(attachment)


async def _bytes_of(attachment: Attachment) -> bytes:
    try:
        return await ports().files.get(attachment.picture_key)
    except FileAbsent:
        raise NotFound from None
