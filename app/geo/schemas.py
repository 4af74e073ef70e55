"""Divisions as clients see them."""

from pydantic import Field

from app.core.types import Schema
from app.geo.models import Level
from app.geo.places import PlaceShown


class DivisionView(Schema):
    code: str = Field(description="区划代码:市 4 位、县 6 位、乡镇街道和开发区 9 位", examples=["141002"])
    name: str = Field(description="名称", examples=["尧都区"])
    level: Level = Field(description="层级")
    parent_code: str | None = Field(description="上级区划代码")


class DivisionList(Schema):
    items: list[DivisionView] = Field(description="按代码排列的区划")


class LocationView(Schema):
    """Which division a point lies in."""

    county: DivisionView = Field(description="所在县(市、区)")
    township: DivisionView = Field(description="县内最近的乡镇、街道;在开发区界内的为开发区")
    approximate: bool = Field(description="乡镇位置为近似值,结果仅供参考")
    place: PlaceShown = Field(description="查询的位置")
