"""What is held about somebody's comings and goings."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Attendance, Claim
from app.engagements.models import Engagement
from app.geo.places import read_back
from app.identity.holdings import holds


@holds("attendance")
async def _attendance(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    own = select(Engagement.id).where(Engagement.worker_id == account_id)
    found = await session.scalars(
        select(Attendance).where(Attendance.engagement_id.in_(own)).order_by(Attendance.id)
    )
    return [
        {
            "engagement_id": a.engagement_id,
            "kind": a.kind,
            "method": a.method,
            "at": a.at,
            "received_at": a.received_at,
            "late": a.late,
            "signed": a.signed,
            "doubtful": a.doubtful,
            "position": read_back(a.point)._asdict() if a.point else None,
            "rounded": a.rounded,
            "distance_m": a.distance_m,
            "accuracy_m": a.accuracy_m,
            "arrives_at": a.arrives_at,
            "text": a.text,
            "standing": a.standing,
            "contest_text": a.contest_text,
        }
        for a in found
    ]


@holds("claims")
async def _claims(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    own = select(Engagement.id).where(Engagement.worker_id == account_id)
    found = await session.scalars(select(Claim).where(Claim.engagement_id.in_(own)).order_by(Claim.id))
    return [
        {
            "engagement_id": c.engagement_id,
            "kind": c.kind,
            "state": c.state,
            "made_at": c.made_at,
            "text": c.text,
            "answered_at": c.answered_at,
            "answer": c.answer,
        }
        for c in found
    ]
