"""The reference data: divisions, stations, trades, official days, minimum wages, late shares."""

import csv
from datetime import date
from importlib.resources import files

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.days import reference as days
from app.geo import reference as divisions
from app.jobs.models import MinimumWage
from app.pay import reference as pay
from app.stations import reference as stations
from app.trades import reference as trades


async def load(session: AsyncSession, *, demonstration: bool) -> None:
    """Insert what is missing; what the city changed stays.

    Minimum wages and late cancellation's shares are for demonstration: no official table comes with the
    project, and the city enters its own.
    """
    await divisions.load(session)
    await stations.load(session)
    await trades.load(session)
    await days.load(session)
    if demonstration:
        await pay.load(session)
        text = (files("app.jobs") / "data" / "minimum_wages.csv").read_text("utf-8")
        rows = [
            {
                "county_code": row["county_code"],
                "effective_from": date.fromisoformat(row["effective_from"]),
                "hourly_fen": int(row["hourly_fen"]),
                "source": row["source"],
            }
            for row in csv.DictReader(text.splitlines())
        ]
        await session.execute(insert(MinimumWage).on_conflict_do_nothing(), rows)
