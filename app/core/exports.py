"""Lists as spreadsheets: columns after the shape of an item, rows as they come, memory for one page."""

import json
import re
import tempfile
import types
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import IO, Annotated, Any, NamedTuple, Self, Union, get_args, get_origin
from uuid import UUID

import xlsxwriter
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.core.clock import SHANGHAI

MOST_ROWS = 100_000
CHUNK_BYTES = 64 * 1024
_LONGEST_TEXT = 32_767  # of a cell, in characters
_HEADING_ENDS = re.compile(r"[,，:：;；。、(（]")
# What spreadsheets, and whoever turns one into CSV, may take for the beginning of a formula.
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOUNDED = "表中只有前 {} 行,请用筛选条件分次导出"


class Format(StrEnum):
    """How a list is answered."""

    JSON = "json"
    XLSX = "xlsx"


class Column(NamedTuple):
    """A column of an exported list: its heading, and how its cell is had from an item."""

    heading: str
    cell: Callable[[Any], Any]


class Growing:
    """An xlsx that grows row by row in files without names, which the system takes back by itself.

    Text goes in as text and never as a formula. What begins like one is also marked as quoted, which is
    Excel's own apostrophe: it stays text when somebody edits the cell, and looks as it was typed.
    """

    def __init__(self, title: str, headings: Sequence[str]) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to whoever reads it
        self._folder = tempfile.TemporaryDirectory()
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": self._folder.name,
        }
        self._book = xlsxwriter.Workbook(self._file, options)
        self._sheet = self._book.add_worksheet(title)
        self._quoted = self._book.add_format({"quote_prefix": True})
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            self._sheet.set_column(column, column, 18)
            self._sheet.write_string(0, column, heading, bold)
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows; a cell is text, a number, a date, a yes or no, or nothing."""
        for row in rows:
            self.rows += 1
            for column, cell in enumerate(row):
                self._write(column, plain(cell))

    def finish(self) -> IO[bytes]:
        """Return the whole, to be read from its beginning; it is gone once closed."""
        self._book.close()
        self._file.seek(0)
        return self._file

    def _write(self, column: int, cell: str | float | None) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            form = self._quoted if cell.startswith(_LIKE_A_FORMULA) else None
            self._sheet.write_string(self.rows, column, cell[:_LONGEST_TEXT], form)
        else:
            self._sheet.write_number(self.rows, column, cell)


def bounded(rows: int) -> list[str]:
    """Return the row that says that the list went on."""
    return [_BOUNDED.format(rows)]


def columns(
    model: type[BaseModel], before: str = "", take: Callable[[Any], Any] | None = None
) -> list[Column]:
    """Return the columns of an item: nested shapes are laid out flat, as 雇主·名称."""
    found: list[Column] = []
    for name, field in model.model_fields.items():
        value = _taking(take, name)
        kind = _kind(field.annotation)
        heading = before + _heading(name, field)
        if kind is type(None):
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += columns(kind, f"{heading}·", value)
        elif name.endswith("_fen"):
            found.append(Column(f"{heading}(元)", _yuan(value)))
        else:
            found.append(Column(heading, value))
    return found


def plain(value: Any) -> str | float | None:  # noqa: PLR0911 - one answer a kind
    """Return a value as a cell shows it: times in Shanghai's, lists in one cell."""
    match value:
        case None | "":
            return None
        case bool():
            return "是" if value else "否"
        case int() | float():
            # Beyond fifteen digits a spreadsheet would round.
            return value if abs(value) < 10**15 else str(value)
        case datetime():
            here = value.astimezone(SHANGHAI) if value.tzinfo else value
            return f"{here:%Y-%m-%d %H:%M}"
        case date() | time():
            return value.isoformat()
        case StrEnum() | UUID():
            return str(value)
        case BaseModel():
            return " ".join(
                str(cell) for one in type(value).model_fields if (cell := plain(getattr(value, one)))
            )
        case dict():
            return json.dumps(value, ensure_ascii=False, default=str)
        case list() | tuple() | set():
            return ";".join(str(cell) for one in value if (cell := plain(one)) is not None) or None
        case _:
            return str(value)


def _taking(take: Callable[[Any], Any] | None, name: str) -> Callable[[Any], Any]:
    def value(item: Any) -> Any:
        whole = take(item) if take else item
        return None if whole is None else getattr(whole, name)

    return value


def _yuan(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def yuan(item: Any) -> Any:
        fen = value(item)
        return None if fen is None else fen / 100

    return yuan


def _heading(name: str, field: FieldInfo) -> str:
    """Return a field's description up to its first stop; what comes after explains."""
    said = _HEADING_ENDS.split(field.description or "", maxsplit=1)[0].strip()
    return said or name


def _kind(annotation: Any) -> Any:
    """Return what a field holds, with what marks it and a possible null left out."""
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [one for one in get_args(annotation) if one is not type(None)]
        return _kind(kinds[0]) if len(kinds) == 1 else object
    return annotation
