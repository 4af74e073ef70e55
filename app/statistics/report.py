"""The monthly report: a workbook for who reads figures on paper, with last month's and last year's beside."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound
from app.geo.models import Division
from app.statistics.figures import BY_KEY_GROUP, DEFINITIONS, OPENED, RATES, Figure, rates_of
from app.statistics.models import Part
from app.statistics.queries import Asked, By, Row, figures_of, month_after, month_before, names_for

# Text goes in as text: no cell is ever a formula.
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_PEOPLE = {Part.WORKER: "活跃劳动者(人)", Part.EMPLOYER: "活跃用工主体(家)", Part.PLACED: "上工人数(人)"}
_TABLE = (
    Figure.WORKERS_REGISTERED, Figure.EMPLOYERS_REGISTERED, Figure.JOBS_PUBLISHED, Figure.PLACES_OFFERED,
    Figure.PLACES_FILLED, Figure.APPLICATIONS, Figure.TAKEN_ON, Figure.PLACEMENTS, Figure.NO_SHOWS,
    Figure.EMPLOYER_LATE_CANCELLATIONS, Figure.REFERRALS, Figure.REFERRAL_HIRES,
    Figure.FAIRS_HELD, Figure.FAIR_VIEWERS, Figure.FAIR_APPLICATIONS, Figure.FAIR_HIRES,
)  # fmt: skip
_MONEY = (
    Figure.WAGES_OWED, Figure.WAGES_OWED_FEN, Figure.WAGES_SETTLED_FEN, Figure.WAGES_LATE,
    Figure.WAGES_OVERDUE, Figure.WAGES_OVERDUE_FEN, Figure.OVERDUE_STANDING, Figure.OVERDUE_STANDING_FEN,
    *OPENED.values(), Figure.DISPUTES_RESOLVED, Figure.DISPUTES_LIVE,
)  # fmt: skip
_BY_DAY = (Figure.JOBS_PUBLISHED, Figure.APPLICATIONS, Figure.TAKEN_ON, Figure.PLACEMENTS)
_FEN_IN_YUAN = 100
Cell = str | int | float | None


@dataclass(frozen=True)
class Report:
    """All that stands in it."""

    title: str
    month: Row
    before: Row
    a_year_ago: Row
    tables: dict[str, list[tuple[str, Row]]]
    days: list[tuple[str, Row]]


async def monthly(session: AsyncSession, asked: Asked) -> bytes:
    """Return the report of the month in which `asked` begins, for its division, as xlsx; 404 for none."""
    first = asked.since.replace(day=1)
    division = await session.get(Division, asked.division)
    if division is None:
        raise NotFound
    tables = {
        "按区划": await _rows(session, asked, first, By.DIVISION),
        "按工种": await _rows(session, asked, first, By.TRADE),
        "重点群体": await _rows(session, asked, first, By.KEY_GROUP),
    }
    report = Report(
        f"{division.name} {first.year} 年 {first.month} 月零工市场统计月报",
        await _whole(session, asked, first),
        await _whole(session, asked, month_before(first)),
        await _whole(session, asked, first.replace(year=first.year - 1)),
        tables,
        await _rows(session, asked, first, By.DAY),
    )
    return await asyncio.to_thread(_workbook, report)


async def _rows(session: AsyncSession, asked: Asked, first: date, by: By) -> list[tuple[str, Row]]:
    of = replace(asked, since=first, until=month_after(first) - timedelta(1), by=by)
    rows = await figures_of(session, of)
    names = await names_for(session, by, list(rows))
    return [(names.get(key, key), rows[key]) for key in sorted(rows)]


async def _whole(session: AsyncSession, asked: Asked, first: date) -> Row:
    of = replace(asked, since=first, until=month_after(first) - timedelta(1), by=None)
    return (await figures_of(session, of)).get("", Row(""))


def _workbook(report: Report) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, _AS_TEXT | {"in_memory": True}) as book:
        title = book.add_format({"bold": True, "font_size": 14})
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})

        def sheet(name: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Any:
            drawn = book.add_worksheet(name)
            drawn.write_string(0, 0, report.title, title)
            drawn.freeze_panes(3, 1)
            drawn.set_landscape()
            drawn.fit_to_pages(1, 0)
            drawn.set_column(0, 0, 28)
            drawn.set_column(1, max(1, len(head) - 1), 12)
            for column, heading in enumerate(head):
                drawn.write_string(2, column, heading, bold)
            for number, row in enumerate(rows, 3):
                for column, cell in enumerate(row):
                    _write(drawn, number, column, cell)
            return drawn

        sheet("总览", ("指标", "本月", "上月", "比上月(%)", "上年同月", "比上年同月(%)"), _overview(report))
        for name, rows in report.tables.items():
            figures = BY_KEY_GROUP if name == "重点群体" else _TABLE
            sheet(name, ["", *(_heading(one) for one in figures)], _lines(rows, figures))
        money: list[list[Cell]] = [
            [_heading(one), *(_in_unit(row, one) for row in (report.month, report.before, report.a_year_ago))]
            for one in _MONEY
        ]
        sheet("工资与争议", ("指标", "本月", "上月", "上年同月"), money)
        days = sheet("逐日", ["日期", *(_heading(one) for one in _BY_DAY)], _lines(report.days, _BY_DAY))
        if report.days:
            days.insert_chart(2, len(_BY_DAY) + 2, _chart(book, len(report.days)))
        sheet(
            "口径",
            ("指标", "单位", "计入哪一天", "口径"),
            [list(DEFINITIONS[one]) for one in Figure],
        )
    return made.getvalue()


def _overview(report: Report) -> list[list[Cell]]:
    columns = (report.month, report.before, report.a_year_ago)
    lines = [_compared(_heading(one), [_in_unit(row, one) for row in columns]) for one in Figure]
    lines += [_compared(name, [row.people.get(part, 0) for row in columns]) for part, name in _PEOPLE.items()]
    rates = [rates_of(row.figures) for row in columns]
    lines += [
        [about.name, rates[0].get(rate), rates[1].get(rate), None, rates[2].get(rate), None]
        for rate, about in RATES.items()
    ]
    return lines


def _compared(name: str, counts: Sequence[float]) -> list[Cell]:
    now, before, a_year_ago = counts
    return [name, now, before, _change(now, before), a_year_ago, _change(now, a_year_ago)]


def _change(now: float, before: float) -> float | None:
    return round((now - before) * 100 / before, 1) if before else None


def _lines(rows: Sequence[tuple[str, Row]], figures: Sequence[Figure]) -> list[list[Cell]]:
    return [[name, *(_in_unit(row, one) for one in figures)] for name, row in rows]


def _heading(figure: Figure) -> str:
    about = DEFINITIONS[figure]
    return f"{about.name}({'元' if about.unit == '分' else about.unit})"


def _in_unit(row: Row, figure: Figure) -> float:
    """Return a figure as it is printed: yuan and not fen, nothing as 0."""
    count = row.figures.get(figure, 0)
    return count / _FEN_IN_YUAN if DEFINITIONS[figure].unit == "分" else count


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _chart(book: Any, days: int) -> Any:
    """Draw the days as lines: rows 4 on of the sheet of days."""
    chart = book.add_chart({"type": "line"})
    for column in range(1, len(_BY_DAY) + 1):
        chart.add_series(
            {
                "name": ["逐日", 2, column],
                "categories": ["逐日", 3, 0, 2 + days, 0],
                "values": ["逐日", 3, column, 2 + days, column],
            }
        )
    chart.set_title({"name": "逐日走势"})
    chart.set_size({"width": 860, "height": 380})
    return chart
