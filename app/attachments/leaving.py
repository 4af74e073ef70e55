"""What is held of evidence, and what stays of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.models import Attachment
from app.identity.holdings import holds


@holds("attachments")
async def _attachments(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(
        select(Attachment).where(Attachment.account_id == account_id).order_by(Attachment.id)
    )
    return [{"id": a.id, "belongs": a.belongs, "owner_id": a.owner_id, "at": a.created_at} for a in found]
