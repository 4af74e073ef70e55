"""Queues as staff see them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.cases.models import CaseKind
from app.core.types import Schema, Text, refusal
from app.queues.deciding import Decision

MOST_AT_ONCE = 100


class QueueView(Schema):
    kind: CaseKind = Field(description="事项类别")
    waiting: int = Field(description="待办件数,最多数到 1000")
    more: bool = Field(description="实际多于 1000 件;各项件数只在最早的 1001 件中统计")
    held: int = Field(description="其中已有人领取的件数")
    overdue: int = Field(description="其中已超过办理期限的件数")
    oldest_since: datetime | None = Field(description="最早一件开始等待的时间;没有待办为 null")
    oldest_minutes: int | None = Field(description="最早一件已等待的分钟数;没有待办为 null")
    decides: bool = Field(description="本人的角色是否办理此类事项")


class QueueList(Schema):
    items: list[QueueView] = Field(description="本人角色可见的各类待办")


class HolderView(Schema):
    id: UUID = Field(description="工作人员编号")
    name: str = Field(description="工作人员姓名")
    until: datetime = Field(description="领取有效至;期满未续,任何人可领取")


class WaitingCase(Schema):
    kind: CaseKind = Field(description="事项类别")
    case_id: UUID = Field(description="事项编号,即用工主体、岗位、劳动者等的编号")
    title: str = Field(description="标题;不含个人信息")
    division: str = Field(description="所属区划代码")
    station_id: UUID | None = Field(description="责任机构;没有固定机构的为 null")
    waiting_since: datetime = Field(description="开始等待的时间")
    due_at: datetime | None = Field(description="办理期限")
    age_minutes: int = Field(description="已等待的分钟数")
    overdue: bool = Field(description="是否已超过办理期限")
    held_by: HolderView | None = Field(description="由谁领取;无人领取为 null")
    link: str = Field(description="详情的地址")


class CaseQueuePage(Schema):
    items: list[WaitingCase] = Field(description="等待最久的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class DecisionsGiven(Schema):
    case_ids: list[UUID] = Field(
        min_length=1,
        max_length=MOST_AT_ONCE,
        description="事项编号,一次至多 100 件",
        examples=[["01939ab0-6a0b-7c39-9d55-0a6f6f0c1f11"]],
    )
    decision: Decision = Field(description="approve 通过,reject 退回或不通过", examples=["approve"])
    reason: Text | None = Field(None, description="理由,本人可见;reject 必填", examples=["照片不清晰"])

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if (self.decision is Decision.REJECT) is (self.reason is None):
            raise refusal(
                "reason_with_reject",
                "不通过须写明理由,通过不写理由",
                "A rejection needs a reason, an approval takes none",
            )
        return self


class DecidedView(Schema):
    case_id: UUID = Field(description="事项编号")
    done: bool = Field(description="是否已按决定办理")
    code: str | None = Field(description="未办理的原因代码,如 case_held;已办理为 null")
    message: str | None = Field(description="未办理的原因;已办理为 null")


class DecidedList(Schema):
    items: list[DecidedView] = Field(description="逐件的结果,顺序同所给编号")
