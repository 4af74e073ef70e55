"""The register of disputes as a spreadsheet: the list with its filters, without a word of what was said."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exports import Format
from app.disputes.models import Dispute
from app.disputes.schemas import CaseItem
from app.disputes.views import case_items
from app.disputes.wording import KINDS, OUTCOMES, STATES, shown

__all__ = ["Format", "xlsx"]

MOST_ROWS = 10_000
_HEAD = (
    "编号", "类型", "状态", "区划", "负责机构", "拟移交", "提交时间", "期限", "逾期次数", "结束时间", "结果",
    "评价",
)  # fmt: skip


async def xlsx(session: AsyncSession, statement: Select[Dispute]) -> bytes:
    """Return up to ten thousand disputes, newest first, as a workbook whose cells are never formulas."""
    found = await session.scalars(statement.order_by(Dispute.id.desc()).limit(MOST_ROWS))
    items = await case_items(session, found.all())
    return await asyncio.to_thread(_workbook, items)


def _workbook(items: Sequence[CaseItem]) -> bytes:
    made = io.BytesIO()
    # Rows go to a file as they come, so that memory holds one of them.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as workbook:
        sheet = workbook.add_worksheet("维权事项")
        sheet.write_row(0, 0, _HEAD, workbook.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for at, item in enumerate(items, 1):
            sheet.write_row(at, 0, _row(item))
    return made.getvalue()


def _row(item: CaseItem) -> list[Any]:
    return [
        str(item.id),
        KINDS[item.kind],
        STATES[item.state],
        item.division,
        item.station.name,
        item.handed_to.name if item.handed_to else "",
        shown(item.opened_at),
        shown(item.due_at),
        item.missed,
        shown(item.closed_at),
        OUTCOMES[item.outcome] if item.outcome else "",
        item.rating or "",
    ]
