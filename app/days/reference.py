"""The official days that are known: what the State Council has announced, as chinesecalendar carries it."""

import chinese_calendar
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.days.models import OfficialDay

FROM_YEAR = 2026


async def load(session: AsyncSession) -> None:
    """Insert the announced days that are missing; a day that the city entered stays as it is."""
    rows = [
        {"day": day, "works": works, "name": name}
        for days, works in ((chinese_calendar.holidays, False), (chinese_calendar.workdays, True))
        for day, name in days.items()
        if day.year >= FROM_YEAR
    ]
    await session.execute(insert(OfficialDay).on_conflict_do_nothing(), rows)
