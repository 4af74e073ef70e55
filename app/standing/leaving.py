"""What is held of ratings and appeals, and what is erased when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.core.keyring import seal
from app.engagements.models import Side
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.standing.appeals import purpose, text_of
from app.standing.models import Appeal, Review
from app.standing.queries import appeals_of


@holds("reviews")
async def _reviews(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Return what the person wrote, and what was said of her and can be read."""
    received = (Review.worker_id == account_id) & (Review.visible_from <= clock.now())
    mine = or_(Review.account_id == account_id, received)
    found = await session.scalars(select(Review).where(mine).order_by(Review.id))
    return [
        {
            "id": one.id,
            "engagement_id": one.engagement_id,
            "written_by_me": one.account_id == account_id,
            "stars": one.stars,
            "tags": one.tags,
            "text": one.text,
            "at": one.written_at,
            "removed_at": one.removed_at,
        }
        for one in found
    ]


@holds("appeals")
async def _appeals(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(appeals_of(account_id).order_by(Appeal.id))
    return [
        {
            "id": one.id,
            "engagement_id": one.engagement_id,
            "against": one.against,
            "text": text_of(one),
            "state": one.state,
            "made_at": one.made_at,
            "reason": one.reason,
        }
        for one in found
    ]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase a worker's own words; stars stay, for they count for others, and name nobody."""
    reviews = await session.scalars(
        select(Review)
        .where(Review.worker_id == event.account_id, Review.by == Side.WORKER)
        .order_by(Review.id)
        .with_for_update(key_share=True)
    )
    for review in reviews.all():
        review.text = None
    appeals = await session.scalars(
        appeals_of(event.account_id)
        .where(Appeal.by == Side.WORKER)
        .order_by(Appeal.id)
        .with_for_update(key_share=True)
    )
    for appeal in appeals.all():
        appeal.text_sealed = seal("", purpose(appeal.id))
    await session.flush()
