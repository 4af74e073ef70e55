"""A position against the place agreed: used with the person's consent alone, and only for the check."""

import math
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Method
from app.attendance.presence import distance_m, judge
from app.attendance.problems import OutsideTheSite
from app.attendance.queries import terms_in_force
from app.attendance.schemas import WhereGiven
from app.engagements.models import Engagement
from app.geo.points import Wgs84
from app.identity.actions import consents_of
from app.identity.models import Purpose
from app.identity.problems import ConsentMissing
from app.jobs.models import Job


@dataclass(frozen=True)
class Seen:
    """How it is known that somebody was there."""

    method: Method
    point: Wgs84 | None = None
    distance_m: int | None = None
    accuracy_m: int | None = None
    doubtful: bool = False


async def agrees_to_positions(session: AsyncSession, account_id: UUID) -> bool:
    """Tell whether the person consented to the use of positions; without it none is used nor kept."""
    consents = await consents_of(session, account_id)
    return Purpose.POSITION in consents and consents[Purpose.POSITION].given


async def measured(
    session: AsyncSession, engagement: Engagement, where: WhereGiven
) -> tuple[Seen, bool, int]:
    """Return how far a position is from the place agreed, whether it counts as there, and the radius."""
    terms = (await terms_in_force(session, engagement.id)).body["job"]
    job = await session.get_one(Job, engagement.job_id)
    radius_m = terms.get("check_in_radius_m") or job.check_in_radius_m
    away_m = distance_m(where.point, Wgs84(terms["place"]["lng"], terms["place"]["lat"]))
    accuracy_m = math.ceil(where.accuracy_m or 0)
    judged = judge(away_m, radius_m, accuracy_m)
    seen = Seen(Method.GEOFENCE, where.point, round(away_m), accuracy_m, judged.doubtful)
    return seen, judged.there, radius_m


async def at_the_place(
    session: AsyncSession, account_id: UUID, engagement: Engagement, where: WhereGiven
) -> Seen:
    """Judge a worker's position; refuses one outside, and using any without consent."""
    if not await agrees_to_positions(session, account_id):
        raise ConsentMissing(
            "使用定位须先同意“位置”(PUT /v1/me/consents)。"
            "不同意也可扫现场签到码,或请用工主体、就业服务站代为确认",
            "Using a position needs consent to `position`; without it, scan the site's code, or ask the"
            " employer or the station",
            purpose=Purpose.POSITION.value,
        )
    seen, there, radius_m = await measured(session, engagement, where)
    if not there:
        raise OutsideTheSite(
            f"距工作地点约 {seen.distance_m} 米,签到范围 {radius_m} 米。"
            "可扫现场签到码,或请用工主体、就业服务站代为确认",
            f"About {seen.distance_m} m from the place of work, {radius_m} m count as there. Scan the"
            " site's code, or ask the employer or the station",
            distance_m=seen.distance_m,
            radius_m=radius_m,
        )
    return seen
