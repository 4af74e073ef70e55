"""Keeping evidence, and putting it to what it is evidence for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.models import Attachment, Belongs
from app.attachments.problems import AttachmentUnknown, TooManyAttachments
from app.core import clock
from app.core.problems import Fault
from app.core.types import new_id
from app.core.uploads import store_picture
from app.identity.models import Account

A_DAY = 60


async def keep(session: AsyncSession, account: Account, upload: bytes) -> Attachment:
    """Redraw a picture and keep it for its sender; refuses what is no picture, and more than 60 a day."""
    begins, _ = clock.span_of(clock.today())
    today = select(func.count()).where(Attachment.account_id == account.id, Attachment.created_at >= begins)
    if (await session.scalar(today) or 0) >= A_DAY:
        raise TooManyAttachments
    attachment = Attachment(
        id=new_id(),
        account_id=account.id,
        picture_key=await store_picture("evidence", upload),
        created_at=clock.now(),
    )
    session.add(attachment)
    await session.flush()
    return attachment


async def put_to(
    session: AsyncSession,
    account_id: UUID,
    ids: Sequence[UUID],
    belongs: Belongs,
    owner_id: UUID,
    pointer: str = "/files",
) -> None:
    """Make pictures of an account's own the evidence for something; each can be put to one thing only.

    Refuses (422, each named under `pointer`) what is absent, another's, or used already.
    """
    wanted = list(dict.fromkeys(ids))
    found = {
        attachment.id: attachment
        for attachment in await session.scalars(
            select(Attachment)
            .where(
                Attachment.id.in_(wanted),
                Attachment.account_id == account_id,
                Attachment.owner_id.is_(None),
            )
            .order_by(Attachment.id)
            .with_for_update(key_share=True)
        )
    }
    faults = [
        Fault(f"{pointer}/{at}", "attachment_unknown", AttachmentUnknown.title, AttachmentUnknown.title_en)
        for at, id_ in enumerate(wanted)
        if id_ not in found
    ]
    if faults:
        raise AttachmentUnknown(faults=faults)
    for attachment in found.values():
        attachment.belongs, attachment.owner_id = belongs, owner_id
    await session.flush()
