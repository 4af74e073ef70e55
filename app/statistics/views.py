"""The figures as they are answered."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.statistics.figures import DEFINITIONS, rates_of
from app.statistics.models import EarlyWarning, Part
from app.statistics.queries import Asked, By, Row, figures_of, names_for
from app.statistics.schemas import FigureList, FigureRow, FigureView, StatisticsView, WarningView
from app.statistics.watching import TITLES


async def statistics(session: AsyncSession, asked: Asked) -> StatisticsView:
    """Answer with the rows in the order of their keys."""
    rows = await figures_of(session, asked)
    names = await names_for(session, asked.by, list(rows))
    return StatisticsView(
        first_day=asked.since,
        last_day=asked.until,
        division=asked.division,
        items=[_row(rows[key], asked.by, names) for key in sorted(rows)],
    )


def _row(row: Row, by: By | None, names: Mapping[str, str]) -> FigureRow:
    tells_people = by not in (By.TRADE, By.KEY_GROUP)
    counted = {part: row.people.get(part, 0) if tells_people else None for part in Part}
    return FigureRow(
        key=row.key,
        name=names.get(row.key, row.key),
        figures=row.figures,
        rates=rates_of(row.figures),
        active_workers=counted[Part.WORKER],
        active_employers=counted[Part.EMPLOYER],
        placed_people=counted[Part.PLACED],
    )


def definitions() -> FigureList:
    """Answer with what each figure is."""
    return FigureList(
        items=[FigureView(figure=figure, **about._asdict()) for figure, about in DEFINITIONS.items()]
    )


def warning(one: EarlyWarning) -> WarningView:
    """Answer with a warning."""
    return WarningView(
        id=one.id,
        county=one.county,
        kind=one.kind,
        title=TITLES[one.kind],
        day=one.day,
        value=one.value,
        threshold=one.threshold,
        details=one.details,
        raised_at=one.raised_at,
    )
