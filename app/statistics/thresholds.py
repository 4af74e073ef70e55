"""From when on a county is warned: its own thresholds, or the city's."""

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core.problems import must_be_fresh
from app.geo.models import Division, Level
from app.statistics.models import Thresholds
from app.statistics.problems import NoCountysStation
from app.statistics.queries import CITY
from app.statistics.schemas import Limits, ThresholdView


async def limits_by_county(session: AsyncSession) -> dict[str, Limits]:
    """Return the limits in force, by county and for the city as a whole."""
    kept = {one.division: one for one in await session.scalars(select(Thresholds))}
    codes = await session.scalars(
        select(Division.code).where(Division.level.in_((Level.CITY, Level.COUNTY))).order_by(Division.code)
    )
    default = kept[CITY].limits if CITY in kept else {}
    return {
        code: Limits.model_validate(kept[code].limits if code in kept else default) for code in codes.all()
    }


async def thresholds_for(session: AsyncSession, officer: Officer) -> list[ThresholdView]:
    """Return what holds in the counties within reach, or above who asks."""
    own = officer.station.division
    rows = await session.execute(
        select(Division, Thresholds)
        .outerjoin(Thresholds, Thresholds.division == Division.code)
        .where(
            Division.level.in_((Level.CITY, Level.COUNTY)),
            or_(officer.reaches(Division.code), Division.code == own[:6]),
        )
        .order_by(Division.code)
    )
    limits = await limits_by_county(session)
    return [
        ThresholdView(
            division=division.code,
            name=division.name,
            own=kept is not None,
            version=kept.version if kept else 0,
            limits=limits[division.code],
        )
        for division, kept in rows
    ]


async def set_limits(
    session: AsyncSession, officer: Officer, given: Limits, version: int | None
) -> ThresholdView:
    """Set what holds for the officer's own county, or by the city's centre for all that set nothing."""
    division = await session.get_one(Division, officer.station.division)
    if division.level not in (Level.CITY, Level.COUNTY):
        raise NoCountysStation
    new = insert(Thresholds).values(division=division.code, limits={}, version=0)
    await session.execute(new.on_conflict_do_nothing())
    kept = await session.get_one(Thresholds, division.code, with_for_update=True)
    must_be_fresh(version, kept.version)
    before, kept.limits = kept.limits, given.model_dump()
    kept.version += 1
    await record(
        session,
        officer.actor,
        "thresholds.set",
        object_kind="thresholds",
        object_id=None,
        division=division.code,
        before=before,
        after=kept.limits,
    )
    return ThresholdView(
        division=division.code, name=division.name, own=True, version=kept.version, limits=given
    )
