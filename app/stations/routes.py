"""Stations: the mobile app's door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Limit
from app.core.problems import Invalid, NotFound
from app.geo.places import Lat, Lng, ShownIn
from app.geo.points import Datum, to_wgs84
from app.stations import queries
from app.stations.models import Station
from app.stations.schemas import StationList, StationView
from app.stations.views import fields_of

router = APIRouter(prefix="/v1/stations", tags=["就业服务机构"], route_class=Transacted)


@router.get("", summary="附近的就业服务机构", responses=answers(Invalid))
async def list_stations(
    session: Session,
    lng: Annotated[Lng, Query()],
    lat: Annotated[Lat, Query()],
    datum: Annotated[Datum, Query(description="所给坐标的坐标系,必填;应答用同一坐标系")],
    limit: Limit = 20,
) -> StationList:
    """由近及远,不含已关闭的;位置标明为近似值的,请先电话联系。"""
    rows = await session.execute(queries.nearest(to_wgs84(lng, lat, datum)).limit(limit))
    return StationList(
        items=[StationView(**fields_of(station, datum), distance_m=round(away)) for station, away in rows]
    )


@router.get("/{station_id}", summary="就业服务机构")
async def read_station(session: Session, station_id: UUID, datum: ShownIn = Datum.gcj02) -> StationView:
    """机构的电话、地址、开放时间与服务项目;已关闭的不再展示。"""
    station = await session.get(Station, station_id)
    if station is None or station.closed_at is not None:
        raise NotFound
    return StationView(**fields_of(station, datum))
