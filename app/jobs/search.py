"""A page of open jobs: one statement, whose bytes are the answer's."""

from bisect import bisect_left
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.core.bind import Bind
from app.core.db import Database, Plan
from app.core.keyring import keys
from app.core.problems import Fault, Invalid
from app.jobs.filters import Column, column_for, conditions, rank_sql
from app.jobs.nearness import Origin, origin_of
from app.jobs.search_schemas import Filters, SearchQuery, Sort
from app.trades.queries import UNKNOWN_TRADE

# How each other order goes: its column with its direction, its type, and how to go on after a row.
_ORDERS = {
    Sort.NEWEST: ("published_at", "DESC", "timestamptz", "<"),
    Sort.PAY: ("hourly_fen", "DESC", "int", "<"),
    Sort.STARTS: ("next_starts_at", "ASC", "timestamptz", ">"),
}
# Candidates are read in these numbers, so that a statement's text recurs and stays prepared.
_READ = (32, 128, 512, 2_048, 8_192, 32_768, 131_072, 2_000_000)
_SPARE = 8


class Page(NamedTuple):
    items: list[bytes]
    after: list[Any] | None


async def answer(database: Database, asked: SearchQuery) -> bytes:
    """Return the answer's body; refuses filters that do not fit together and another search's cursor."""
    asked.must_fit()
    scope = "jobs" + asked.model_dump_json(exclude={"cursor", "limit"}, exclude_none=True)
    after = keys().cursors.read(asked.cursor, scope) if asked.cursor else None
    caller = asked.point
    origin = origin_of(caller) if caller else None
    if origin and asked.sorted_by is Sort.DISTANCE:
        page = await _nearest(database, asked, origin, after)
    else:
        page = await _ordered(database, asked, origin, after)
    if not page.items and not after:
        await must_be_known(database, asked)
    following = f'"{keys().cursors.sign(page.after, scope)}"' if page.after else "null"
    return b'{"items":[' + b",".join(page.items) + b'],"next_cursor":' + following.encode() + b"}"


async def must_be_known(database: Database, asked: Filters) -> None:
    """Refuse a trade or a division that does not exist: looked up only when nothing was found."""
    known = "SELECT"
    bind = Bind()
    first, last = (
        bind((asked.trade or "").ljust(4, "0"), "text"),
        bind((asked.trade or "").ljust(4, "9"), "text"),
    )
    known += f" EXISTS (SELECT FROM trades WHERE code BETWEEN {first} AND {last}),"
    known += f" EXISTS (SELECT FROM divisions WHERE code = {bind(asked.division, 'text')})"
    if not asked.trade and not asked.division:
        return
    trade, division = await (await database.readers(Plan.ONCE)).fetchrow(known, *bind.values)
    faults = []
    if asked.trade and not trade:
        faults.append(Fault("/trade", *UNKNOWN_TRADE, "query"))
    if asked.division and not division:
        zh, en = "没有这个区划代码,见 /v1/divisions", "No such division; see /v1/divisions"
        faults.append(Fault("/division", "division_unknown", zh, en, "query"))
    if faults:
        raise Invalid(faults=faults)


def plan_of(asked: SearchQuery) -> Plan:
    """Say when its statement is planned.

    Matches of a text and jobs of a group of trades are few or many, and only a plan made for this one
    can tell whether to walk outwards or to sort them all.
    """
    is_group = asked.trade is not None and column_for(asked) is not Column.TRADE
    by_number = bool(asked.q) or is_group or asked.sorted_by is not Sort.DISTANCE
    return Plan.EACH if by_number else Plan.ONCE


async def _nearest(database: Database, asked: SearchQuery, origin: Origin, after: list[Any] | None) -> Page:
    """Read the first by rank, and more of them until the page is surely the nearest by true distance."""
    readers = await database.readers(plan_of(asked))
    for number in _READ:
        if number < asked.limit + _SPARE:
            continue
        text, values = nearest_sql(asked, origin, after, number)
        row = await readers.fetchrow(text, *values)
        items, read = row["items"] or [], row["read"]
        if not items or read < number:
            break
        one = row["distances"][0], row["ranks"][0]
        sure = bisect_left(row["distances"], origin.least_beyond(row["furthest"], one))
        if sure >= min(asked.limit, len(items)):
            break
    if len(items) <= asked.limit:
        return Page(items, None)
    last = row["distances"][asked.limit - 1], row["ranks"][asked.limit - 1]
    return Page(items[: asked.limit], [last[0], str(row["last_id"]), origin.rank_beyond(last)])


