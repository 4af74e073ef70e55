"""Stations as clients see them."""

from uuid import UUID

from pydantic import Field

from app.core.types import Schema
from app.geo.places import PlaceShown
from app.stations.models import StationKind


class StationView(Schema):
    id: UUID = Field(description="机构编号")
    kind: StationKind = Field(description="类型:市中心、县机构、开发区、乡镇街道站、零工市场")
    name: str = Field(description="名称", examples=["尧都区就业服务中心"])
    division: str = Field(description="所属区划代码", examples=["141002"])
    phone: str | None = Field(description="电话")
    address: str | None = Field(description="地址")
    opening_hours: str | None = Field(description="开放时间")
    place: PlaceShown | None = Field(description="位置")
    position_approximate: bool = Field(description="位置为近似值,待工作人员核实")
    distance_m: int | None = Field(None, description="距所给坐标的米数")


class StationList(Schema):
    items: list[StationView] = Field(description="最近的机构在前")
