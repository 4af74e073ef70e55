"""What is held of disputes; they stay when an account closes, as the law wants complaints kept."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.disputes.models import Dispute, Message
from app.disputes.queries import of_person
from app.disputes.speaking import complaint_of, text_of
from app.identity.holdings import holds


@holds("disputes")
async def _disputes(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Return the disputes that the person may know of; the complaint where it is the person's own."""
    found = (await session.scalars(of_person(account_id).order_by(Dispute.id))).all()
    own = await session.scalars(
        select(Message)
        .where(Message.dispute_id.in_([d.id for d in found]), Message.account_id == account_id)
        .order_by(Message.id)
    )
    said: dict[UUID, list[dict[str, Any]]] = {}
    for message in own:
        said.setdefault(message.dispute_id, []).append({"at": message.created_at, "text": text_of(message)})
    return [_held(dispute, said.get(dispute.id, []), account_id) for dispute in found]


def _held(dispute: Dispute, said: list[dict[str, Any]], account_id: UUID) -> dict[str, Any]:
    own = dispute.complainant_id == account_id
    return {
        "id": dispute.id,
        "kind": dispute.kind,
        "state": dispute.state,
        "engagement_id": dispute.engagement_id,
        "employer_id": dispute.employer_id,
        "opened_at": dispute.opened_at,
        "closed_at": dispute.closed_at,
        "outcome": dispute.outcome,
        "outcome_text": dispute.outcome_text,
        "text": complaint_of(dispute) if own else None,
        "rating": dispute.rating if own else None,
        "rating_text": dispute.rating_text if own else None,
        "messages": said,
    }
