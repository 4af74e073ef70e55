"""A fair as a workbook: the whole, booths, jobs, minute by minute, with charts that a spreadsheet draws."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from app.core.exports import columns, plain
from app.outcomes.charts import Step
from app.outcomes.minutes import Minute
from app.outcomes.schemas import FairFigures, FairStatistics, FunnelOfBooth, FunnelOfJob, FunnelView

# Text goes in as text: no cell is ever a formula.
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MINUTES = ("时间", "新进入观看", "点开岗位", "提问", "报名", "展示的岗位")
_STEPS, _FUNNEL_AT = "漏斗", 3


def steps(funnel: FunnelView) -> list[Step]:
    """Return the steps of a funnel as they are drawn; each is a part of the one before, or nearly."""
    return [
        Step("观看", funnel.viewers),
        Step("点开岗位", funnel.openers),
        Step("报名", funnel.applications),
        Step("录用", funnel.hires),
        Step("到岗", funnel.started),
        Step("工资到手", funnel.paid),
    ]


async def workbook(fair: FairStatistics, minutes: Sequence[Minute]) -> bytes:
    """Return the workbook as xlsx."""
    return await asyncio.to_thread(_drawn, fair, minutes)


def _drawn(fair: FairStatistics, minutes: Sequence[Minute]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, _AS_TEXT | {"in_memory": True}) as book:
        _whole(book, fair)
        of_booth = [one for one in columns(FunnelOfBooth) if not one.heading.startswith("各岗位")]
        _table(
            book, "展位", [c.heading for c in of_booth], [[c.cell(b) for c in of_booth] for b in fair.booths]
        )
        of_job = columns(FunnelOfJob)
        jobs = [[b.employer, *(c.cell(j) for c in of_job)] for b in fair.booths for j in b.jobs]
        _table(book, "岗位", ["用工主体", *(c.heading for c in of_job)], jobs)
        lines = [[m.at, m.viewers, m.opens, m.questions, m.applications, m.shown] for m in minutes]
        sheet = _table(book, "逐分钟", _MINUTES, lines)
        if lines:
            sheet.insert_chart(1, len(_MINUTES) + 1, _by_minute(book, len(lines)))
    return made.getvalue()


def _whole(book: Any, fair: FairStatistics) -> None:
    """Write what is known of the fair, and its funnel with a bar chart beside."""
    about = [(c.heading, c.cell(fair)) for c in columns(FairFigures)]
    about.append(("行业转化率参照上限(%)", fair.benchmark_percent))
    sheet = _table(book, "全场", ("项目", "数值"), about)
    sheet.set_column(0, 0, 40)
    drawn = steps(fair.funnel)
    for row, step in enumerate((Step(_STEPS, 0), *drawn)):
        sheet.write_string(row, _FUNNEL_AT, step.name)
        if row:
            sheet.write_number(row, _FUNNEL_AT + 1, step.value)
    chart = book.add_chart({"type": "bar"})
    last = len(drawn)
    chart.add_series(
        {
            "name": "人数或份数",
            "categories": ["全场", 1, _FUNNEL_AT, last, _FUNNEL_AT],
            "values": ["全场", 1, _FUNNEL_AT + 1, last, _FUNNEL_AT + 1],
            "data_labels": {"value": True},
            "gap": 40,
        }
    )
    chart.set_title({"name": "从观看到工资到手"})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"none": True})
    sheet.insert_chart(last + 2, _FUNNEL_AT, chart)


def _table(book: Any, name: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(head) - 1), 16)
    for column, heading in enumerate(head):
        sheet.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            cell = plain(value)
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    return sheet


def _by_minute(book: Any, rows: int) -> Any:
    """Draw who came as columns and what was applied for as a line on an axis of its own."""
    chart, line = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    for drawn, column, own in ((chart, 1, False), (line, 4, True)):
        drawn.add_series(
            {
                "name": ["逐分钟", 0, column],
                "categories": ["逐分钟", 1, 0, rows, 0],
                "values": ["逐分钟", 1, column, rows, column],
                "y2_axis": own,
            }
        )
    chart.combine(line)
    chart.set_title({"name": "逐分钟进入与报名"})
    chart.set_size({"width": 960, "height": 380})
    return chart
