"""The figures of a span of days, by whatever they are asked by; cut to who asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import wall
from app.geo.models import Division
from app.statistics.figures import STOCKS, Figure
from app.statistics.models import ALL_TRADES, ActiveDay, DailyFigure, EarlyWarning, Part
from app.trades.models import Trade
from app.workers.models import KEY_GROUPS

CITY = "1410"
# In the statement's text and no parameter, so that the planner knows that the partial indexes serve.
OVER_ALL_TRADES: ColumnElement[str] = literal_column(f"'{ALL_TRADES}'")
LENGTHS = (4, 6, 9)  # digits of the codes of the city, counties and townships
_CHILDREN = {4: 6, 6: 9, 9: 9}  # digits of a division's code, and of those right below it


class By(StrEnum):
    DAY = "day"
    MONTH = "month"
    DIVISION = "division"
    TRADE = "trade"
    KEY_GROUP = "key_group"


@dataclass(frozen=True)
class Asked:
    """Which figures: of which days, of which division and below, by what."""

    since: date
    until: date  # this day included
    division: str = CITY
    by: By | None = None
    figures: tuple[Figure, ...] = ()
    reach: ColumnElement[bool] | None = None
    people_reach: ColumnElement[bool] | None = None

    def cut_to(self, officer: Officer) -> "Asked":
        """Return the same, for what the officer reaches alone."""
        return Asked(
            self.since,
            self.until,
            self.division,
            self.by,
            self.figures,
            officer.reaches(DailyFigure.division),
            officer.reaches(ActiveDay.division),
        )


@dataclass
class Row:
    """What one key has: a day, a month, a division, a trade, a key group, or the whole."""

    key: str
    figures: dict[Figure, int] = field(default_factory=dict)
    people: dict[Part, int] = field(default_factory=dict)


async def figures_of(session: AsyncSession, asked: Asked) -> dict[str, Row]:
    """Return the rows by their keys in two statements: sums by figure, and people, who don't add up.

    ix_daily_figures_all_trades serves the days of the whole city, ix_daily_figures_division_day a part's,
    the primary key what is asked by trade.
    """
    rows: dict[str, Row] = {}
    for key, figure, value in await session.execute(_sums(asked)):
        rows.setdefault(key, Row(key)).figures[figure] = int(value)
    if asked.by in (By.TRADE, By.KEY_GROUP):
        return rows
    # Nobody reads who was active; how many they were, whoever reaches the division.
    async with wall.lifted(session):
        counted = (await session.execute(_people(asked))).all()
    for key, part, value in counted:
        rows.setdefault(key, Row(key)).people[part] = value
    return rows


def _sums(asked: Asked) -> Select[str, Figure, int]:
    key = _key(asked, DailyFigure.day, DailyFigure.division)
    statement = (
        select(key.label("key"), DailyFigure.figure, func.sum(DailyFigure.value))
        .where(
            DailyFigure.day.between(asked.since, asked.until),
            _below(DailyFigure.division, asked.division),
            DailyFigure.key_group != "" if asked.by is By.KEY_GROUP else DailyFigure.key_group == "",
            DailyFigure.trade != ALL_TRADES if asked.by is By.TRADE else DailyFigure.trade == OVER_ALL_TRADES,
            or_(DailyFigure.figure.not_in(STOCKS), DailyFigure.day.in_(_measured(asked))),
            true() if asked.reach is None else asked.reach,
        )
        .group_by("key", DailyFigure.figure)
    )
    return statement.where(DailyFigure.figure.in_(asked.figures)) if asked.figures else statement


def _people(asked: Asked) -> Select[str, Part, int]:
    """Count who was active or placed, each once over the whole span: exact for any span and division."""
    key = _key(asked, ActiveDay.day, ActiveDay.division)
    return (
        select(key.label("key"), ActiveDay.part, func.count(ActiveDay.person_id.distinct()))
        .where(
            ActiveDay.day.between(asked.since, asked.until),
            _below(ActiveDay.division, asked.division),
            true() if asked.people_reach is None else asked.people_reach,
        )
        .group_by("key", ActiveDay.part)
    )


def _key(asked: Asked, day: ColumnElement[date] | Any, division: Any) -> ColumnElement[str]:
    match asked.by:
        case By.DAY:
            return func.to_char(day, "YYYY-MM-DD")
        case By.MONTH:
            return func.to_char(day, "YYYY-MM")
        case By.DIVISION:
            return func.substr(division, 1, _CHILDREN[len(asked.division)])
        case By.TRADE:
            return DailyFigure.trade.expression
        case By.KEY_GROUP:
            return DailyFigure.key_group.expression
    return cast("", DailyFigure.trade.type)


def _below(code: Any, division: str) -> ColumnElement[bool]:
    return true() if division == CITY else code.startswith(division, autoescape=True)


def _measured(asked: Asked) -> Select[Any]:
    """Return the days whose stocks count: the last that was measured, of each day or month asked for."""
    spans = values(column("since", Date), column("until", Date), name="spans").data(_spans(asked))
    last = (
        select(func.max(DailyFigure.day))
        .where(
            DailyFigure.trade == OVER_ALL_TRADES,
            DailyFigure.figure.in_(STOCKS),
            DailyFigure.day >= spans.c.since,
            DailyFigure.day <= spans.c.until,
        )
        .correlate(spans)
        .scalar_subquery()
    )
    return select(last).select_from(spans)


def _spans(asked: Asked) -> list[tuple[date, date]]:
    if asked.by is By.DAY:
        days = (asked.until - asked.since).days + 1
        return [(asked.since + timedelta(n),) * 2 for n in range(days)]
    if asked.by is not By.MONTH:
        return [(asked.since, asked.until)]
    spans, first = [], asked.since
    while first <= asked.until:
        following = month_after(first)
        spans.append((first, min(following - timedelta(1), asked.until)))
        first = following
    return spans


def common_to(codes: Sequence[str]) -> str:
    """Return the lowest division that holds all the divisions; the rows are cut to each of them apart."""
    shared = [
        code[:length] for code in codes[:1] for length in LENGTHS if len({one[:length] for one in codes}) == 1
    ]
    return shared[-1] if shared else CITY


def month_after(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(1)).replace(day=1)


async def names_for(session: AsyncSession, by: By | None, keys: Sequence[str]) -> dict[str, str]:
    """Return what the keys are called, in at most one statement."""
    if by is By.DIVISION:
        rows = await session.execute(select(Division.code, Division.name).where(Division.code.in_(keys)))
        return {code: name for code, name in rows} | {CITY: "市本级或未定位到县"}  # noqa: C416 - rows are no tuples
    if by is By.TRADE:
        named = await session.execute(select(Trade.code, Trade.name).where(Trade.code.in_(keys)))
        return {code: name for code, name in named} | {"": "不分工种"}  # noqa: C416
    if by is By.KEY_GROUP:
        return {group.value: name for group, name in KEY_GROUPS.items()}
    return {"": "合计"}


def warnings_in_reach_of(officer: Officer, county: str | None) -> Select[EarlyWarning]:
    """Return the warnings of the counties within reach (primary key, newest first)."""
    statement = select(EarlyWarning).where(officer.reaches(EarlyWarning.county))
    return statement.where(EarlyWarning.county == county) if county else statement
