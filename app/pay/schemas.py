"""Hours, payments and records as clients see them."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Line, Moment, Schema, Text, refusal
from app.engagements.models import EngagementState
from app.pay.models import OwedFor, PayMethod, PayState, ReportState
from app.pay.owed import MOST_OWED_FEN

DAY_MINUTES = 24 * 60
MOST_PIECES = 100_000
MOST_AT_ONCE = 500


class HoursGiven(Schema):
    minutes: int | None = Field(
        None, ge=0, le=DAY_MINUTES, description="工作分钟数;计时、计日、整单计酬必填", examples=[480]
    )
    pieces: int | None = Field(None, ge=0, le=MOST_PIECES, description="完成件数;计件计酬必填", examples=[12])

    @model_validator(mode="after")
    def _something_said(self) -> Self:
        if self.minutes is None and self.pieces is None:
            raise refusal("hours_required", "请填写分钟数或件数", "Give minutes or pieces")
        return self


class HoursContest(HoursGiven):
    text: Text = Field(description="说明,双方与调解员可见", examples=["当天做到晚上八点才收工"])


class HoursItem(HoursGiven):
    engagement_id: UUID = Field(description="用工编号")


class HoursBatch(Schema):
    items: list[HoursItem] = Field(min_length=1, max_length=MOST_AT_ONCE, description="逐人工时或件数")


class PaymentSaid(Schema):
    amount_fen: int = Field(gt=0, le=MOST_OWED_FEN, description="支付金额,分", examples=[20000])
    method: PayMethod = Field(description="cash 现金、bank 银行转账、wechat 微信、alipay 支付宝")
    reference: Line | None = Field(None, description="转账流水号等,仅双方可见;加密保存")
    paid_at: Moment = Field(description="支付时间")
    owed_for: OwedFor = Field(OwedFor.WAGE, description="wage 工资、late_cancellation 临时取消的补偿")


class PaymentGiven(PaymentSaid):
    files: list[UUID] = Field([], max_length=9, description="凭证图片编号,先经 POST /v1/me/files 上传")


class PaymentItem(PaymentSaid):
    engagement_id: UUID = Field(description="用工编号")


class PaymentBatch(Schema):
    items: list[PaymentItem] = Field(min_length=1, max_length=MOST_AT_ONCE, description="逐人支付情况")


class PaymentAnswer(Schema):
    received: bool = Field(description="是否全部收到")
    amount_fen: int | None = Field(
        None, ge=0, le=MOST_OWED_FEN, description="未全部收到时,实际收到的分数;不填为 0"
    )
    text: Text | None = Field(None, description="说明,双方与调解员可见")
    report_id: UUID | None = Field(None, description="答复哪一笔;不填为最早一笔未答复的")

    @model_validator(mode="after")
    def _all_or_so_much(self) -> Self:
        if self.received and self.amount_fen is not None:
            raise refusal("amount_unwanted", "全部收到时不填金额", "No amount where all was received")
        return self


class PayReportShown(Schema):
    id: UUID = Field(description="付款记录编号")
    amount_fen: int = Field(description="用工主体所报金额,分")
    method: PayMethod = Field(description="支付方式")
    paid_at: datetime = Field(description="支付时间")
    reported_at: datetime = Field(description="报告时间")
    state: ReportState = Field(
        description="reported 待确认、confirmed 已确认、uncontested 七天未答视为收到、"
        "contested 有异议、decided 已处理"
    )
    received_fen: int | None = Field(description="劳动者说收到的分数")
    answered_at: datetime | None = Field(description="答复时间")
    text: str | None = Field(description="劳动者的说明")
    files: list[UUID] = Field(description="凭证图片编号")


class PayReportView(PayReportShown):
    reference: str | None = Field(description="转账流水号等")


class Basis(Schema):
    minutes: int | None = Field(description="确认的工作分钟数")
    pieces: int | None = Field(description="确认的件数")
    pay: dict[str, Any] = Field(description="用工约定中的报酬")


class PayRecordShown(Schema):
    id: UUID = Field(description="工资支付记录编号")
    engagement_id: UUID = Field(description="用工编号")
    engagement_state: EngagementState = Field(description="用工状态")
    owed_for: OwedFor = Field(description="wage 工资、late_cancellation 临时取消的补偿")
    state: PayState = Field(
        description="due 待支付、reported 待确认、settled 已结清、contested 有异议、overdue 已逾期、"
        "cancelled 无须支付"
    )
    owed_fen: int = Field(description="应付,分;等于以下五项之和")
    open_fen: int = Field(description="待支付,分")
    reported_fen: int = Field(description="已报付款、待确认,分")
    settled_fen: int = Field(description="已结清,分")
    contested_fen: int = Field(description="有异议,分")
    cancelled_fen: int = Field(description="经处理无须支付,分")
    due_at: datetime = Field(description="最迟支付时间")
    overdue_at: datetime | None = Field(description="何时发现逾期;保留")
    settled_at: datetime | None = Field(description="结清时间")
    claimed_minutes: int | None = Field(description="劳动者主张的分钟数")
    claimed_pieces: int | None = Field(description="劳动者主张的件数")
    claimed_text: str | None = Field(description="劳动者对工时的说明")
    job_title: str = Field(description="岗位")
    worker_name: str = Field(description="劳动者展示的称呼")
    employer_name: str = Field(description="用工主体")
    starts_at: datetime = Field(description="约定的开始时间")
    ends_at: datetime = Field(description="约定的结束时间")
    basis: Basis = Field(description="计算依据")


class PayRecordView(PayRecordShown):
    reports: list[PayReportView] = Field(description="付款记录,最早的在前")


class PayList(Schema):
    items: list[PayRecordView] = Field(description="工资,及可能有的临时取消补偿")


class PaySums(Schema):
    owed_fen: int = Field(description="应付合计,分")
    open_fen: int = Field(description="待支付合计,分")
    overdue_fen: int = Field(description="待支付中已逾期的,分")
    reported_fen: int = Field(description="已报付款、待确认合计,分")
    settled_fen: int = Field(description="已结清合计,分")
    contested_fen: int = Field(description="有异议合计,分")
    cancelled_fen: int = Field(description="无须支付合计,分")


class PayPage(Schema):
    items: list[PayRecordView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
    sums: PaySums = Field(description="全部记录的合计,不受筛选与分页影响")


class BatchTaken(Schema):
    taken: int = Field(description="记下的笔数")
    amount_fen: int = Field(description="金额合计,分")


class CancellationCost(Schema):
    notice_minutes: int = Field(description="此刻取消,距开始的分钟数;已开始为负")
    share_percent: int = Field(description="须支付约定报酬的百分之几;0 为不用支付")
    owed_fen: int = Field(description="须支付,分")


class PayCase(PayRecordShown):
    """A record as staff see it."""

    worker_id: UUID = Field(description="劳动者编号")
    employer_id: UUID = Field(description="用工主体编号")
    division: str = Field(description="工作地点所在区划代码")
    station_id: UUID = Field(description="责任机构")
    reports: list[PayReportShown] = Field(description="付款记录,最早的在前;不含流水号")


class PayCasePage(Schema):
    items: list[PayCase] = Field(description="记录")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ShareSet(Schema):
    within_minutes: int = Field(
        ge=0, le=43_200, description="提前通知少于此分钟数时适用;0 为开始之后", examples=[1440]
    )
    share_percent: int = Field(ge=0, le=100, description="约定报酬的百分之几", examples=[30])


class SharesGiven(Schema):
    effective_from: date = Field(
        description="从哪一天起生效,至早为明天,至迟 2100 年", le=date(2100, 1, 1), examples=["2027-01-01"]
    )
    shares: list[ShareSet] = Field(min_length=1, max_length=20, description="逐档标准")
    source: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")] = Field(
        description="依据", examples=["临人社发〔2026〕12 号"]
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({share.within_minutes for share in self.shares}) < len(self.shares):
            raise refusal("share_repeated", "同一档只填一次", "Each limit of notice once")
        return self


class ShareView(ShareSet):
    effective_from: date = Field(description="从哪一天起生效")
    source: str = Field(description="依据")


class ShareList(Schema):
    items: list[ShareView] = Field(description="最新的在前,含尚未生效的")
