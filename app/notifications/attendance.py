"""Who is told while a shift goes on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.events import (
    AttendanceContested,
    CheckedIn,
    CheckedOut,
    ClaimEnded,
    ClaimMade,
    ClaimStands,
    NobodyCheckedIn,
    RunningLate,
)
from app.attendance.models import Attendance, Claim, ClaimKind, Method
from app.core.events import afterwards
from app.engagements.models import Engagement, EngagementState
from app.notifications.actions import tell_all
from app.notifications.parties import tell_both, tell_employer, tell_worker, to_employer, to_worker

# What the worker did not note: by code or position the worker was there and knows.
_NOTED_BY = {Method.STAFF: "station", Method.EMPLOYER: "employer", Method.SYSTEM: "clock"}
# What came from a phone so late that there are no hours to confirm any more.
_OVER = (EngagementState.CONFIRMED, EngagementState.PAID, EngagementState.CANCELLED)


@afterwards(CheckedIn, CheckedOut)
async def tell_of_the_check(session: AsyncSession, event: CheckedIn | CheckedOut) -> None:
    """Tell the worker of what others noted (rule 12), and the employer that hours wait to be confirmed."""
    noted = await session.get_one(Attendance, event.attendance_id)
    engagement = await session.get_one(Engagement, noted.engagement_id)
    what = "checked_in" if isinstance(event, CheckedIn) else "checked_out"
    who = _NOTED_BY.get(noted.method)
    letters = []
    if who:
        letters += await to_worker(session, engagement, f"{what}_by_{who}", noted.id, at=noted.at)
    if isinstance(event, CheckedIn) and who == "station":
        kind = "checked_in_by_station_employer"
        letters += await to_employer(session, engagement, kind, noted.id, at=noted.at)
    elif isinstance(event, CheckedOut) and who != "employer" and engagement.state not in _OVER:
        letters += await to_employer(session, engagement, "hours_to_confirm")
    await tell_all(session, letters)


@afterwards(RunningLate)
async def tell_who_waits(session: AsyncSession, event: RunningLate) -> None:
    noted = await session.get_one(Attendance, event.attendance_id)
    engagement = await session.get_one(Engagement, noted.engagement_id)
    await tell_employer(session, engagement, "running_late", noted.id, arrives=noted.arrives_at or noted.at)


@afterwards(AttendanceContested)
async def tell_of_the_contest(session: AsyncSession, event: AttendanceContested) -> None:
    noted = await session.get_one(Attendance, event.attendance_id)
    engagement = await session.get_one(Engagement, noted.engagement_id)
    tell = tell_employer if noted.contested_by == engagement.worker_id else tell_worker
    await tell(session, engagement, "attendance_contested", noted.id)


@afterwards(NobodyCheckedIn)
async def ask_both_sides(session: AsyncSession, event: NobodyCheckedIn) -> None:
    engagement = await session.get_one(Engagement, event.engagement_id)
    await tell_both(session, engagement, ("nobody_checked_in", "nobody_checked_in_employer"))


@afterwards(ClaimMade)
async def ask_the_other_side(session: AsyncSession, event: ClaimMade) -> None:
    """Ask who is accused; a day to answer leaves time after a night."""
    claim = await session.get_one(Claim, event.claim_id)
    engagement = await session.get_one(Engagement, claim.engagement_id)
    no_show = claim.kind is ClaimKind.NO_SHOW
    tell, kind = (tell_worker, "no_show_claimed") if no_show else (tell_employer, "turned_away_claimed")
    await tell(session, engagement, kind, claim.id, by=claim.answer_until, until=claim.answer_until)


@afterwards(ClaimStands)
async def tell_what_stands(session: AsyncSession, event: ClaimStands) -> None:
    claim = await session.get_one(Claim, event.claim_id)
    engagement = await session.get_one(Engagement, claim.engagement_id)
    stands = "no_show_stands" if claim.kind is ClaimKind.NO_SHOW else "turned_away_stands"
    await tell_both(session, engagement, (stands, f"{stands}_employer"), claim.id)


@afterwards(ClaimEnded)
async def tell_what_is_undone(session: AsyncSession, event: ClaimEnded) -> None:
    claim = await session.get_one(Claim, event.claim_id)
    engagement = await session.get_one(Engagement, claim.engagement_id)
    await tell_both(session, engagement, ("claim_ended", "claim_ended"), claim.id)
