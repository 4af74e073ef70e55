"""The filters of a search as SQL, with a column of its own for each shape (performance.md)."""

import math
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from app.core import clock
from app.core.bind import Bind
from app.jobs.nearness import Origin
from app.jobs.search_schemas import Filters
from app.jobs.words import query

_LAST_MINUTE = 2**31 - 1
_STRIPE = 1e7  # how far apart `tpt` lays the trades, metres (models.Listing)
_ANYWHERE = 4e6


class Column(StrEnum):
    """Which of a listing's columns says where it is."""

    PLACE = "pt"
    TRADE = "tpt"
    MORE = "g"


def column_for(asked: Filters) -> Column:
    """Choose the column whose index has every filter that is given, and no other index has."""
    if asked.trade and len(asked.trade) > 2:  # noqa: PLR2004 - two digits are a group
        return Column.TRADE
    narrowed = asked.min_hourly_fen is not None or asked.starts_from or asked.starts_until
    return Column.MORE if narrowed or asked.division else Column.PLACE


def rank_sql(asked: Filters, column: Column, origin: Origin, bind: Bind) -> str:
    """Planar distance from the origin, as the column's index orders it."""
    if column is Column.MORE:
        x, y = bind(origin.x, "float8"), bind(origin.y, "float8")
        return f"g <-> ST_SetSRID(ST_MakePoint({x}, {y}), 4546)"
    shift = _shift(asked) if column is Column.TRADE else 0
    return f"{column} <-> {bind((origin.x + shift, origin.y), 'point')}"


def conditions(asked: Filters, column: Column | None, origin: Origin | None, bind: Bind) -> list[str]:
    """Return what a listing must meet; `column` is set where an index gives the order by distance."""
    found = [f"open_until > {bind(clock.now(), 'timestamptz')}"]
    if asked.within_m is not None and origin:
        found += _within(asked, asked.within_m, column, origin, bind)
    if asked.trade:
        found += _trade(asked, asked.trade, column, bind)
    if asked.division:
        first, last = asked.division.ljust(9, "0"), asked.division.ljust(9, "9")
        found.append(f"area BETWEEN {bind(int(first), 'int')} AND {bind(int(last), 'int')}")
    if asked.min_hourly_fen is not None:
        found.append(f"hourly_fen >= {bind(asked.min_hourly_fen, 'int')}")
    if asked.starts_from or asked.starts_until:
        found += _starts(asked, bind)
    if asked.hiring:
        found.append(f"hiring = {bind(asked.hiring.value, 'text')}")
    if asked.q:
        wanted = query(asked.q)
        found.append(f"words @@ {bind(wanted.tsquery, 'text')}::tsquery")
        found += [f"searched LIKE {bind(pattern, 'text')}" for pattern in wanted.patterns]
    return found


def _within(asked: Filters, within_m: int, column: Column | None, origin: Origin, bind: Bind) -> list[str]:
    if origin.far:
        return ["false"]  # who is far is further from any listing than within_m may say
    r = origin.rank_within(within_m)
    exact = f"{origin.true_sql(bind)} <= {bind(float(within_m), 'float8')}"
    if column is None or column is Column.MORE:
        corners = ", ".join(
            bind(edge, "float8") for edge in (origin.x - r, origin.y - r, origin.x + r, origin.y + r)
        )
        return [f"g && ST_MakeEnvelope({corners}, 4546)", exact]
    x = origin.x + (_shift(asked) if column is Column.TRADE else 0)
    return [f"{column} <@ {bind(((x + r, origin.y + r), (x - r, origin.y - r)), 'box')}", exact]


def _trade(asked: Filters, trade: str, column: Column | None, bind: Bind) -> list[str]:
    if column is Column.TRADE:
        if asked.within_m is not None:
            return []  # the box around the caller lies within the trade's stripe
        x = _shift(asked) + _STRIPE / 20
        return [f"tpt <@ {bind(((x + _ANYWHERE, 1e7), (x - _ANYWHERE, 0.0)), 'box')}"]
    if len(trade) > 2:  # noqa: PLR2004
        return [f"trade = {bind(trade, 'text')}"]
    return [f"trade >= {bind(trade + '00', 'text')}", f"trade <= {bind(trade + '99', 'text')}"]


def _shift(asked: Filters) -> float:
    return int(asked.trade or "0") * _STRIPE


def minutes_between(asked: Filters) -> tuple[int, int]:
    """Return the first minute since 1970 in which a start counts, and the first after them."""
    now = clock.now()
    first = _minute(max(asked.starts_from or now, now), math.floor)
    return first, _minute(asked.starts_until, math.ceil) if asked.starts_until else _LAST_MINUTE


def _starts(asked: Filters, bind: Bind) -> list[str]:
    first, until = minutes_between(asked)
    if until <= first:
        return ["false"]
    first_sql, until_sql = bind(first, "int"), bind(until, "int")
    some = f"SELECT FROM unnest(start_minutes) minute WHERE minute >= {first_sql} AND minute < {until_sql}"
    return [f"starts && int4range({first_sql}, {until_sql})", f"EXISTS ({some})"]


def _minute(instant: datetime, rounded: Callable[[float], int]) -> int:
    return min(_LAST_MINUTE - 1, rounded(instant.timestamp() / 60))
