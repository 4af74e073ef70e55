"""What goes up of the statistics: the city's own daily figures, put together and not counted again."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import refuse_field
from app.feed.figures_schemas import (
    DivisionTotals,
    Fairs,
    FiguresView,
    KeyGroupTotals,
    Market,
    People,
    Totals,
    TradeMarket,
)
from app.feed.periods import Period, period_of
from app.geo.models import Division, Level
from app.statistics.figures import STOCKS, Figure, rates_of
from app.statistics.models import Part
from app.statistics.queries import Asked, By, Row, figures_of, names_for
from app.statistics.suppression import LEAST
from app.workers.models import KEY_GROUPS

_MARKET = (Figure.APPLICATIONS, Figure.PLACES_OFFERED, Figure.PLACEMENTS)


async def figures(session: AsyncSession, written: str, code: str) -> FiguresView:
    """Return the figures of a period and a division, in a fixed number of statements.

    Refuses a day that does not exist, a period that has not begun, and an unknown division (422).
    """
    period = _period(written)
    division = await session.get(Division, code)
    if division is None:
        raise refuse_field("/division", "division_unknown", "没有这个区划", "There is no such division")
    asked = Asked(period.first, min(period.last, clock.today()), code)
    whole = (await figures_of(session, asked)).get("", Row(""))
    township = division.level is Level.TOWNSHIP
    return FiguresView(
        period=written,
        first_day=period.first,
        last_day=period.last,
        complete=period.last < clock.today(),
        division=code,
        name=division.name,
        **dict(_totals(whole)),
        fairs=_fairs(whole.figures),
        by_division=[] if township else await _by_division(session, asked),
        by_trade=await _by_trade(session, asked),
        by_key_group=None if township or period.is_a_day else await _by_key_group(session, asked),
    )


def _period(written: str) -> Period:
    try:
        period = period_of(written)
    except ValueError as error:
        raise refuse_field("/period", "period_unknown", "没有这一天", "There is no such day") from error
    if period.first > clock.today():
        raise refuse_field("/period", "period_in_future", "时段尚未开始", "The period has not begun")
    return period


def _totals(row: Row) -> Totals:
    counted = {one: row.figures.get(one, 0) for one in Figure if one in row.figures or one not in STOCKS}
    seekers = row.people.get(Part.WORKER, 0)
    vacancies = counted[Figure.PLACES_OFFERED]
    return Totals(
        figures=counted,
        rates=rates_of(row.figures),
        people=People(
            active_workers=seekers,
            active_employers=row.people.get(Part.EMPLOYER, 0),
            placed_people=row.people.get(Part.PLACED, 0),
        ),
        market=Market(
            seekers=seekers,
            vacancies=vacancies,
            placements=counted[Figure.PLACEMENTS],
            vacancies_per_seeker=round(vacancies / seekers, 2) if seekers else None,
        ),
    )


def _fairs(found: Mapping[Figure, int]) -> Fairs:
    return Fairs(
        held=found.get(Figure.FAIRS_HELD, 0),
        viewers=found.get(Figure.FAIR_VIEWERS, 0),
        reservations=found.get(Figure.FAIR_RESERVATIONS, 0),
        applications=found.get(Figure.FAIR_APPLICATIONS, 0),
        hires=found.get(Figure.FAIR_HIRES, 0),
    )


async def _by_division(session: AsyncSession, asked: Asked) -> list[DivisionTotals]:
    rows = await figures_of(session, replace(asked, by=By.DIVISION))
    names = await names_for(session, By.DIVISION, list(rows))
    return [
        DivisionTotals(division=code, name=names.get(code, code), **dict(_totals(rows[code])))
        for code in sorted(rows)
    ]


async def _by_trade(session: AsyncSession, asked: Asked) -> list[TradeMarket]:
    rows = await figures_of(session, replace(asked, by=By.TRADE, figures=_MARKET))
    names = await names_for(session, By.TRADE, list(rows))
    return [
        TradeMarket(
            trade=code,
            name=names.get(code, code),
            applications=rows[code].figures.get(Figure.APPLICATIONS, 0),
            vacancies=rows[code].figures.get(Figure.PLACES_OFFERED, 0),
            placements=rows[code].figures.get(Figure.PLACEMENTS, 0),
        )
        for code in sorted(rows)
        if any(rows[code].figures.get(one) for one in _MARKET)
    ]


async def _by_key_group(session: AsyncSession, asked: Asked) -> list[KeyGroupTotals]:
    """Return each group, the small counts unsaid: to be disabled or poor is nobody's to guess at."""
    rows = await figures_of(session, replace(asked, by=By.KEY_GROUP))
    return [
        KeyGroupTotals(
            key_group=group,
            name=name,
            workers_registered=_said(rows.get(group.value), Figure.WORKERS_REGISTERED),
            placements=_said(rows.get(group.value), Figure.PLACEMENTS),
        )
        for group, name in KEY_GROUPS.items()
    ]


def _said(row: Row | None, figure: Figure) -> int | None:
    count = row.figures.get(figure, 0) if row else 0
    return None if 0 < count < LEAST else count
