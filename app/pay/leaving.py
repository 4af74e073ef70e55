"""What is held about pay; it stays when an account is closed, as the law obliges (工资支付台账)."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.employers.events import EmployerLeft
from app.engagements.models import Engagement, EngagementState
from app.identity.holdings import holds
from app.pay.models import PayRecord, PayReport
from app.pay.problems import WagesStand
from app.pay.reporting import reference_of

_UNDER_WAY = (EngagementState.CHECKED_IN, EngagementState.CHECKED_OUT, EngagementState.DISPUTED)


@at_once(EmployerLeft)
async def wages_stand(session: AsyncSession, event: EmployerLeft) -> None:
    """Refuse that the last who acts for an employer leaves while somebody is to work or to be paid.

    Indexes employer_id, id.
    """
    owing = select(PayRecord.id).where(
        PayRecord.employer_id == event.employer_id,
        PayRecord.open_fen + PayRecord.reported_fen + PayRecord.contested_fen > 0,
    )
    working = select(Engagement.id).where(
        Engagement.employer_id == event.employer_id,
        ((Engagement.state == EngagementState.AGREED) & (Engagement.ends_at > clock.now()))
        | Engagement.state.in_(_UNDER_WAY),
    )
    if await session.scalar(owing.limit(1)) or await session.scalar(working.limit(1)):
        raise WagesStand


@holds("pay")
async def _pay(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    records = await session.scalars(
        select(PayRecord).where(PayRecord.worker_id == account_id).order_by(PayRecord.id)
    )
    held: dict[UUID, dict[str, Any]] = {
        record.id: {
            "id": record.id,
            "engagement_id": record.engagement_id,
            "owed_for": record.owed_for,
            "state": record.state,
            "owed_fen": record.owed_fen,
            "open_fen": record.open_fen,
            "reported_fen": record.reported_fen,
            "settled_fen": record.settled_fen,
            "contested_fen": record.contested_fen,
            "cancelled_fen": record.cancelled_fen,
            "due_at": record.due_at,
            "overdue_at": record.overdue_at,
            "settled_at": record.settled_at,
            "claimed_minutes": record.claimed_minutes,
            "claimed_pieces": record.claimed_pieces,
            "claimed_text": record.claimed_text,
            "reports": [],
        }
        for record in records
    }
    mine = select(PayRecord.id).where(PayRecord.worker_id == account_id)
    made = await session.scalars(
        select(PayReport).where(PayReport.record_id.in_(mine)).order_by(PayReport.id)
    )
    for one in made:
        held[one.record_id]["reports"].append(
            {
                "amount_fen": one.amount_fen,
                "method": one.method,
                "reference": reference_of(one),
                "paid_at": one.paid_at,
                "state": one.state,
                "received_fen": one.received_fen,
                "text": one.text,
            }
        )
    return list(held.values())
