"""Workers as clients see them."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, WithJsonSchema, field_serializer, model_validator

from app.core.types import Line, Schema, refusal
from app.geo.places import PlaceGiven, PlaceShown
from app.identity.id_numbers import IdKind
from app.workers.models import CertificateState, KeyGroup

# JSON Schema's "time" has an offset, which a weekday's hour has not.
TimeOfDay = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})]
TradeCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class WorkerPer(StrEnum):
    HOUR = "hour"
    DAY = "day"
    PIECE = "piece"
    JOB = "job"


class ExpectedPay(Schema):
    amount_fen: int = Field(gt=0, le=10_000_000, description="期望报酬,分", examples=[18000])
    per: WorkerPer = Field(description="按小时、天、件或整单")


class Availability(Schema):
    """A stretch of a weekday on which the worker can come."""

    weekday: int = Field(ge=1, le=7, description="星期几,1 为星期一")
    from_: TimeOfDay = Field(alias="from", description="几点起,如 07:00", examples=["07:00"])
    until: TimeOfDay = Field(description="几点止,如 19:00", examples=["19:00"])

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


class WorkerProfile(Schema):
    name_shown: Line = Field(description="展示给用工主体的称呼", examples=["老李"])
    home: PlaceGiven | None = Field(None, description="住处,可在市外")
    travel_radius_m: int = Field(10_000, ge=100, le=300_000, description="愿意出行的半径,米")
    trades: list[TradeCode] = Field([], max_length=20, description="会做的工种代码")
    availability: list[Availability] = Field([], max_length=50, description="可出工时间;空表示随时")
    expected_pay: ExpectedPay | None = Field(None, description="期望报酬")
    key_groups: list[KeyGroup] = Field([], max_length=10, description="本人申报的重点群体")


class WorkerView(Schema):
    id: UUID = Field(description="劳动者编号")
    name_shown: str = Field(description="展示的称呼")
    home: PlaceShown | None = Field(description="住处")
    travel_radius_m: int = Field(description="愿意出行的半径,米")
    trades: list[str] = Field(description="工种代码")
    availability: list[Availability] = Field(description="可出工时间;空表示随时")
    expected_pay: ExpectedPay | None = Field(description="期望报酬")
    key_groups: list[KeyGroup] = Field(description="重点群体")
    real_name_verified: bool = Field(description="是否已实名")
    name_masked: str | None = Field(description="实名姓名,部分隐去", examples=["李*"])
    id_number_masked: str | None = Field(description="证件号码,部分隐去")


class RealNameGiven(Schema):
    name: Annotated[
        str, StringConstraints(min_length=2, max_length=50, pattern=r"^[^\x00-\x1f\x7f0-9]+$")
    ] = Field(description="证件上的姓名", examples=["李建国"])
    id_number: str = Field(
        min_length=15,
        max_length=24,
        description="身份证、港澳台居民居住证或外国人永久居留身份证号码",
        examples=["11010519491231002X"],
    )


class RealNameView(Schema):
    verified: bool = Field(description="是否已实名")
    verified_at: datetime = Field(description="认证时间")
    name_masked: str = Field(description="姓名,部分隐去")
    id_number_masked: str = Field(description="证件号码,部分隐去")


class CertificateView(Schema):
    id: UUID = Field(description="证书编号")
    kind: str = Field(description="证书类别代码", examples=["SW-WELD"])
    valid_until: date | None = Field(description="有效期至")
    state: CertificateState = Field(description="审核状态")
    reason: str | None = Field(description="未通过的原因")
    created_at: datetime = Field(description="上传时间")


class CertificateList(Schema):
    items: list[CertificateView] = Field(description="本人的证书")


class Identity(Schema):
    """A real name in full, for who compares it with the document."""

    name: str = Field(description="姓名")
    id_number: str = Field(description="证件号码")
    id_kind: IdKind = Field(description="证件类别")


class IdentityCase(Schema):
    """A real name as staff see it, without the name."""

    worker_id: UUID = Field(description="劳动者编号")
    name_shown: str = Field(description="劳动者的称呼")
    verified_at: datetime | None = Field(description="实名认证时间;已撤销为 null")
    identity_checked_at: datetime | None = Field(description="工作人员核对证件的时间;未核对为 null")
