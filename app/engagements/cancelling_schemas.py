"""Cancelling, excuses and proposals of change as clients see them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.types import Line, Moment, Schema, Text, refusal
from app.engagements.models import ExcuseKind, ExcuseState, Side
from app.engagements.notice import Grade
from app.engagements.schemas import EngagementView
from app.geo.places import PlaceGiven
from app.jobs.schemas import Pay


class ExcuseGiven(Schema):
    kind: ExcuseKind = Field(description="illness 疾病、accident 意外、bereavement 丧事、weather 气象预警")
    text: Text | None = Field(
        None, description="情况说明,加密保存,只有核实的工作人员写明理由后可查看", examples=["发烧,已去医院。"]
    )
    files: list[UUID] = Field([], max_length=9, description="凭证图片编号,先上传到 /v1/me/files")


class Cancelling(Schema):
    reason: Line | None = Field(
        None, description="原因,对方可见;病情等个人情况请写在 excuse 里", examples=["家里有事,来不了"]
    )
    excuse: ExcuseGiven | None = Field(None, description="不足 24 小时取消的,可同时提交说明;也可七日内补交")
    refill: bool = Field(False, description="仅用工主体:true 为另招他人,false 为减少一个名额")


class CostsView(Schema):
    """What cancelling costs who cancels."""

    free: bool = Field(description="true 为不影响信用")
    grade: Grade = Field(
        description="提前多久:free 24 小时以上、within_a_day 不足 24 小时、within_six_hours 不足 6 小时、"
        "within_two_hours 不足 2 小时、after_the_start 开工以后"
    )
    notice_minutes: int = Field(description="距约定开工的分钟数;开工后为负")
    text: str = Field(description="文字说明")


class CancelledView(EngagementView):
    """An engagement just cancelled, and what that cost who cancelled."""

    costs: CostsView = Field(description="对取消一方的影响")


class ProposalGiven(Schema):
    starts_at: Moment | None = Field(None, description="新的开始时间")
    ends_at: Moment | None = Field(None, description="新的结束时间")
    pay: Pay | None = Field(None, description="新的报酬,仅用工主体可提,不低于最低工资")
    place: PlaceGiven | None = Field(None, description="新的工作地点,仅用工主体可提,须在市内")
    description: Text | None = Field(None, description="新的工作内容")
    text: Line | None = Field(None, description="说明,双方可见", examples=["孩子要送,想晚一小时到"])

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any((self.starts_at, self.ends_at, self.pay, self.place, self.description)):
            raise refusal("nothing_proposed", "至少提出一项变更", "Propose at least one change")
        return self


class ExcuseView(Schema):
    id: UUID = Field(description="说明编号")
    engagement_id: UUID = Field(description="用工编号")
    by: Side = Field(description="由谁提交")
    kind: ExcuseKind = Field(description="illness 疾病、accident 意外、bereavement 丧事、weather 气象预警")
    state: ExcuseState = Field(description="claimed 待核实、accepted 已采纳、rejected 未采纳")
    made_at: datetime = Field(description="提交时间")
    due_at: datetime = Field(description="核实期限(三个工作日)")
    decided_at: datetime | None = Field(description="核实时间")
    reason: str | None = Field(description="未采纳的理由")


class ExcuseCase(ExcuseView):
    """An excuse as staff see it; its text is read by another door, with a reason."""

    division: str = Field(description="工作地点的区划代码")
    job_title: str = Field(description="岗位")
    starts_at: datetime = Field(description="约定的开始时间")
    notice_minutes: int | None = Field(description="取消时距开工的分钟数;爽约的为 null")
    cancel_reason: str | None = Field(description="取消时写的原因")
    with_text: bool = Field(description="有情况说明")
    files: list[UUID] = Field(description="凭证图片编号")


class ExcuseCasePage(Schema):
    items: list[ExcuseCase] = Field(description="期限最近的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ExcuseText(Schema):
    text: str | None = Field(description="情况说明;没写为 null")
