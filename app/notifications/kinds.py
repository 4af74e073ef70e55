"""What a message is: whom it is for, when it comes, in which words, and by which ways it may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.core.clock import SHANGHAI

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Whom(StrEnum):
    """The value is how docs/notices.md names them."""

    WORKER = "劳动者"
    EMPLOYER = "用工主体"
    PARTY = "当事人"
    VIEWER = "观众"


@dataclass(frozen=True)
class Kind:
    """One kind of message. `when` stands in docs/notices.md and beside the person's choice.

    `sms` says that it goes by SMS, too, unless the person does not want that; `must` is the reason why
    nobody can do without. An `urgent` one does not wait for the morning. `calls` adds whom to call, in
    the sealed SMS alone: the inbox leads to the engagement, which shows it.
    """

    to: Whom
    when: str
    title: str
    text: str
    title_en: str
    text_en: str
    sms: bool = False
    must: str | None = None
    urgent: bool = False
    calls: bool = False


class Both(NamedTuple):
    """A value that differs between the languages."""

    zh: str
    en: str


class Fen(int):
    """An amount, told in yuan."""


class Span(NamedTuple):
    """A stretch of time as people say it: 12月1日 07:30—17:30."""

    starts_at: datetime
    ends_at: datetime | None = None


Value = str | Both | Fen | Span | datetime
Values = Mapping[str, Value]


def rendered(values: Values, *, english: bool) -> dict[str, str]:
    """Say each value in a language."""
    return {name: _rendered(value, english=english) for name, value in values.items()}


def yuan(amount_fen: int) -> str:
    """Say fen in yuan, without decimals where there are none."""
    whole, rest = divmod(amount_fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _rendered(value: Value, *, english: bool) -> str:
    match value:
        case Both():
            return value.en if english else value.zh
        case Fen():
            return yuan(value)
        case Span():
            return _span(value, english=english)
        case datetime():
            return _deadline(value, english=english)
    return value


def _span(span: Span, *, english: bool) -> str:
    begins = span.starts_at.astimezone(SHANGHAI)
    text = f"{_day(begins, english=english)} {begins:%H:%M}"
    if span.ends_at:
        text += f"—{span.ends_at.astimezone(SHANGHAI):%H:%M}"
    return text


def _deadline(instant: datetime, *, english: bool) -> str:
    """Say the end of a day as that day's 24:00: "the 2nd, 00:00" is taken for the 2nd by most."""
    local = instant.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{_day(local - timedelta(days=1), english=english)} 24:00"
    return f"{_day(local, english=english)} {local:%H:%M}"


def _day(local: datetime, *, english: bool) -> str:
    return f"{local.day} {_MONTHS[local.month - 1]}" if english else f"{local.month}月{local.day}日"
