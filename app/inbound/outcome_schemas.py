"""What the province says of applications for its vacancies, and what it is answered."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.types import Line, Moment, Schema, Text, refusal
from app.engagements.models import ChoiceState, EngagementState
from app.pay.models import PayMethod
from app.pay.owed import MOST_OWED_FEN
from app.pay.schemas import DAY_MINUTES, MOST_PIECES

MOST_VERSION = 2**53 - 1  # what every JSON reader counts to exactly


class OutcomeKind(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    PAID = "paid"


class OutcomeGiven(Schema):
    version: int = Field(
        ge=1,
        le=MOST_VERSION,
        description="省平台对该报名的版本号,逐次增大;同一班次已有更新版本的,旧版本返回 409 stale_version",
        examples=[1],
    )
    outcome: OutcomeKind = Field(
        description="accepted 录用、declined 不录用、cancelled 取消录用、completed 已完工、paid 已付款",
        examples=["accepted"],
    )
    shift_ids: list[UUID] | None = Field(
        None, min_length=1, max_length=50, description="所涉班次;不填为该报名可以如此处理的全部班次"
    )
    reason: Text | None = Field(
        None, description="不录用、取消的原因,劳动者可见;不应含他人的个人信息", examples=["已招满"]
    )
    minutes: int | None = Field(
        None,
        ge=0,
        le=DAY_MINUTES,
        description="completed:每个班次实际工作分钟数;计时、计日、整单计酬必填",
        examples=[480],
    )
    pieces: int | None = Field(
        None, ge=0, le=MOST_PIECES, description="completed:每个班次完成件数;计件计酬必填"
    )
    amount_fen: int | None = Field(
        None,
        ge=1,
        le=MOST_OWED_FEN,
        description="paid:每个班次至今已付的合计,分;分次付款的逐次增大",
        examples=[20000],
    )
    method: PayMethod | None = Field(
        None, description="paid:cash 现金、bank 银行转账、wechat 微信、alipay 支付宝"
    )
    reference: Line | None = Field(None, description="paid:转账流水号等;加密保存,仅劳动者可见")
    paid_at: Moment | None = Field(None, description="paid:最近一次付款的时间")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        figures = (self.minutes, self.pieces)
        payment = (self.amount_fen, self.method, self.paid_at)
        if self.outcome is OutcomeKind.COMPLETED and figures == (None, None):
            raise refusal("hours_required", "请填写分钟数或件数", "Give minutes or pieces")
        if self.outcome is OutcomeKind.PAID and None in payment:
            text = ("请填写 amount_fen、method 和 paid_at", "Give amount_fen, method and paid_at")
            raise refusal("payment_required", *text)
        return self


class ShiftOutcome(Schema):
    shift_id: UUID = Field(description="班次编号")
    state: ChoiceState = Field(
        description="pending 待答复、accepted 已录用、waitlisted 已录用但名额已满而候补、declined 未录用、"
        "withdrawn 已退出或取消、refused 不符合、expired 已过期"
    )
    version: int | None = Field(description="该班次最近生效的版本号;尚无为 null")
    engagement_id: UUID | None = Field(description="用工编号;未录用为 null")
    engagement_state: EngagementState | None = Field(description="用工状态")
    owed_fen: int | None = Field(description="应付工资,分;工时未确认为 null")
    open_fen: int | None = Field(description="其中尚未支付的,分")


class OutcomeView(Schema):
    application_id: UUID = Field(description="报名编号")
    applied: bool = Field(description="本次是否改变了什么;同一版本重发的为 false")
    shifts: list[ShiftOutcome] = Field(description="该报名每个班次的现状")
    at: datetime = Field(description="答复时间")
