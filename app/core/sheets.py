"""Spreadsheets: lists written as xlsx, filled-in ones read back without trusting them."""

import asyncio
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import IO, Any, NamedTuple
from xml.parsers import expat  # no entity is allowed, and the size is bounded before

import xlsxwriter
from python_calamine import CalamineSheet, CalamineWorkbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000


class Bounds(NamedTuple):
    """How much a spreadsheet may hold; rows count without the headings."""

    rows: int = MOST_ROWS
    size: int = 5 * 1024 * 1024
    unpacked: int = 20 * 1024 * 1024
    cells: int = 300_000


SMALL = Bounds()
_PIECE = 256 * 1024
# Large sheets are opened by one thread: never two at once, and its memory is used again for the next.
_ONE_AT_A_TIME = ThreadPoolExecutor(1, "sheets")
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
    return _opened(given, SMALL).to_python(skip_empty_area=False)


async def rows(given: bytes, bounds: Bounds) -> tuple[int, Iterator[list[Any]]]:
    """Return how many rows the first sheet has and the rows, so that a large one is in memory once only.

    The headings are the first. Refuses what is too large or no xlsx.
    """
    sheet = await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, _opened, given, bounds)
    return (sheet.end[0] + 1 if sheet.end else 0), sheet.iter_rows()


def _opened(given: bytes, bounds: Bounds) -> CalamineSheet:
    if len(given) > bounds.size:
        raise SheetRefused
    try:
        with tempfile.TemporaryFile() as packed:
            _repack(given, packed, bounds)
            packed.seek(0)
            return CalamineWorkbook.from_filelike(packed).get_sheet_by_index(0)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise SheetRefused from error


def _repack(given: bytes, into: IO[bytes], bounds: Bounds) -> None:
    """Unpack what is needed within bounds, look through it, and pack it anew, piece by piece.

    The reader sees only what was counted here, whatever the archive said of its sizes; and it lays out a
    sheet as a whole, so that one cell far out would take all memory.
    """
    left = bounds.unpacked
    with zipfile.ZipFile(io.BytesIO(given)) as archive, zipfile.ZipFile(into, "w") as anew:
        for entry in archive.infolist()[:200]:
            if not _NEEDED.fullmatch(entry.filename):
                continue
            look = _Look(bounds)
            with archive.open(entry) as part, anew.open(entry.filename, "w") as copy:
                while piece := part.read(min(_PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise SheetRefused
                    look.at(piece)
                    copy.write(piece)
            look.at(b"", last=True)


class _Look:
    """Looks through a part as it passes: no entities, not too many cells, each with a place near by."""

    def __init__(self, bounds: Bounds) -> None:
        self._cells, self._bounds = 0, bounds
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begins
        self._parser.StartDoctypeDeclHandler = self._declares
        self._parser.EntityDeclHandler = self._declares

    def at(self, piece: bytes, *, last: bool = False) -> None:
        self._parser.Parse(piece, last)

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        kind, place = name.rpartition(":")[2], attributes.get("r", "")
        if kind == "c":
            self._cells += 1
            found = _CELL.fullmatch(place)
            if self._cells > self._bounds.cells or not found or int(found[1]) > self._bounds.rows + 1:
                raise SheetRefused
        elif kind == "row" and (not _ROW.fullmatch(place) or int(place) > self._bounds.rows + 1):
            raise SheetRefused

    def _declares(self, *_: object) -> None:
        raise SheetRefused


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
