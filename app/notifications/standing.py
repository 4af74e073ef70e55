"""Who is told of ratings and appeals."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.engagements.models import Engagement
from app.notifications.actions import Letter, tell
from app.notifications.alerting import alert, county_above
from app.notifications.parties import about, tell_both
from app.standing.events import AppealDecided, AppealMade, AppealMissed, ReviewsShown
from app.standing.models import Appeal


@afterwards(ReviewsShown)
async def tell_that_ratings_are_shown(session: AsyncSession, event: ReviewsShown) -> None:
    engagement = await session.get_one(Engagement, event.engagement_id)
    await tell_both(session, engagement, ("reviews_shown", "reviews_shown"))


@afterwards(AppealMade)
async def alert_of_the_appeal(session: AsyncSession, event: AppealMade) -> None:
    appeal, engagement = await _of(session, event.appeal_id)
    await _alert(session, appeal, engagement, engagement.station_id, "appeal_made")


@afterwards(AppealMissed)
async def alert_the_county(session: AsyncSession, event: AppealMissed) -> None:
    """Tell the county that its township was late, and who appealed that it doesn't count meanwhile."""
    appeal, engagement = await _of(session, event.appeal_id)
    county = await county_above(session, engagement.station_id)
    await _alert(session, appeal, engagement, county, "appeal_missed")
    await _tell(session, appeal, engagement, "appeal_missed")


@afterwards(AppealDecided)
async def tell_of_the_decision(session: AsyncSession, event: AppealDecided) -> None:
    appeal, engagement = await _of(session, event.appeal_id)
    await _tell(session, appeal, engagement, "appeal_upheld" if event.upheld else "appeal_refused")


async def _of(session: AsyncSession, appeal_id: UUID) -> tuple[Appeal, Engagement]:
    appeal = await session.get_one(Appeal, appeal_id)
    return appeal, await session.get_one(Engagement, appeal.engagement_id)


async def _tell(session: AsyncSession, appeal: Appeal, engagement: Engagement, kind: str) -> None:
    data = {"appeal_id": str(appeal.id), "engagement_id": str(engagement.id)}
    values = await about(session, engagement)
    await tell(session, Letter(appeal.account_id, kind, str(appeal.id), values, data))


async def _alert(
    session: AsyncSession, appeal: Appeal, engagement: Engagement, station_id: UUID, kind: str
) -> None:
    values = await about(session, engagement) | {"due": appeal.due_at}
    data = {"appeal_id": str(appeal.id), "engagement_id": str(engagement.id)}
    await alert(session, station_id, kind, str(appeal.id), values, data)
