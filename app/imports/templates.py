"""The forms to fill in: headings, an example, and a page that explains each column and lists its words."""

import io
import re
from datetime import timedelta
from typing import Any

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.imports.columns import Column
from app.imports.kinds import INTAKES
from app.imports.models import ImportKind
from app.imports.postings import DAY, TRADE, VALID_UNTIL
from app.imports.reading import MOST_ROWS
from app.imports.reference import TOWNSHIP, Reference
from app.imports.workers import HOME

FORM, EXPLAINED, WORDS = "填写", "说明", "可填内容"
_TOWNSHIPS = {TOWNSHIP.heading, HOME.heading}


async def template(session: AsyncSession, officer: Officer, kind: ImportKind) -> bytes:
    """Return a form of the kind as xlsx, with the townships that the station serves."""
    intake = INTAKES[kind]
    reference = await Reference.load(session, officer.served)
    near = {t.code: t for found in reference.townships.values() for t in found if t.within_reach}
    townships = [(t.county + t.name, t.code) for t in near.values()]
    trades = list({trade.code: (trade.name, trade.code) for trade in reference.trades.values()}.values())
    return _drawn(intake.title, intake.columns, townships, trades)


def _drawn(
    title: str, columns: tuple[Column, ...], townships: list[tuple[str, str]], trades: list[tuple[str, str]]
) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        form, explained, words = (book.add_worksheet(name) for name in (FORM, EXPLAINED, WORDS))
        bold, as_text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        form.freeze_panes(1, 0)
        explained.write_row(0, 0, [f"{title}:列", "必填", "怎样填"], bold)
        explained.set_column(2, 2, 80)
        words.write_row(0, 0, ["乡镇、街道", "代码", "工种", "代码"], bold)
        words.set_column(0, 3, 24)
        for row, (name, code) in enumerate(townships, 1):
            words.write_row(row, 0, [name, code])
        for row, (name, code) in enumerate(trades, 1):
            words.write_row(row, 2, [name, code])
        lists = {"townships": f"='{WORDS}'!$A$2:$A${len(townships) + 1}"}
        lists["trades"] = f"='{WORDS}'!$C$2:$C${len(trades) + 1}"
        for at, column in enumerate(columns):
            # Text, or the spreadsheet would round an ID number to fifteen digits.
            form.set_column(at, at, 20, as_text)
            form.write_string(0, at, column.heading, bold)
            example = _example(column, townships)
            if isinstance(example, str):
                form.write_string(1, at, example, as_text)
            elif example is not None:
                form.write_number(1, at, example)
            explained.write_row(
                at + 1, 0, [column.heading, "必填" if column.required else "可不填", column.explained]
            )
            if choices := _choices(column, lists):
                form.data_validation(1, at, MOST_ROWS, at, {"validate": "list", "source": choices})
    return made.getvalue()


def _example(column: Column, townships: list[tuple[str, str]]) -> Any:
    if column.heading in _TOWNSHIPS:
        return townships[0][0] if townships else column.example
    if column is DAY:
        return (clock.today() + timedelta(days=7)).isoformat()
    if column is VALID_UNTIL:
        return (clock.today() + timedelta(days=30)).isoformat()
    return column.example


def _choices(column: Column, lists: dict[str, str]) -> Any:
    """Return what a cell may be chosen from; several words in one cell can't be."""
    if column.heading in _TOWNSHIPS:
        return lists["townships"]
    if column is TRADE:
        return lists["trades"]
    several = re.search("多项", column.explained)
    return list(column.words) if column.words and not several else None
