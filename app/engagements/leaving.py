"""What is held about applications and engagements, and what closing an account erases of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.engagements.excuses import text_of
from app.engagements.models import Application, Change, Choice, Engagement, Excuse, Side, Terms
from app.identity.events import AccountClosing
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
            "fair_id": a.fair_id,
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
        {
            "id": e.id,
            "state": e.state,
            "cancelled_by": e.cancelled_by,
            "cancelled_at": e.cancelled_at,
            "cancel_reason": e.cancel_reason,
            "notice_minutes": e.notice_minutes,
            "terms_version": t.version,
            "terms": t.body,
            "hash": t.hash,
        }
        for e, t in rows
    ]


@holds("engagement_changes")
async def _changes(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(
        select(Change)
        .join(Engagement, Engagement.id == Change.engagement_id)
        .where(Engagement.worker_id == account_id)
        .order_by(Change.id)
    )
    return [
        {
            "id": c.id,
            "engagement_id": c.engagement_id,
            "by": c.by,
            "before": c.before,
            "after": c.after,
            "note": c.note,
            "state": c.state,
            "proposed_at": c.proposed_at,
            "answered_at": c.answered_at,
        }
        for c in found
    ]


@holds("excuses")
async def _excuses(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "id": e.id,
            "engagement_id": e.engagement_id,
            "kind": e.kind,
            "text": text_of(e),
            "state": e.state,
            "made_at": e.made_at,
            "reason": e.reason,
        }
        for e in await session.scalars(_given_by(account_id))
    ]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase what somebody wrote about why; that it happened and was decided stays with the other side."""
    for excuse in await session.scalars(_given_by(event.account_id).with_for_update(key_share=True)):
        excuse.text_sealed = None
    await session.execute(
        update(Engagement)
        .where(Engagement.worker_id == event.account_id, Engagement.cancelled_by == Side.WORKER)
        .values(cancel_reason_sealed=None)
    )
    await session.flush()


def _given_by(account_id: UUID) -> Select[Excuse]:
    """Return the excuses that an account gave (index account_id)."""
    return select(Excuse).where(Excuse.account_id == account_id).order_by(Excuse.id)
