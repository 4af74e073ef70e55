"""The public dashboard: made by the clock from the daily figures, small counts left unsaid."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.fairs.models import Fair, FairState
from app.geo.models import Division, Level
from app.statistics.figures import DEFINITIONS, Figure
from app.statistics.models import DailyFigure, PublicDashboard
from app.statistics.queries import OVER_ALL_TRADES, month_before
from app.statistics.schemas import Cell, PublicCounty, PublicFairs, PublicMonth, PublicStatistics
from app.statistics.suppression import LEAST, shown

# None of them is made of others: what is hidden in one can't be reckoned from the rest.
PUBLIC = (
    Figure.WORKERS_REGISTERED,
    Figure.EMPLOYERS_REGISTERED,
    Figure.JOBS_PUBLISHED,
    Figure.PLACES_OFFERED,
    Figure.APPLICATIONS,
    Figure.TAKEN_ON,
    Figure.PLACEMENTS,
    Figure.DISPUTES_RESOLVED,
)
MONTHS = 12
DAYS = 30
Counts = dict[tuple[str, Figure], int]


@work.at_times("3-59/10 * * * *")
async def publish(database: Database) -> None:
    """Make the dashboard anew and keep it for who asks."""
    async with database.transaction() as session:
        body = (await _made(session)).model_dump(mode="json")
        made = insert(PublicDashboard).values(id=1, body=body)
        await session.execute(
            made.on_conflict_do_update(index_elements=[PublicDashboard.id], set_={"body": made.excluded.body})
        )


async def published(session: AsyncSession) -> PublicStatistics:
    """Return the dashboard as it was made last (primary key)."""
    found = await session.get(PublicDashboard, 1)
    if found is None:
        return PublicStatistics(made_at=None, last_30_days=[], months=[])
    return PublicStatistics.model_validate(found.body)


async def _made(session: AsyncSession) -> PublicStatistics:
    """Count: counties by whole months alone.

    A span that moves by a day, looked at daily, would tell each day's count by its difference; so that is
    said of the city only, whose days are no small counts.
    """
    today, counties = clock.today(), await _counties(session)
    lately = await _counts(session, today - timedelta(DAYS), today - timedelta(1))
    months, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        last, first = first - timedelta(1), month_before(first)
        months.append(_month(first, await _counts(session, first, last), counties))
    return PublicStatistics(
        made_at=clock.now(),
        last_30_days=[_cell(figure, _total(lately, figure)) for figure in PUBLIC],
        months=months,
        fairs=await _fairs(session, today),
    )


async def _fairs(session: AsyncSession, today: date) -> PublicFairs:
    """Count fairs, which are no secret (ix_daily_figures_all_trades; ix_fairs_starts_at)."""

    async def held(since: date) -> int:
        statement = select(func.coalesce(func.sum(DailyFigure.value), 0)).where(
            DailyFigure.day.between(since, today - timedelta(1)),
            DailyFigure.figure == Figure.FAIRS_HELD,
            DailyFigure.key_group == "",
            DailyFigure.trade == OVER_ALL_TRADES,
        )
        return int(await session.scalar(statement) or 0)

    ahead = select(func.count()).where(Fair.state == FairState.BOOKABLE, Fair.starts_at > clock.now())
    return PublicFairs(
        held_last_30_days=await held(today - timedelta(DAYS)),
        held_this_year=await held(today.replace(month=1, day=1)),
        ahead=await session.scalar(ahead) or 0,
    )


async def _counties(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(
        select(Division.code, Division.name).where(Division.level == Level.COUNTY).order_by(Division.code)
    )
    return {code: name for code, name in rows}  # noqa: C416 - of rows, which are no tuples to mypy


async def _counts(session: AsyncSession, since: date, until: date) -> Counts:
    """Add up by county (primary key)."""
    county = func.substr(DailyFigure.division, 1, 6)
    rows = await session.execute(
        select(county, DailyFigure.figure, func.sum(DailyFigure.value))
        .where(
            DailyFigure.day.between(since, until),
            DailyFigure.figure.in_(PUBLIC),
            DailyFigure.key_group == "",
            DailyFigure.trade == OVER_ALL_TRADES,
        )
        .group_by(county, DailyFigure.figure)
    )
    return {(code, figure): int(value) for code, figure, value in rows}


def _total(counts: Counts, figure: Figure) -> int:
    return sum(count for (_, of), count in counts.items() if of is figure)


def _month(first: date, counts: Counts, counties: dict[str, str]) -> PublicMonth:
    said: dict[Figure, Any] = {
        figure: shown(_total(counts, figure), {code: counts.get((code, figure), 0) for code in counties})
        for figure in PUBLIC
    }
    return PublicMonth(
        month=f"{first:%Y-%m}",
        city=[_said(figure, said[figure].total) for figure in PUBLIC],
        counties=[
            PublicCounty(
                division=code, name=name, figures=[_said(one, said[one].counts[code]) for one in PUBLIC]
            )
            for code, name in counties.items()
        ],
    )


def _cell(figure: Figure, count: int) -> Cell:
    return _said(figure, None if count < LEAST else count)


def _said(figure: Figure, count: int | None) -> Cell:
    return Cell(figure=figure, name=DEFINITIONS[figure].name, value=count, suppressed=count is None)
