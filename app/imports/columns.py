"""The columns of a form, and one row read by them: what is wrong is noted with its column, in Chinese."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from app.core.problems import Fault
from app.imports.models import Outcome

T = TypeVar("T")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_APART = re.compile(r"[、,，;；/\s]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00:00:00)?")
EXACT_DIGITS = 10**15  # beyond them a spreadsheet has rounded a number


@dataclass(frozen=True)
class Column:
    """A column: its heading, what to write in it, an example, and the words that it takes, if only some."""

    heading: str
    explained: str
    example: str | float | None
    required: bool = True
    words: tuple[str, ...] = ()


KEY = Column("编号", "本机构自定的编号,同一县(市、区)内不重复;再次导入同一编号同一内容时跳过", "LF-0001")


class RowFault(NamedTuple):
    row: int
    heading: str | None
    code: str
    message: str


@dataclass
class Line:
    """A row that was read; `faults` says what is wrong, the rest holds where nothing is."""

    number: int
    key_index: bytes = b""
    digest: bytes = b""
    faults: list[RowFault] = field(default_factory=list)
    given: Any = None
    person_index: bytes | None = None
    phone_index: bytes | None = None
    point: tuple[str, float, float] | None = None  # county code, longitude and latitude in WGS-84
    outcome: Outcome = Outcome.NEW
    object_id: UUID | None = None
    shown: dict[str, str] = field(default_factory=dict)

    def wrong(self, column: Column, code: str, message: str) -> None:
        self.faults.append(RowFault(self.number, column.heading, code, message))


class Cells:
    """The cells of one row by their headings."""

    def __init__(self, line: Line, cells: Mapping[str, Any]) -> None:
        self.line, self._cells = line, cells

    def text(self, column: Column, longest: int = 100) -> str | None:
        """Return the cell's text, None where it is empty or wrong."""
        cell = self._cells.get(column.heading)
        text = _typed(cell)
        if not text:
            if column.required:
                self.line.wrong(column, "missing", "必填")
            return None
        if isinstance(cell, float) and abs(cell) >= EXACT_DIGITS:
            self.line.wrong(column, "digits_lost", "数字过长,末几位已被表格改动:请将该列设为文本格式后重填")
            return None
        if len(text) > longest:
            self.line.wrong(column, "string_too_long", f"至多 {longest} 个字符")
            return None
        if _UNPRINTABLE.search(text):
            self.line.wrong(column, "string_pattern_mismatch", "含有无效字符")
            return None
        return text

    def one_of(self, column: Column, words: Mapping[str, T]) -> T | None:
        """Return what the cell's word stands for."""
        text = self.text(column)
        if text is None:
            return None
        if text not in words:
            known = "、".join(column.words)
            self.line.wrong(column, "enum", f"应为以下之一:{known}" if known else "没有这一项,见说明页")
            return None
        return words[text]

    def some_of(self, column: Column, words: Mapping[str, T], most: int) -> list[T]:
        """Return what the words in the cell stand for, each once."""
        text = self.text(column, 1000)
        given = [word for word in _APART.split(text) if word] if text else []
        unknown = [word for word in given if word not in words]
        if unknown:
            self.line.wrong(column, "enum", "其中有说明页没有的项;多项以顿号分开")
        if len(given) > most:
            self.line.wrong(column, "too_long", f"至多 {most} 项")
        return list(dict.fromkeys(words[word] for word in given if word in words))

    def number(self, column: Column) -> float | None:
        text = self.text(column)
        try:
            return float(text) if text else None
        except ValueError:
            self.line.wrong(column, "float_parsing", "应为数字")
            return None

    def day(self, column: Column) -> date | None:
        cell = self._cells.get(column.heading)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = self.text(column)
        try:
            return _day_in(text) if text else None
        except ValueError:
            self.line.wrong(column, "date_parsing", "应为日期,如 2026-12-01")
            return None

    def hour(self, column: Column) -> time | None:
        cell = self._cells.get(column.heading)
        if isinstance(cell, time):
            return cell.replace(microsecond=0)
        if isinstance(cell, datetime):
            return cell.time().replace(microsecond=0)
        text = self.text(column)
        try:
            return time.fromisoformat(f"{text:0>5}".replace("：", ":")).replace(tzinfo=None) if text else None
        except ValueError:
            self.line.wrong(column, "time_parsing", "应为时刻,如 07:30")
            return None

    def blame(self, faults: list[Fault], columns: Mapping[str, Column], otherwise: Column) -> None:
        """Note faults that point into a shape, each at the column that it came from."""
        for fault in faults:
            column = columns.get(fault.code) or next(
                (c for pointer, c in columns.items() if fault.pointer.startswith(pointer)), otherwise
            )
            self.line.wrong(column, fault.code, fault.zh)

    def as_typed(self) -> str:
        """Return the whole row as one text, to tell it from another."""
        return "\x1f".join(f"{heading}\x1e{_typed(cell)}" for heading, cell in sorted(self._cells.items()))


def _day_in(text: str) -> date:
    """Return the day that is typed, as 2026-12-01, 2026/1/5 or 2026年1月5日."""
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    return date(*(int(part) for part in found.groups()))


def _typed(cell: Any) -> str:
    """Return a cell's text; a number that a spreadsheet made of digits is shown as it was typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
