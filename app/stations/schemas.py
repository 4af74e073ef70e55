"""Stations as clients see them, and their hours in figures and in words."""

from collections.abc import Sequence
from datetime import time
from itertools import groupby
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, WithJsonSchema, field_serializer, model_validator

from app.core.types import Schema, refusal
from app.geo.places import PlaceShown
from app.stations.models import Service, StationKind

SERVICES = {
    Service.JOB_SEEKING: "求职登记",
    Service.POSTING: "岗位发布",
    Service.RIGHTS: "维权受理",
    Service.TRAINING: "技能培训",
    Service.ASSISTANCE: "代办",
    Service.SELF_SERVICE: "自助终端",
}
_WEEKDAYS = "一二三四五六日"
# JSON Schema's "time" has an offset, which a weekday's hour has not.
TimeOfDay = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})]


class Hours(Schema):
    """A stretch of a weekday on which the station is open."""

    weekday: int = Field(ge=1, le=7, description="星期几,1 为星期一", examples=[1])
    from_: TimeOfDay = Field(alias="from", description="几点开门,如 08:00", examples=["08:00"])
    until: TimeOfDay = Field(description="几点关门,如 12:00", examples=["12:00"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_.tzinfo or self.until.tzinfo:
            raise refusal("local_time", "时刻按北京时间,不带时区", "A time of day without an offset")
        if self.from_ >= self.until:
            raise refusal("ends_before_it_starts", "结束应晚于开始", "It should end after it starts")
        return self

    @field_serializer("from_", "until")
    def _short(self, value: time) -> str:
        return value.strftime("%H:%M")


class ServiceView(Schema):
    code: Service = Field(description="服务代码")
    name: str = Field(description="服务名称", examples=["求职登记"])


class StationView(Schema):
    id: UUID = Field(description="机构编号")
    kind: StationKind = Field(description="类型:市中心、县机构、开发区、乡镇街道站、零工市场")
    name: str = Field(description="名称", examples=["尧都区就业服务中心"])
    division: str = Field(description="所属区划代码", examples=["141002"])
    phone: str | None = Field(description="电话")
    address: str | None = Field(description="地址")
    opening_hours: str | None = Field(description="开放时间,文字")
    hours: list[Hours] = Field(description="开放时间,按星期;空表示只有文字")
    hours_notice: str | None = Field(description="近期特别说明", examples=["国庆 10 月 1 日至 3 日休息"])
    services: list[ServiceView] = Field(description="服务项目")
    place: PlaceShown | None = Field(description="位置")
    position_approximate: bool = Field(description="位置为近似值,待工作人员核实")
    distance_m: int | None = Field(None, description="距所给坐标的米数")


class StationList(Schema):
    items: list[StationView] = Field(description="最近的机构在前")


def in_words(hours: Sequence[Hours]) -> str | None:
    """Say the hours as a sign on the door does: "周一至周五 08:00-12:00、14:30-18:00;周六 09:00-12:00"."""
    days: dict[int, list[str]] = {}
    for one in sorted(hours, key=lambda hour: (hour.weekday, hour.from_)):
        days.setdefault(one.weekday, []).append(f"{one.from_:%H:%M}-{one.until:%H:%M}")
    said = []
    # Consecutive days with the same hours differ from their place in the row by the same number.
    rows = [(day, "、".join(spans)) for day, spans in days.items()]
    for _, run in groupby(enumerate(rows), key=lambda at: (at[1][0] - at[0], at[1][1])):
        group = [row for _, row in run]
        first, last = (_WEEKDAYS[day - 1] for day in (group[0][0], group[-1][0]))
        said.append(f"周{first}{'' if first == last else f'至周{last}'} {group[0][1]}")
    return ";".join(said) or None
