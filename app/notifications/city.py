"""Telling stations what the city's settings mean for their postings."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.city.events import MinimumWageSet
from app.city.wages import below
from app.core.events import afterwards
from app.jobs.models import MinimumWage
from app.notifications.alerting import alert


@afterwards(MinimumWageSet)
async def tell_of_postings_below(session: AsyncSession, event: MinimumWageSet) -> None:
    """Alert each station whose postings fall below; a figure set anew is told anew."""
    day = date.fromisoformat(event.effective_from)
    wage = await session.get(MinimumWage, (event.county_code, day))
    if wage is None or wage.hourly_fen != event.hourly_fen:
        return  # set anew meanwhile: that is told
    key = f"{event.county_code}/{event.effective_from}/{event.hourly_fen}"
    for one in await below(session, event.county_code, day):
        values = {
            "day": event.effective_from,
            "amount": f"{event.hourly_fen / 100:.2f}",
            "jobs": str(one.jobs),
        }
        data = {"county_code": event.county_code, "effective_from": event.effective_from, "jobs": one.jobs}
        await alert(session, one.station_id, "wage_below", key, values, data)