def nearest_sql(
    asked: SearchQuery, origin: Origin, after: list[Any] | None, number: int
) -> tuple[str, list[object]]:
    """Return the statement for the nearest among the first `number` by rank, and its values.

    The index gives the rank alone; ties and the plane's error are put right by the outer order.
    """
    bind = Bind()
    column = column_for(asked)
    rank, true = rank_sql(asked, column, origin, bind), origin.true_sql(bind)
    where = conditions(asked, column, origin, bind)
    if after:
        distance, job_id, least_rank = after
        where.append(f"{rank} >= {bind(float(least_rank), 'float8')}")
        where.append(f"({true}, job_id) > ({bind(float(distance), 'float8')}, {bind(UUID(job_id), 'uuid')})")
    return (
        f"SELECT array_agg({_item(asked, 'true_m')}) AS items, array_agg(true_m) AS distances,"  # noqa: S608
        f" array_agg(rank) AS ranks, (array_agg(job_id))[{asked.limit}] AS last_id,"
        " max(read) AS read, max(furthest) AS furthest FROM ("
        "SELECT *, count(*) OVER () AS read, max(rank) OVER () AS furthest FROM ("
        f"SELECT card, place_{asked.shown_in}, job_id, {true} AS true_m, {rank} AS rank FROM listings"
        f" WHERE {' AND '.join(where)} ORDER BY {rank} LIMIT {number}) first"
        f" ORDER BY true_m, job_id LIMIT {asked.limit + 1}) page"
    ), bind.values


async def _ordered(
    database: Database, asked: SearchQuery, origin: Origin | None, after: list[Any] | None
) -> Page:
    text, values = ordered_sql(asked, origin, after)
    row = await (await database.readers(plan_of(asked))).fetchrow(text, *values)
    items = row["items"] or []
    if len(items) <= asked.limit:
        return Page(items, None)
    last = row["last"]
    return Page(
        items[: asked.limit],
        [last.isoformat() if isinstance(last, datetime) else last, str(row["last_id"])],
    )


def ordered_sql(
    asked: SearchQuery, origin: Origin | None, after: list[Any] | None
) -> tuple[str, list[object]]:
    """Return the statement for a page in another order than by distance, and its values."""
    bind = Bind()
    key, direction, kind, beyond = _ORDERS[asked.sorted_by]
    where = conditions(asked, None, origin, bind)
    if after:
        value = datetime.fromisoformat(after[0]) if kind == "timestamptz" else after[0]
        where.append(f"({key}, job_id) {beyond} ({bind(value, kind)}, {bind(UUID(after[1]), 'uuid')})")
    true = origin.true_sql(bind) if origin else "NULL::float8"
    return (
        f"SELECT array_agg({_item(asked, 'true_m')}) AS items, (array_agg(key))[{asked.limit}] AS last,"  # noqa: S608
        f" (array_agg(job_id))[{asked.limit}] AS last_id FROM ("
        f"SELECT card, place_{asked.shown_in}, job_id, {key} AS key, {true} AS true_m FROM listings"
        f" WHERE {' AND '.join(where)} ORDER BY {key} {direction}, job_id {direction}"
        f" LIMIT {asked.limit + 1}) page"
    ), bind.values


def _item(asked: Filters, true: str) -> str:
    """Build the bytes of one item: the card, its place in the datum asked for, and how far it is."""
    metres = f"coalesce(round({true})::int::text, 'null')"
    text = f"""'{{"job":' || card || place_{asked.shown_in} || '}},"distance_m":' || {metres} || '}}'"""
    return f"convert_to({text}, 'UTF8')"
