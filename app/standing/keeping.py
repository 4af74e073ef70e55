"""What follows by itself for ratings and appeals: showing, and deadlines."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import afterwards, emit
from app.employers.models import Employer
from app.engagements.locking import lock_engagement
from app.engagements.models import Engagement, Side
from app.standing import queries
from app.standing.events import AppealDecided, AppealMissed, ReviewsShown
from app.standing.models import Appeal, AppealState, Review
from app.standing.rating import summary

BATCH = 100


@work.task("standing.show")
async def show(database: Database, *, review_id: str) -> None:
    """Tell that a rating can be read now, seven days on; unless both are in and it was told then.

    Promised when the rating was written. Told twice does no harm: the inbox takes one.
    """
    async with database.transaction() as session:
        review = await session.get(Review, UUID(review_id))
        if review is None:
            return
        await lock_engagement(session, review.engagement_id)
        written = await queries.reviews_of(session, review.engagement_id)
        alone = len(written) == 1 and review.removed_at is None
        if alone and review.visible_from <= clock.now():
            await emit(session, ReviewsShown(review.engagement_id))


@afterwards(ReviewsShown, AppealDecided)
async def rate_the_employer(session: AsyncSession, event: ReviewsShown | AppealDecided) -> None:
    """Bring the public rating of an employer into line with what can be read of it."""
    engagement_id = await queries.engagement_of(session, event)
    engagement = await session.get_one(Engagement, engagement_id)
    employer = await session.get_one(Employer, engagement.employer_id, with_for_update={"key_share": True})
    ratings = await queries.last_ratings(session, Side.EMPLOYER, [employer.id])
    mean = summary(ratings[employer.id]).stars
    employer.rating = None if mean is None else Decimal(str(mean))


@work.at_times("* * * * *")
async def miss_appeals(database: Database) -> None:
    """Find the appeals that staff did not decide in time: till they do, what is appealed does not count."""
    # index ix_appeals_open; what was missed before stays in it, and there should be little
    missed = (
        Appeal.state == AppealState.OPEN,
        Appeal.missed_at.is_(None),
        Appeal.due_at <= clock.now(),
    )

    async def miss(session: AsyncSession, appeal_id: UUID) -> None:
        appeal = await session.scalar(
            select(Appeal)
            .where(Appeal.id == appeal_id, *missed)
            .with_for_update(skip_locked=True, key_share=True)
        )
        if appeal:
            appeal.missed_at = clock.now()
            await session.flush()
            await emit(session, AppealMissed(appeal.id))

    await rounds.each(database, select(Appeal.id).where(*missed), miss, BATCH)
