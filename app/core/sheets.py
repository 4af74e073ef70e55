"""Spreadsheets: lists written as xlsx, filled-in ones read back without trusting them."""

import asyncio
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat  # no entity is allowed, and the size is bounded before

import xlsxwriter
from python_calamine import CalamineWorkbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED_BYTES = 20 * 1024 * 1024
MOST_CELLS = 300_000
# Two letters of a column at most: what a reader lays out is as wide as its rightmost cell.
_CELL = re.compile(r"A?[A-Z]([1-9][0-9]{0,5})")
_ROW = re.compile(r"[1-9][0-9]{0,5}")
_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/sharedStrings\.xml|xl/styles\.xml|xl/worksheets/[A-Za-z0-9_-]{1,40}\.xml"
)
# Text goes in as text: what a person typed must not run as a formula on somebody's desk.
_AS_TEXT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Cell = str | int | float | bool | date | time | None


class SheetRefused(Exception):  # noqa: N818 - the caller says in its own words what it would take
    """No spreadsheet, or one that is made to do harm."""


async def written(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an xlsx with one sheet; headings stay in sight. Give at most MOST_ROWS rows."""
    return await asyncio.to_thread(_written, title, headings, rows)


async def read(given: bytes) -> list[list[Any]]:
    """Return the rows of the first sheet, the headings first; refuses what is too large or no xlsx."""
    return await asyncio.to_thread(_read, given)


def yuan(fen: int) -> float:
    """Return an amount as a cell that can be summed: two decimals are exact enough for a float."""
    return fen / 100


def _written(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    drawn = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(drawn, _AS_TEXT | {"tmpdir": folder})
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, 18)
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell)
        book.close()
    return drawn.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, bool | int | float):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell))


def _read(given: bytes) -> list[list[Any]]:
    if len(given) > MOST_BYTES:
        raise SheetRefused
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(given)))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise SheetRefused from error


def _repacked(given: bytes) -> bytes:
    """Unpack what is needed within bounds, look through it, and pack it anew.

    The reader sees only what was counted here, whatever the archive said of its sizes; and it lays out a
    sheet as a whole, so that one cell far out would take all memory.
    """
    packed, left = io.BytesIO(), MOST_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(given)) as archive, zipfile.ZipFile(packed, "w") as anew:
        for entry in archive.infolist()[:200]:
            if not _NEEDED.fullmatch(entry.filename):
                continue
            with archive.open(entry) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise SheetRefused
            _look_through(content)
            anew.writestr(entry.filename, content)
    return packed.getvalue()


def _look_through(content: bytes) -> None:
    """Refuse entities, too many cells, and cells without a place or too far out."""
    cells = 0

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        kind, place = name.rpartition(":")[2], attributes.get("r", "")
        if kind == "c":
            cells += 1
            found = _CELL.fullmatch(place)
            if cells > MOST_CELLS or not found or int(found[1]) > MOST_ROWS + 1:
                raise SheetRefused
        elif kind == "row" and (not _ROW.fullmatch(place) or int(place) > MOST_ROWS + 1):
            raise SheetRefused

    def declares(*_: object) -> None:
        raise SheetRefused

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.StartDoctypeDeclHandler = declares
    parser.EntityDeclHandler = declares
    parser.Parse(content, True)


def moment_in(cell: Any) -> datetime | None:
    """Return the time of day and date that a cell says, without a zone; None if it says none."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    try:
        return datetime.fromisoformat(str(cell).strip().replace("/", "-"))
    except ValueError:
        return None
