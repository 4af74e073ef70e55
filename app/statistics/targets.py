"""The yearly targets of the city, beside what the market contributed."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import wall
from app.core.problems import Fault, Invalid, must_be_fresh
from app.geo.models import Division, Level
from app.statistics.models import ActiveDay, DailyFigure, Fact, FactKind, Part, TargetYear
from app.statistics.queries import CITY, OVER_ALL_TRADES
from app.statistics.schemas import TargetsGiven, TargetView, TargetYearView
from app.statistics.target_kinds import NOTE, TARGETS, TargetKind

Contributed = dict[tuple[str, str], int]  # by division, and key group or figure; everybody under ""
_SUMMED = [meaning.figure for meaning in TARGETS.values() if meaning.figure]


async def year_view(session: AsyncSession, year: int) -> tuple[TargetYearView, int]:
    """Return the targets of a year with the market's part, and their version (0: none set)."""
    found = await session.get(TargetYear, year)
    # Numbers of the whole city, for all who work for it; nobody reads who they were.
    async with wall.lifted(session):
        contributed = await _contributed(session, year)
    given = {(one["division"], one["kind"]): one["value"] for one in found.targets} if found else {}
    # The whole list for the city; of a county what was set.
    wanted = [(CITY, kind) for kind in TargetKind]
    wanted += sorted((code, TargetKind(kind)) for code, kind in given if code != CITY)
    items = [
        TargetView(
            kind=kind,
            name=TARGETS[kind].name,
            division=code,
            value=given.get((code, kind)),
            contributed=_part(contributed, code, kind),
        )
        for code, kind in wanted
    ]
    return TargetYearView(year=year, note=NOTE, items=items), found.version if found else 0


def _part(contributed: Contributed, code: str, kind: TargetKind) -> int | None:
    meaning = TARGETS[kind]
    if meaning.everybody:
        return contributed[code, ""]
    kept_under = meaning.group or meaning.figure
    return contributed[code, kept_under] if kept_under else None


async def _contributed(session: AsyncSession, year: int) -> Contributed:
    """Count who was placed in a year, each once: in the city, and in each county; add up what is counted.

    By the days: ix_anonymous_facts_day, the primary key of the active days, ix_daily_figures_all_trades.
    """
    days = (date(year, 1, 1), date(year, 12, 31))
    counted: Contributed = defaultdict(int)
    for width in (len(CITY), 6):
        group = func.unnest(Fact.key_groups).table_valued("name").render_derived("g")
        where = func.substr(Fact.division, 1, width)
        groups: Any = (
            select(where, group.c.name, func.count(Fact.person_id.distinct()))
            .join(group, true())
            .where(Fact.day.between(*days), Fact.kind == FactKind.PLACEMENT)
            .group_by(where, group.c.name)
        )
        here = func.substr(ActiveDay.division, 1, width)
        everybody = (
            select(here, func.count(ActiveDay.person_id.distinct()))
            .where(ActiveDay.day.between(*days), ActiveDay.part == Part.PLACED)
            .group_by(here)
        )
        for code, name, people in await session.execute(groups):
            counted[code, name] = people
        for code, people in await session.execute(everybody):
            counted[code, ""] = people
        there = func.substr(DailyFigure.division, 1, width)
        summed = (
            select(there, DailyFigure.figure, func.sum(DailyFigure.value))
            .where(
                DailyFigure.day.between(*days),
                DailyFigure.figure.in_(_SUMMED),
                DailyFigure.key_group == "",
                DailyFigure.trade == OVER_ALL_TRADES,
            )
            .group_by(there, DailyFigure.figure)
        )
        for code, figure, total in await session.execute(summed):
            if len(code) == width:  # the city's own is no county's
                counted[code, figure] = int(total)
    return counted


async def set_targets(
    session: AsyncSession, officer: Officer, year: int, given: TargetsGiven, version: int | None
) -> None:
    """Replace a year's targets as a whole; refuses a stale version, and divisions that there are not."""
    await _must_exist(session, given)
    await session.execute(
        insert(TargetYear).values(year=year, targets=[], version=0).on_conflict_do_nothing()
    )
    kept = await session.get_one(TargetYear, year, with_for_update=True)
    must_be_fresh(version, kept.version)
    before, kept.targets = kept.targets, [one.model_dump(mode="json") for one in given.targets]
    kept.version += 1
    await record(
        session,
        officer.actor,
        "targets.set",
        object_kind="targets",
        object_id=None,
        division=CITY,
        before={"year": year, "targets": before},
        after={"year": year, "targets": kept.targets},
    )


async def _must_exist(session: AsyncSession, given: TargetsGiven) -> None:
    levels = (Level.CITY, Level.COUNTY)
    there = set(await session.scalars(select(Division.code).where(Division.level.in_(levels))))
    faults = [
        Fault(f"/targets/{n}/division", "unknown_division", "没有这个区划", "There is no such division")
        for n, one in enumerate(given.targets)
        if one.division not in there
    ]
    if faults:
        raise Invalid(faults=faults)
