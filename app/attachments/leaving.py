"""What is held of evidence, and what is erased of it when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.models import Attachment, Belongs
from app.core import work
from app.core.db import Database
from app.core.events import at_once
from app.core.ports import ports
from app.identity.events import AccountClosing
from app.identity.holdings import holds

# Their words are erased, too; what a dispute or a payment rests on stays with it.
_ONE_S_OWN = (Belongs.EXCUSE, Belongs.APPEAL)


@holds("attachments")
async def _attachments(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(
        select(Attachment).where(Attachment.account_id == account_id).order_by(Attachment.id)
    )
    return [{"id": a.id, "belongs": a.belongs, "owner_id": a.owner_id, "at": a.created_at} for a in found]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase the pictures that were put to nothing, and those of excuses and appeals."""
    gone = await session.scalars(
        delete(Attachment)
        .where(
            Attachment.account_id == event.account_id,
            or_(Attachment.belongs.is_(None), Attachment.belongs.in_(_ONE_S_OWN)),
        )
        .returning(Attachment.picture_key)
        .execution_options(synchronize_session=False)
    )
    await work.promise(session, "attachments.forget", *({"picture_key": key} for key in gone))


@work.task("attachments.forget")
async def forget(_: Database, *, picture_key: str) -> None:
    """Delete the bytes, once the transaction that forgot the picture stands."""
    await ports().files.delete(picture_key)
