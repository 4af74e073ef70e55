"""Rating the other side: once, within seven days, and blind till both have or the days are over."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.events import emit
from app.core.problems import Fault, Invalid
from app.core.types import new_id
from app.engagements.models import Engagement, EngagementState, Side
from app.standing import queries
from app.standing.events import Reviewed, ReviewsShown
from app.standing.facts import OTHER
from app.standing.models import Review
from app.standing.problems import ReviewedAlready, ReviewTooLate
from app.standing.schemas import ReviewGiven, ReviewTag
from app.standing.tags import SAID_BY

BLIND_FOR = timedelta(days=7)
_RATEABLE = (EngagementState.CONFIRMED, EngagementState.PAID)


async def review(session: AsyncSession, account_id: UUID, engagement_id: UUID, given: ReviewGiven) -> Review:
    """Rate the other side of an engagement whose hours are confirmed.

    Refuses another state, a second rating by the same side, words of the other side, and more than
    seven days after the confirmation: from then on the other's rating can be read.
    """
    engagement, side = await queries.as_party(session, account_id, engagement_id, lock=True)
    if engagement.before_dispute not in _RATEABLE:
        engagement.must_be(*_RATEABLE)
    _known_words(given.tags, side)
    written = await queries.reviews_of(session, engagement_id)
    if side in written:
        raise ReviewedAlready
    now, other = clock.now(), written.get(OTHER[side])
    until = _until(engagement, other)
    if now >= until:
        raise ReviewTooLate(until=until.isoformat())
    found = Review(
        id=new_id(),
        engagement_id=engagement.id,
        by=side,
        account_id=account_id,
        worker_id=engagement.worker_id,
        employer_id=engagement.employer_id,
        stars=given.stars,
        tags=list(dict.fromkeys(given.tags)),
        text=given.text,
        written_at=now,
        visible_from=now if other else until,
    )
    session.add(found)
    if other:
        other.visible_from = now
    await session.flush()
    await emit(session, Reviewed(found.id))
    if other:
        await emit(session, ReviewsShown(engagement.id))
    else:
        await work.promise(session, "standing.show", {"review_id": str(found.id)}, at=until)
    return found


def _until(engagement: Engagement, other: Review | None) -> datetime:
    """Return until when a rating is taken; never longer than the other one is unseen."""
    # confirmed_with_figures holds that there is one; without it nothing could be rated.
    until = (engagement.confirmed_at or engagement.ends_at) + BLIND_FOR
    return min(until, other.visible_from) if other else until


def _known_words(tags: list[ReviewTag], side: Side) -> None:
    faults = [
        Fault(
            f"/tags/{at}", "tag_unknown", "这个标签不用于评价对方", "This word is not said of the other side"
        )
        for at, tag in enumerate(tags)
        if tag not in SAID_BY[side]
    ]
    if faults:
        raise Invalid(faults=faults)


async def shown_to(session: AsyncSession, account_id: UUID, engagement_id: UUID) -> list[tuple[Review, bool]]:
    """Return the ratings of an engagement that a party may read, and whether each is its own side's."""
    _, side = await queries.as_party(session, account_id, engagement_id)
    written = await queries.reviews_of(session, engagement_id)
    return [
        (one, by is side)
        for by, one in sorted(written.items())
        if by is side or (one.visible_from <= clock.now() and one.removed_at is None)
    ]
