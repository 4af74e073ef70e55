"""Either side proposes other conditions for one engagement; the old ones hold until the other consents."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, limits
from app.core.problems import Fault
from app.engagements import changes, conditions
from app.engagements.cancelling_schemas import ProposalGiven
from app.engagements.conditions import Conditions
from app.engagements.locking import lock_engagement
from app.engagements.models import Change, Engagement, EngagementState, Side
from app.engagements.problems import (
    EmployersToPropose,
    NothingChanges,
    ShiftStarted,
    WordingRefused,
)
from app.engagements.queries import terms_in_force
from app.geo.places import views
from app.geo.problems import OutsideTheCity
from app.geo.queries import locate
from app.jobs import lawful, wording
from app.jobs.models import Per
from app.jobs.problems import BelowMinimumWage
from app.jobs.wages import hourly_of, too_little

PROPOSED_A_DAY = limits.Rate("changes", 10, timedelta(days=1))
_EMPLOYERS = ("pay", "place")


async def propose(session: AsyncSession, engagement_id: UUID, by: Side, given: ProposalGiven) -> Change:
    """Propose a change of one engagement; refusing it leaves the old terms standing.

    Refuses what is not agreed and to come; pay and place by the worker; times, pay and words that no
    posting may have; and anything while a change of the posting waits. Overlaps show at consent. Ten a
    day at most by one side: the other is told of each.
    """
    await limits.take(session, PROPOSED_A_DAY, f"{engagement_id}/{by}")
    engagement = await lock_engagement(session, engagement_id)
    engagement.must_be(EngagementState.AGREED)
    if engagement.starts_at <= clock.now():
        raise ShiftStarted
    if by is Side.WORKER:
        _leave_to_the_employer(given)
    terms = (await terms_in_force(session, [engagement.id]))[engagement.id]
    agreed = conditions.of_terms(terms.body)
    wanted = agreed | await _wanted(session, engagement, given)
    differs = conditions.difference(agreed, wanted, wanted)
    if differs is None:
        raise NothingChanges
    await _hold_to_the_law(session, engagement, wanted, given)
    return await changes.put(session, engagement, by, differs, binding=False, note=given.text)


def _leave_to_the_employer(given: ProposalGiven) -> None:
    faults = [
        Fault(f"/{name}", EmployersToPropose.code, EmployersToPropose.title, EmployersToPropose.title_en)
        for name in _EMPLOYERS
        if getattr(given, name)
    ]
    if faults:
        raise EmployersToPropose(faults=faults)


async def _wanted(session: AsyncSession, engagement: Engagement, given: ProposalGiven) -> Conditions:
    wanted: Conditions = {}
    if given.starts_at or given.ends_at:
        times = lawful.times(given.starts_at or engagement.starts_at, given.ends_at or engagement.ends_at)
        await changes.hold_to_rule_5(session, engagement, times.starts_at, times.ends_at)
        wanted |= {"starts_at": conditions.instant(times.starts_at)}
        wanted |= {"ends_at": conditions.instant(times.ends_at)}
    if given.pay:
        pay = given.pay
        wanted["pay"] = conditions.pay_of(pay.amount_fen, pay.per, pay.expected_minutes)
    if given.place:
        location = await locate(session, given.place.point)
        if location is None:
            raise OutsideTheCity.at("/place")
        wanted["place"] = views(given.place.point, given.place.address)["wgs84"]
        wanted["division"] = location.township.code
    if given.description:
        wanted["description"] = given.description
    return wanted


async def _hold_to_the_law(
    session: AsyncSession, engagement: Engagement, wanted: Conditions, given: ProposalGiven
) -> None:
    """Rules 4 and 7 hold for what is agreed afterwards, too."""
    if given.pay or given.starts_at or given.ends_at or given.place:
        pay, minutes = wanted["pay"], conditions.minutes_in(wanted)
        hourly = hourly_of(pay["amount_fen"], Per(pay["per"]), pay["expected_minutes"], minutes)
        day = clock.day_of(given.starts_at or engagement.starts_at)
        fault = await too_little(session, wanted["division"][:6], day, hourly)
        if fault:
            raise BelowMinimumWage(faults=[fault])
    found = wording.find({"/description": given.description}) if given.description else []
    if found:
        raise WordingRefused(
            faults=[
                Fault(one.pointer, WordingRefused.code, f"“{one.words}”:{one.advice}", f'"{one.words}"')
                for one in found
            ]
        )
