"""Stations and staff as they are shown to those who run them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.geo.points import Datum
from app.offices import queries
from app.offices.areas import shown_in
from app.offices.schemas import OfficeDetail, OfficeView
from app.offices.staff_schemas import StaffMember
from app.stations import open_work
from app.stations.models import Staff, Station
from app.stations.views import fields_of


def view_of(station: Station, datum: Datum) -> OfficeView:
    return OfficeView(
        **fields_of(station, datum),
        parent_id=station.parent_id,
        closed_at=station.closed_at,
        successor_id=station.successor_id,
        version=station.version,
    )


async def detail_of(session: AsyncSession, station: Station, datum: Datum) -> OfficeDetail:
    """Return a station with what it is responsible for and what it has in hand: four statements."""
    return OfficeDetail(
        **dict(view_of(station, datum)),
        staff_count=await queries.count_staff(session, station.id),
        townships=await queries.townships_of(session, station.id),
        boundary=shown_in(await queries.boundary_of(session, station), datum),
        boundary_datum=datum,
        open_work=await open_work.at_station(session, station.id),
    )


def member_of(staff: Staff, station: Station) -> StaffMember:
    locked = staff.locked_until if staff.locked_until and staff.locked_until > clock.now() else None
    return StaffMember(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        role=staff.role,
        station_id=station.id,
        station_name=station.name,
        division=station.division,
        locked_until=locked,
        must_change_password=staff.must_change_password,
        dismissed_at=staff.dismissed_at,
        created_at=staff.created_at,
        version=staff.version,
    )
