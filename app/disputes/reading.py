"""What staff read that is sealed, and pictures: each look is let near the thing first."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attachments.queries import picture_of
from app.audit.actions import record
from app.core.problems import NotFound
from app.disputes import views
from app.disputes.models import Addressee, Dispute
from app.disputes.queries import History, history_of, one_in_reach, seen_by
from app.disputes.schemas import CaseWords


async def read_words(session: AsyncSession, officer: Officer, dispute_id: UUID) -> CaseWords:
    """Return the complaint, the messages and the mediations; the reading is in the ledger (rule 10)."""
    dispute = await one_in_reach(session, officer, dispute_id)
    await written(session, officer, dispute, "read")
    return views.words(dispute, await history_of(session, dispute))


async def written(
    session: AsyncSession, officer: Officer, dispute: Dispute, verb: str, reason: str | None = None
) -> None:
    """Write a reading of sealed fields into the ledger."""
    await record(
        session,
        officer.actor,
        f"dispute.{verb}",
        object_kind="dispute",
        object_id=dispute.id,
        division=dispute.division,
        reason=reason,
    )


async def picture_for_party(
    session: AsyncSession, account_id: UUID, dispute_id: UUID, file_id: UUID
) -> bytes:
    """Return a picture (JPEG) of the complaint to who complains, or of a message that the side may read."""
    dispute, side = await seen_by(session, account_id, dispute_id)
    history = await history_of(session, dispute)
    owners = [message.id for message in history.readable(dispute, side)]
    if side is Addressee.COMPLAINANT:
        owners.append(dispute.id)
    return await _picture(session, history, owners, file_id)


async def picture_for_staff(
    session: AsyncSession, officer: Officer, dispute_id: UUID, file_id: UUID
) -> bytes:
    """Return any picture (JPEG) of a dispute within reach."""
    dispute = await one_in_reach(session, officer, dispute_id)
    history = await history_of(session, dispute)
    return await _picture(session, history, list(history.files), file_id)


async def _picture(session: AsyncSession, history: History, owners: list[UUID], file_id: UUID) -> bytes:
    for owner in owners:
        if any(file.id == file_id for file in history.files.get(owner, [])):
            return await picture_of(session, owner, file_id)
    raise NotFound
