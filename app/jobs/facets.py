"""How many of the jobs that a search finds are of which trade, in which county, on which day."""

from datetime import timedelta

from app.core import clock
from app.core.bind import Bind
from app.core.db import Database, Plan
from app.jobs.filters import conditions, minutes_between
from app.jobs.nearness import Origin, origin_of
from app.jobs.search import must_be_known
from app.jobs.search_schemas import Filters

DAYS = 60
_DAY_MINUTES = 24 * 60
_SHANGHAI_MINUTES = 8 * 60  # east of UTC, without summer time since 1991


async def answer(database: Database, asked: Filters) -> bytes:
    """Return the counts as JSON, exact; refuses filters that do not fit together."""
    asked.must_fit()
    caller = asked.point
    text, values = facets_sql(asked, Bind(), origin_of(caller) if caller else None)
    found = await (await database.readers(Plan.EACH)).fetchrow(text, *values)
    if not found["jobs"]:
        await must_be_known(database, asked)
    body: bytes = found["body"]
    return body


def facets_sql(asked: Filters, bind: Bind, origin: Origin | None) -> tuple[str, list[object]]:
    """Return the statement and its values; a start is counted on its day in Shanghai."""
    first, until = minutes_between(asked)
    last = int((clock.start_of(clock.today() + timedelta(days=DAYS))).timestamp()) // 60
    first_sql, until_sql = bind(first, "int"), bind(min(until, last), "int")
    where = " AND ".join(conditions(asked, None, origin, bind))
    named = (
        "coalesce((SELECT json_agg(json_build_object('code', code, 'name', name, 'jobs', jobs)"
        " ORDER BY jobs DESC, code) FROM ({}) counted JOIN {} USING (code)), '[]')"
    )
    trades = named.format("SELECT trade AS code, count(*) AS jobs FROM found GROUP BY 1", "trades")
    counties = named.format(
        "SELECT left(division, 6) AS code, count(*) AS jobs FROM found GROUP BY 1", "divisions"
    )
    day = f"date '1970-01-01' + (minute + {_SHANGHAI_MINUTES}) / {_DAY_MINUTES}"
    days = (
        "coalesce((SELECT json_agg(json_build_object('day', day, 'jobs', jobs) ORDER BY day) FROM"  # noqa: S608
        f" (SELECT {day} AS day, count(DISTINCT job_id) AS jobs FROM found, unnest(start_minutes) minute"
        f" WHERE minute >= {first_sql} AND minute < {until_sql} GROUP BY 1) counted), '[]')"
    )
    total = "(SELECT count(*) FROM found)"
    return (
        "WITH found AS MATERIALIZED (SELECT job_id, trade, division, start_minutes FROM listings"  # noqa: S608
        f" WHERE {where}) SELECT {total} AS jobs, convert_to(json_build_object('jobs', {total},"
        f" 'trades', {trades}, 'counties', {counties}, 'days', {days})::text, 'UTF8') AS body"
    ), bind.values
