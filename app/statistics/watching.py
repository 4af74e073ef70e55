"""Early warnings: each hour every county's figures are held against its thresholds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, logs, work
from app.core.db import Database
from app.core.events import emit
from app.core.types import new_id
from app.statistics.events import WarningRaised
from app.statistics.figures import OPENED, Figure
from app.statistics.models import DailyFigure, EarlyWarning, WarningKind
from app.statistics.queries import CITY, OVER_ALL_TRADES
from app.statistics.schemas import Limits
from app.statistics.thresholds import limits_by_county

log = structlog.get_logger()
WEEK = timedelta(7)
TITLES = {
    WarningKind.UNFILLED_RISING: "临近开工仍缺人增多",
    WarningKind.WAGES_OVERDUE: "工资逾期偏多",
    WarningKind.MASS_CANCELLATIONS: "用工主体大量取消",
    WarningKind.DISPUTES_RISING: "争议增多",
}


@dataclass
class County:
    """What a county has now, and had a week ago."""

    short: int = 0
    short_before: int = 0
    overdue: int = 0
    overdue_fen: int = 0
    disputes: int = 0
    disputes_before: int = 0
    cancelled: dict[str, int] = field(default_factory=dict)  # by employer


@dataclass(frozen=True)
class Found:
    """What went past a threshold."""

    kind: WarningKind
    value: int
    threshold: int
    details: dict[str, Any]


@work.at_times("14 * * * *")
async def watch(database: Database) -> None:
    """Raise what is past a threshold, once a county, kind and day."""
    async with database.transaction(read_only=True) as session:
        limits = await limits_by_county(session)
        counties = await _counties(session)
    for code, county in counties.items():
        if code not in limits or code == CITY:
            continue
        for found in past(county, limits[code]):
            try:
                async with database.transaction() as session:
                    await _raise(session, code, found)
            except Exception as error:  # noqa: BLE001 - the other counties are not to wait for it
                log.warning("left_for_the_next_round", county=code, **logs.where_it_failed(error))


def past(county: County, limits: Limits) -> Iterator[Found]:
    """Hold a county against its thresholds."""
    rise = 100 + limits.unfilled_rise_percent
    if county.short >= limits.unfilled_places and county.short * 100 >= county.short_before * rise:
        details = {"now": county.short, "a_week_ago": county.short_before}
        yield Found(WarningKind.UNFILLED_RISING, county.short, limits.unfilled_places, details)
    owed = {"count": county.overdue, "amount_fen": county.overdue_fen}
    if county.overdue >= limits.overdue_count:
        yield Found(WarningKind.WAGES_OVERDUE, county.overdue, limits.overdue_count, owed)
    elif county.overdue_fen >= limits.overdue_fen:
        yield Found(WarningKind.WAGES_OVERDUE, county.overdue_fen, limits.overdue_fen, owed)
    many = {one: n for one, n in county.cancelled.items() if n >= limits.cancellations}
    if many:
        who = {"employers": sorted(many), "cancelled": sum(many.values())}
        yield Found(WarningKind.MASS_CANCELLATIONS, max(many.values()), limits.cancellations, who)
    rise = 100 + limits.disputes_rise_percent
    if county.disputes >= limits.disputes and county.disputes * 100 >= county.disputes_before * rise:
        details = {"last_7_days": county.disputes, "the_7_before": county.disputes_before}
        yield Found(WarningKind.DISPUTES_RISING, county.disputes, limits.disputes, details)


async def _counties(session: AsyncSession) -> dict[str, County]:
    """Gather what is watched, in two statements (primary key by day; ix_engagements_called_off)."""
    today = clock.today()
    county = func.substr(DailyFigure.division, 1, 6)
    stocks = (Figure.PLACES_SHORT, Figure.OVERDUE_STANDING, Figure.OVERDUE_STANDING_FEN)
    rows = await session.execute(
        select(DailyFigure.day, county, DailyFigure.figure, func.sum(DailyFigure.value))
        .where(
            DailyFigure.day.between(today - 2 * WEEK + timedelta(1), today),
            DailyFigure.figure.in_([*stocks, *OPENED.values()]),
            DailyFigure.key_group == "",
            DailyFigure.trade == OVER_ALL_TRADES,
        )
        .group_by(DailyFigure.day, county, DailyFigure.figure)
    )
    found: dict[str, County] = defaultdict(County)
    for day, code, figure, total in rows:
        one, value = found[code], int(total)
        if figure is Figure.PLACES_SHORT and day == today:
            one.short = value
        elif figure is Figure.PLACES_SHORT and day == today - WEEK:
            one.short_before = value
        elif figure is Figure.OVERDUE_STANDING and day == today:
            one.overdue = value
        elif figure is Figure.OVERDUE_STANDING_FEN and day == today:
            one.overdue_fen = value
        elif figure not in stocks and day > today - WEEK:
            one.disputes += value
        elif figure not in stocks:
            one.disputes_before += value
    cancelled = await session.execute(_CANCELLED, {"since": clock.now() - WEEK, "until": clock.now()})
    for code, employer_id, n in cancelled:
        found[code].cancelled[str(employer_id)] = n
    return found


_CANCELLED = text(
    """SELECT substr(division, 1, 6), employer_id, count(*) FROM engagements
        WHERE cancelled_by = 'employer' AND cancelled_at > :since AND cancelled_at <= :until GROUP BY 1, 2"""
)


async def _raise(session: AsyncSession, county: str, found: Found) -> None:
    raised = await session.scalar(
        insert(EarlyWarning)
        .values(
            id=new_id(),
            county=county,
            kind=found.kind,
            day=clock.today(),
            value=found.value,
            threshold=found.threshold,
            details=found.details,
            raised_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["county", "kind", "day"])
        .returning(EarlyWarning.id)
    )
    if raised is not None:
        await emit(session, WarningRaised(raised))
