"""Stations as those see them who run them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Line, Schema, Text
from app.geo.places import PlaceGiven
from app.geo.points import Datum
from app.stations.models import Service, StationKind
from app.stations.schemas import Hours, StationView

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+][0-9 \-]{2,28}$")]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,9}$")]
Degree = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Position = Annotated[list[Degree], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Position], Field(min_length=4, max_length=2_000)]
Rings = Annotated[list[Ring], Field(min_length=1, max_length=20)]
_SQUARE = [[111.45, 36.05], [111.5, 36.05], [111.5, 36.1], [111.45, 36.1], [111.45, 36.05]]


class OfficeView(StationView):
    """A station in the tree."""

    parent_id: UUID | None = Field(description="上级机构")
    closed_at: datetime | None = Field(description="关闭时间;开放的为 null")
    successor_id: UUID | None = Field(description="关闭时的接收机构")
    version: int = Field(description="版本,同 ETag")


class OfficePage(Schema):
    items: list[OfficeView] = Field(description="按区划代码排列:市、县、乡镇")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class OfficeDetail(OfficeView):
    staff_count: int = Field(description="在任工作人员数")
    townships: list[str] = Field(description="指派给本机构的乡镇、街道代码")
    boundary: dict[str, Any] | None = Field(description="开发区边界,GeoJSON,坐标系见 boundary_datum")
    boundary_datum: Datum = Field(description="边界坐标的坐标系")
    open_work: dict[str, int] = Field(
        description="未办结事项数,按类别",
        examples=[{"employers_to_verify": 2, "jobs_to_review": 5, "disputes_open": 1, "pay_overdue": 0}],
    )


class OfficeDraft(Schema):
    """A station to open: a walk-in market, or a township's station."""

    kind: Literal[StationKind.TOWNSHIP, StationKind.MARKET] = Field(
        description="类型:乡镇街道站或零工市场", examples=["market"]
    )
    name: Line = Field(description="名称,开放的机构中不重复", examples=["尧都区零工市场"])
    division: DivisionCode = Field(
        description="所在乡镇、街道代码;零工市场也可在开发区", examples=["141002001"]
    )
    parent_id: UUID | None = Field(None, description="上级机构;默认为所在县的机构")
    place: PlaceGiven = Field(description="位置与地址")
    phone: Phone | None = Field(None, description="电话", examples=["0357-2091234"])
    hours: list[Hours] = Field([], max_length=28, description="开放时间,按星期")
    services: list[Service] = Field([], max_length=len(Service), description="服务项目代码")


class OfficeChanges(Schema):
    """What is given is changed."""

    name: Line | None = Field(None, description="名称", examples=["尧都区零工市场"])
    phone: Phone | None = Field(None, description="电话", examples=["0357-2091234"])
    address: Line | None = Field(None, description="地址", examples=["鼓楼北大街 1 号"])
    hours: list[Hours] | None = Field(None, max_length=28, description="开放时间,按星期")
    hours_notice: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | None = Field(
        None, description="近期特别说明;空文字表示取消", examples=["国庆 10 月 1 日至 3 日休息"]
    )
    services: list[Service] | None = Field(None, max_length=len(Service), description="服务项目代码")


class PositionGiven(Schema):
    place: PlaceGiven = Field(description="地图上核实的位置;给出地址则一并修改")


class Townships(Schema):
    townships: list[DivisionCode] = Field(
        max_length=100, description="由本机构负责的乡镇、街道代码,整体替换", examples=[["141002002"]]
    )


class Polygon(Schema):
    type: Literal["Polygon"] = Field(description="GeoJSON 类型")
    coordinates: Rings = Field(description="外环在前,其后为内环;首尾同点", examples=[[_SQUARE]])


class MultiPolygon(Schema):
    type: Literal["MultiPolygon"] = Field(description="GeoJSON 类型")
    coordinates: Annotated[list[Rings], Field(min_length=1, max_length=20)] = Field(
        description="多个多边形", examples=[[[_SQUARE]]]
    )


class BoundaryGiven(Schema):
    datum: Datum = Field(description="坐标系:wgs84、gcj02(高德、腾讯)或 bd09(百度)")
    boundary: Polygon | MultiPolygon | None = Field(
        description="GeoJSON 多边形,顶点合计至多 5000;null 表示清除",
        examples=[{"type": "Polygon", "coordinates": [_SQUARE]}],
    )


class OfficeMove(Schema):
    place: PlaceGiven = Field(description="新址")
    parent_id: UUID | None = Field(None, description="新的上级机构;不填则不变")
    reason: Text = Field(description="理由", examples=["搬入新办公楼"])


class OfficeClosing(Schema):
    successor_id: UUID | None = Field(None, description="接收一切的机构;默认为上级机构")
    reason: Text = Field(description="理由", examples=["与邻街道合署办公"])


def vertices(given: Polygon | MultiPolygon) -> int:
    """Count the vertices of every ring."""
    polygons = given.coordinates if isinstance(given, MultiPolygon) else [given.coordinates]
    return sum(len(ring) for rings in polygons for ring in rings)
