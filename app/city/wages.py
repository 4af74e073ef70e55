"""Minimum wages: set by the city for days to come, and what postings then fall below (rule 4)."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.city.events import MinimumWageSet
from app.city.problems import WageInForce
from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound
from app.geo.models import Division, Level
from app.jobs.models import Job, JobState, MinimumWage, Per, Shift


class Below(NamedTuple):
    """So many postings of one station that pay less than they must."""

    station_id: UUID
    jobs: int


def history(county_code: str | None) -> Select[MinimumWage]:
    """Return every minimum wage there is, the newest of each county first (primary key)."""
    statement = select(MinimumWage).order_by(MinimumWage.county_code, MinimumWage.effective_from.desc())
    return statement.where(MinimumWage.county_code == county_code) if county_code else statement


async def set_wage(
    session: AsyncSession, actor: Actor, county_code: str, from_: date, hourly_fen: int, source: str
) -> MinimumWage:
    """Set what an hour must pay in a county from a day to come on, until the next that is set.

    Refuses a day that has begun. The stations of postings that fall below are told afterwards.
    """
    county = await session.get(Division, county_code)
    if county is None or county.level is not Level.COUNTY:
        raise NotFound
    if from_ <= clock.today():
        raise WageInForce
    wage = await session.get(MinimumWage, (county_code, from_), with_for_update=True)
    before = None if wage is None else _told(wage)
    if wage is None:
        wage = MinimumWage(county_code=county_code, effective_from=from_)
        session.add(wage)
    wage.hourly_fen, wage.source = hourly_fen, source
    await session.flush()
    await record(
        session,
        actor,
        "minimum_wage.set",
        object_kind="minimum_wage",
        object_id=None,
        division=county_code,
        before=before,
        after=_told(wage),
    )
    await emit(session, MinimumWageSet(county_code, from_.isoformat(), hourly_fen))
    return wage


async def below(session: AsyncSession, county_code: str, from_: date) -> list[Below]:
    """Return whose postings pay less for an hour than the wage that begins on a day.

    Index state, division; then each posting's shifts.
    Counted by the day of each shift, up to the next wage. Nothing is taken down: a posting that is
    submitted, changed or approved again is held to it, and the station has the employers change the rest.
    """
    wage = await session.get(MinimumWage, (county_code, from_))
    if wage is None:
        return []
    after = (
        select(func.min(MinimumWage.effective_from))
        .where(MinimumWage.county_code == county_code, MinimumWage.effective_from > from_)
        .scalar_subquery()
    )
    next_day = await session.scalar(select(after))
    statement = (
        select(Job.station_id, func.count(Job.id.distinct()))
        .join(Shift, Shift.job_id == Job.id)
        .where(
            Job.state.in_([JobState.OPEN, JobState.IN_REVIEW]),
            Job.division.startswith(county_code, autoescape=True),
            Shift.headcount > 0,
            Shift.starts_at >= clock.start_of(from_),
            _hourly() < wage.hourly_fen,
        )
        .group_by(Job.station_id)
        .order_by(Job.station_id)
    )
    if next_day:
        statement = statement.where(Shift.starts_at < clock.start_of(next_day))
    found = await session.execute(statement)
    return [Below(station_id, jobs) for station_id, jobs in found if station_id]


def _hourly() -> Any:
    """Reckon as jobs.wages.hourly_of does."""
    minutes = cast(func.extract("epoch", Shift.ends_at - Shift.starts_at), BigInteger) // 60
    pay = cast(Job.pay_fen, BigInteger)
    return case(
        (Job.pay_per == Per.HOUR, pay),
        (Job.pay_per == Per.DAY, pay * 60 // func.greatest(minutes, 1)),
        else_=pay * 60 // func.greatest(func.coalesce(Job.expected_minutes, minutes), 1),
    )


def _told(wage: MinimumWage) -> dict[str, Any]:
    return {
        "effective_from": wage.effective_from.isoformat(),
        "hourly_fen": wage.hourly_fen,
        "source": wage.source,
    }
