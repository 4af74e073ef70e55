"""What is held about applications and engagements."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.engagements.models import Application, Choice, Engagement, Terms
from app.identity.holdings import holds


@holds("applications")
async def _applications(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Application, Choice)
        .join(Choice, Choice.application_id == Application.id)
        .where(Application.worker_id == account_id)
        .order_by(Application.id)
    )
    return [
        {
            "id": a.id,
            "job_id": a.job_id,
            "at": a.created_at,
            "shift_id": c.shift_id,
            "state": c.state,
            "reason": c.reason,
        }
        for a, c in rows
    ]


@holds("engagements")
async def _engagements(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Engagement, Terms)
        .join(Terms, Terms.engagement_id == Engagement.id)
        .where(Engagement.worker_id == account_id)
        .order_by(Engagement.id, Terms.version)
    )
    return [
        {"id": e.id, "state": e.state, "terms_version": t.version, "terms": t.body, "hash": t.hash}
        for e, t in rows
    ]
