"""What follows by itself for ratings and appeals: showing, and deadlines."""

from uuid import UUID

from sqlalchemy import select

from app.core import clock, work
from app.core.db import Database
from app.core.events import emit
from app.engagements.locking import lock_engagement
from app.standing import queries
from app.standing.events import AppealMissed, ReviewsShown
from app.standing.models import Appeal, AppealState, Review

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


@work.at_times("* * * * *")
async def miss_appeals(database: Database) -> None:
    """Find the appeals that staff did not decide in time: till they do, what is appealed does not count."""
    while True:
        async with database.transaction() as session:
            # index ix_appeals_open; what was missed before stays in it, and there should be little
            found = await session.scalars(
                select(Appeal)
                .where(
                    Appeal.state == AppealState.OPEN,
                    Appeal.missed_at.is_(None),
                    Appeal.due_at <= clock.now(),
                )
                .order_by(Appeal.due_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True, key_share=True)
            )
            missed = found.all()
            for appeal in missed:
                appeal.missed_at = clock.now()
                await session.flush()
                await emit(session, AppealMissed(appeal.id))
        if len(missed) < BATCH:
            return
