"""Deliveries forgotten when their time is over."""

from sqlalchemy import text

from app.core import clock, work
from app.core.db import Database

# A week for who looks into what came; what is parked, as long as the changes that it would tell of.
_FORGET = text(
    """DELETE FROM province_deliveries
        WHERE (state = 'delivered' AND delivered_at < CAST(:now AS timestamptz) - interval '7 days')
           OR (state = 'parked' AND last_change < (SELECT min(id) FROM province_changes))"""
)


@work.at_times("23 * * * *")
async def forget_deliveries(database: Database) -> None:
    """Delete what was acknowledged a week ago, and what is parked and can't be told any more."""
    async with database.transaction() as session:
        await session.execute(_FORGET, {"now": clock.now()})
