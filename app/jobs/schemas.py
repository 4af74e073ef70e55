"""Postings as clients see them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Line, Moment, Schema, Text, refusal
from app.employers.schemas import EmployerCard
from app.geo.places import PlaceGiven, PlaceShown
from app.jobs.models import ClosedBecause, Hiring, InsuranceBy, JobState, PaySettlement, Per

TradeCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}$"),
    Field(description="工种代码,见 /v1/trades", examples=["0301"]),
]
CertificateCode = Annotated[str, StringConstraints(max_length=20, pattern=r"^[A-Z0-9-]+$")]
Radius = Annotated[int, Field(ge=50, le=5000, examples=[300])]
DAY_MINUTES = 24 * 60
SHORTEST_MINUTES = 15
MOST_HOURLY_FEN = 400_000_000  # and so it fits four bytes, at the shortest shift too


class Pay(Schema):
    amount_fen: int = Field(gt=0, le=100_000_000, description="金额,分", examples=[18000])
    per: Per = Field(description="按小时、天、件或整单")
    expected_minutes: int | None = Field(
        None, ge=1, le=60_000, description="计件、整单计酬时预计用时(分钟):每件,或整单;整单未填时按班次时长"
    )

    @model_validator(mode="after")
    def _hours_stated(self) -> Self:
        if self.per is Per.PIECE and self.expected_minutes is None:
            raise refusal(
                "expected_minutes_required",
                "计件计酬须写明每件预计用时 expected_minutes",
                "Piece pay states the minutes that a piece is expected to take (expected_minutes)",
            )
        if self.per in (Per.HOUR, Per.DAY) and self.expected_minutes is not None:
            raise refusal(
                "expected_minutes_unwanted",
                "按小时或按天计酬不填 expected_minutes",
                "expected_minutes belongs to piece and lump pay",
            )
        if self.amount_fen * 60 > MOST_HOURLY_FEN * (self.expected_minutes or SHORTEST_MINUTES):
            raise refusal("pay_beyond_reason", "折合每小时报酬过高,请核对", "More an hour than can be meant")
        return self


class Requirements(Schema):
    certificates: list[CertificateCode] = Field(
        [], max_length=10, description="须持证书代码;工种依法须持的证书自动要求,不必重填"
    )
    text: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00]+$")] | None = (
        Field(None, description="其他要求")
    )


class Insurance(Schema):
    provided_by: InsuranceBy = Field(description="工伤、意外保险由谁提供")


class ShiftDraft(Schema):
    starts_at: Moment = Field(description="开始时间", examples=["2026-12-01T07:30:00+08:00"])
    ends_at: Moment = Field(description="结束时间,不超过 24 小时", examples=["2026-12-01T17:30:00+08:00"])
    headcount: int = Field(ge=1, le=1000, description="用工人数", examples=[5])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise refusal("ends_before_it_starts", "结束应晚于开始", "It should end after it starts")
        if (self.ends_at - self.starts_at).total_seconds() < SHORTEST_MINUTES * 60:
            raise refusal("too_short_a_shift", "一个班次至少 15 分钟", "A shift lasts 15 minutes at least")
        if (self.ends_at - self.starts_at).total_seconds() > DAY_MINUTES * 60:
            raise refusal("longer_than_a_day", "一个班次不超过 24 小时", "A shift lasts 24 hours at most")
        return self


class ShiftChanges(Schema):
    starts_at: Moment | None = Field(None, description="新的开始时间")
    ends_at: Moment | None = Field(None, description="新的结束时间")
    headcount: int | None = Field(None, ge=1, le=1000, description="新的用工人数,不少于已录用人数")


class JobChanges(Schema):
    """What of a posting can be changed; a field that is left out stays."""

    title: Line | None = Field(None, description="标题", examples=["尧都区仓库卸货"])
    trade: TradeCode | None = None
    description: Text | None = Field(None, description="工作内容")
    place: PlaceGiven | None = Field(None, description="工作地点,须在市内")
    pay: Pay | None = Field(None, description="报酬")
    pay_settlement: PaySettlement | None = Field(None, description="结算方式:日结、周结、月结、完工结")
    hiring: Hiring | None = Field(None, description="即时录用(抢单)或审核录用")
    requirements: Requirements | None = Field(None, description="条件")
    insurance: Insurance | None = Field(None, description="保险")
    check_in_radius_m: Radius | None = Field(None, description="到岗签到范围,米,50 至 5000;不填为 300")
    valid_until: Moment | None = Field(None, description="信息有效期至")


class JobDraft(JobChanges):
    """A draft may be incomplete; it must be complete to be submitted."""

    employer_id: UUID = Field(description="用工主体编号")
    shifts: list[ShiftDraft] = Field([], max_length=100, description="班次")


class ShiftsAdded(Schema):
    shifts: list[ShiftDraft] = Field(min_length=1, max_length=100, description="要增加的班次")


class ShiftView(Schema):
    id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="开始时间")
    ends_at: datetime = Field(description="结束时间")
    headcount: int = Field(description="用工人数")
    hired: int = Field(description="已录用人数")
    reserved: int = Field(description="为就业服务站推荐的人暂时预留的人数")


class Finding(Schema):
    pointer: str = Field(description="所在字段")
    kind: str = Field(description="类别:性别、年龄、民族、宗教、户籍、健康、收费")
    words: str = Field(description="具体字句")
    advice: str = Field(description="修改建议")


class JobView(Schema):
    id: UUID = Field(description="岗位编号")
    state: JobState = Field(description="状态")
    closed_because: ClosedBecause | None = Field(description="关闭原因")
    employer: EmployerCard = Field(description="用工主体")
    title: str | None = Field(description="标题")
    trade: str | None = Field(description="工种代码")
    description: str | None = Field(description="工作内容")
    place: PlaceShown | None = Field(description="工作地点")
    division: str | None = Field(description="所在乡镇、街道的区划代码")
    station_id: UUID | None = Field(description="责任就业服务站")
    pay: Pay | None = Field(description="报酬")
    hourly_fen: int | None = Field(description="折合每小时报酬,分;草稿未填全为 null")
    pay_settlement: PaySettlement | None = Field(description="结算方式")
    hiring: Hiring = Field(description="录用方式")
    requirements: Requirements = Field(description="条件,含工种依法须持的证书")
    insurance: Insurance | None = Field(description="保险")
    check_in_radius_m: int = Field(description="距工作地点多少米以内可定位签到")
    shifts: list[ShiftView] = Field(description="班次,按开始时间")
    valid_until: datetime | None = Field(description="信息有效期至")
    published_at: datetime | None = Field(description="发布时间")
    source: str = Field(description="来源:city 为本市发布,province 为省级平台下发")
    source_name: str = Field(description="来源名称,供展示:本市、省平台")
    reasons: list[str] = Field(description="退回或下架的理由")
    findings: list[Finding] = Field(description="疑似违规字句,仅本主体与工作人员可见")


class JobPage(Schema):
    items: list[JobView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
