"""Which station an early warning is put before: the county's."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.notifications.alerting import alert
from app.notifications.kinds import Fen
from app.stations.models import Station, StationKind
from app.statistics.events import WarningRaised
from app.statistics.models import EarlyWarning, WarningKind


@afterwards(WarningRaised)
async def alert_of_the_warning(session: AsyncSession, event: WarningRaised) -> None:
    warning = await session.get_one(EarlyWarning, event.warning_id)
    stations = await session.scalars(
        select(Station.id).where(Station.division == warning.county, Station.kind == StationKind.COUNTY)
    )
    by_amount = warning.kind is WarningKind.WAGES_OVERDUE and warning.value != warning.details["count"]
    values = {
        "value": Fen(warning.value) if by_amount else str(warning.value),
        "unit": "元" if by_amount else "笔",
    }
    for station_id in stations.all():
        data = {"warning_id": str(warning.id)}
        await alert(session, station_id, f"early_{warning.kind}", str(warning.id), values, data)
