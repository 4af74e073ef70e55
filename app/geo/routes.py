"""Divisions and where a point lies: the mobile app's door."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import Invalid
from app.geo import queries
from app.geo.models import Level
from app.geo.places import Lat, Lng, ShownIn, view
from app.geo.points import Datum, to_wgs84
from app.geo.problems import OutsideTheCity
from app.geo.schemas import DivisionList, DivisionView, LocationView

router = APIRouter(prefix="/v1/divisions", tags=["参考数据"], route_class=Transacted)


@router.get("", summary="区划列表", responses=answers(Invalid))
async def list_divisions(
    session: Session,
    below: Annotated[str | None, Query(description="只列此代码及其下级", pattern=r"^[0-9]{4,9}$")] = None,
    level: Annotated[Level | None, Query(description="只列此层级")] = None,
) -> DivisionList:
    """全市县(市、区)、乡镇街道与开发区,代码按层级截断、逐级前缀相套。"""
    found = await session.scalars(queries.below(below, level))
    return DivisionList(items=[DivisionView.model_validate(division) for division in found])


@router.get("/at", summary="坐标所在区划", responses=answers(OutsideTheCity))
async def find_division(
    session: Session,
    lng: Annotated[Lng, Query()],
    lat: Annotated[Lat, Query()],
    datum: Annotated[Datum, Query(description="所给坐标的坐标系,必填")],
    shown_in: ShownIn = Datum.gcj02,
) -> LocationView:
    """按县界判定所在县;距县界 500 米以内算最近的县;市外返回 422。"""
    point = to_wgs84(lng, lat, datum)
    location = await queries.locate(session, point)
    if location is None:
        raise OutsideTheCity.at("/lng", "query")
    return LocationView(
        county=DivisionView.model_validate(location.county),
        township=DivisionView.model_validate(location.township),
        approximate=location.approximate,
        place=view(point, None, shown_in),
    )
