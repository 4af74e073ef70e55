"""Late cancellation's shares for demonstration: no official table comes with the project."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.pay.models import LateCancellationShare

SOURCE = "示例数据,非正式标准"
FROM = date(2026, 1, 1)
# Notice below so many minutes: the percentage of the agreed pay; 0 is after the start.
SHARES = {24 * 60: 30, 4 * 60: 50, 0: 100}


async def load(session: AsyncSession) -> None:
    """Insert the demonstration's shares; what the city set stays."""
    rows = [
        {"effective_from": FROM, "within_minutes": within, "share_percent": percent, "source": SOURCE}
        for within, percent in SHARES.items()
    ]
    await session.execute(insert(LateCancellationShare).on_conflict_do_nothing(), rows)
