"""The poster that a station hangs up: scan it, and see the gigs nearby."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import typeset
from app.core.problems import NotFound
from app.stations.models import Station

POSTER = "hall/print/poster.typ"


async def poster(session: AsyncSession, officer: Officer, station_id: UUID, reached_at: str) -> bytes:
    """Return an A4 poster of a station within reach as PDF, else 404."""
    station = await session.scalar(
        select(Station).where(
            Station.id == station_id, Station.closed_at.is_(None), officer.reaches(Station.division)
        )
    )
    if station is None:
        raise NotFound
    data, marks = poster_of(station, reached_at)
    return await typeset.pdf(POSTER, data, marks=marks)


def poster_of(station: Station, reached_at: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what stands on the poster, and its QR code's text."""
    address = f"{reached_at.rstrip('/')}/board/{station.id}"
    data = {
        "name": station.name,
        "hours": station.opening_hours or "",
        "notice": station.hours_notice or "",
        "phone": station.phone or "",
        "address": station.address or "",
        "link": address,
    }
    return data, {"gigs": address}
