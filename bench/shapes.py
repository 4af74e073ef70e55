"""The searches that the bench sends, each as a path for the API and as the same statement for pgbench."""

import random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.core.db import Plan
from app.jobs.nearness import origin_of
from app.jobs.search import nearest_sql, ordered_sql, plan_of
from app.jobs.search_schemas import SearchQuery, Sort
from bench import market
from bench.rates import Statement

POINTS = 64
READ = 32  # what app.jobs.search reads first for a page of twenty


class Shape(NamedTuple):
    """One kind of search at many places."""

    name: str
    plan: Plan
    paths: list[str]
    statements: list[Statement]


_TRADES = list(market.trade_weights())
_COMMON, _RARE = _TRADES[0], _TRADES[-1]
# The five of performance.md, whose mix is the figure to reach.
MIXED: dict[str, dict[str, Any]] = {
    "5 km, no filter": {"within_m": 5_000},
    "20 km, one trade": {"within_m": 20_000, "trade": _COMMON},
    "50 km, rare trade": {"within_m": 50_000, "trade": _RARE},
    "20 km, rare pay": {"within_m": 20_000, "min_hourly_fen": 5_000},
}
OTHERS: dict[str, dict[str, Any]] = {
    "nearest 20": {},
    "one county": {"division": "141081"},
    "one day": {"starts_from": "{day}T00:00:00+08:00", "starts_until": "{day}T23:59:00+08:00"},
    "20 km, trade, pay, instant": {
        "within_m": 20_000,
        "trade": _TRADES[3],
        "min_hourly_fen": 3_000,
        "hiring": "instant",
    },
    "group of trades": {"trade": _RARE[:2]},
    "two characters": {"q": "搬运"},
    "four characters": {"q": "苹果套袋"},
    "newest": {"sort": "newest"},
    "newest, rare trade": {"sort": "newest", "trade": _RARE},
    "best paid within 20 km": {"sort": "pay", "within_m": 20_000},
    "best paid, one trade": {"sort": "pay", "trade": _COMMON},
    "soonest within 20 km": {"sort": "starts", "within_m": 20_000},
}


def shape(name: str, filters: dict[str, Any], day: str) -> Shape:
    """Ask for it near places where jobs are; `{day}` in a filter is a day with jobs."""
    chance, towns = random.Random(name), market.towns()
    weights = [town.weight for town in towns]
    paths: list[str] = []
    statements: list[Statement] = []
    plan = Plan.ONCE
    for town in chance.choices(towns, weights, k=POINTS):
        point = town.somewhere(chance)
        asked = {"lng": round(point.lng, 6), "lat": round(point.lat, 6), "datum": "gcj02"}
        asked |= {k: v.format(day=day) if isinstance(v, str) else v for k, v in filters.items()}
        paths.append("/v1/jobs?" + urlencode(asked))
        query = SearchQuery.model_validate(asked)
        caller = query.point
        if caller is None:
            raise ValueError(asked)
        if query.sorted_by is Sort.DISTANCE:
            statements.append(nearest_sql(query, origin_of(caller), None, READ))
        else:
            statements.append(ordered_sql(query, origin_of(caller), None))
        plan = plan_of(query)
    return Shape(name, plan, paths, statements)


def mix(shapes: list[Shape]) -> Shape:
    """Shuffle a quarter of each shape's places together."""
    chance = random.Random("mix")
    paths = [path for one in shapes for path in one.paths[: POINTS // len(shapes)]]
    statements = [statement for one in shapes for statement in one.statements[: POINTS // len(shapes)]]
    chance.shuffle(paths)
    return Shape("mix of these", Plan.ONCE, paths, statements)
