"""Disputes as they come in and as clients see them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.types import Line, Moment, Schema, Text
from app.disputes.models import Addressee, DisputeKind, DisputeState, Outcome

Files = Annotated[
    list[UUID],
    Field(max_length=9, description="证据图片编号,先经 POST /v1/me/files 上传,每张只能用一次"),
]
Fen = Annotated[int, Field(ge=0, le=100_000_000, description="金额,分")]
KINDS = (
    "wage_arrears 欠薪、injury 工伤、fraud 虚假招聘、fee 违规收费、discrimination 就业歧视、"
    "no_show 爽约争议、other 其他"
)
STATES = (
    "opened 已提交、accepted 已受理、mediating 调解中、escalated 已升级、resolved 已办结、withdrawn 已撤回"
)
OUTCOMES = (
    "for_worker 支持劳动者、for_employer 支持用工主体、agreed 双方和解、unfounded 查无实据、"
    "referred 转有权部门"
)


class DisputeDraft(Schema):
    kind: DisputeKind = Field(description=KINDS)
    engagement_id: UUID | None = Field(None, description="所涉用工,须为其一方")
    employer_id: UUID | None = Field(None, description="所涉用工主体;已填 engagement_id 时不必填")
    text: Text = Field(description="事情经过与请求,加密保存", examples=["干了三天,工资一直没有给。"])
    files: Files = Field(default_factory=list)


class Said(Schema):
    text: Text = Field(description="内容,加密保存", examples=["补充一张当天的照片。"])
    files: Files = Field(default_factory=list)


class Withdrawal(Schema):
    text: Text | None = Field(None, description="撤回说明,加密保存,仅办理机构可见")


class Rating(Schema):
    stars: int = Field(
        ge=1, le=5, description="好差评:5 非常满意、4 满意、3 基本满意、2 不满意、1 非常不满意", examples=[5]
    )
    text: Text | None = Field(None, description="评价内容", examples=["当天就打了电话,很负责。"])


class StationBrief(Schema):
    id: UUID = Field(description="机构编号")
    name: str = Field(description="机构名称", examples=["尧都区就业服务中心"])
    phone: str | None = Field(description="机构电话")


class DisputeBrief(Schema):
    id: UUID = Field(description="维权事项编号")
    kind: DisputeKind = Field(description=KINDS)
    state: DisputeState = Field(description=STATES)
    opened_by_market: bool = Field(description="由市场自动发起,尚无人投诉(如工资逾期)")
    engagement_id: UUID | None = Field(description="所涉用工")
    employer_id: UUID | None = Field(description="所涉用工主体")
    station: StationBrief = Field(description="现由哪个机构负责;首问负责,移交被接收前不变")
    due_at: datetime | None = Field(description="本步办理期限,逾期自动升级;已结束为 null")
    opened_at: datetime = Field(description="提交时间")
    closed_at: datetime | None = Field(description="结束时间")
    outcome: Outcome | None = Field(description=OUTCOMES)


class DisputeItem(DisputeBrief):
    side: Addressee = Field(description="我的一方:complainant 投诉人、respondent 被投诉人")


class DisputePage(Schema):
    items: list[DisputeItem] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class StepView(Schema):
    id: UUID = Field(description="步骤编号")
    what: str = Field(
        description="opened 提交、joined 本人加入、accepted 受理、handed_over 移交、mediated 调解、"
        "escalated 升级、deadline_missed 逾期、resolved 办结、withdrawn 撤回、rated 评价 等",
        examples=["accepted"],
    )
    text: str = Field(description="步骤的文字说明", examples=["已受理"])
    at: datetime = Field(description="时间")
    station: str | None = Field(description="当时负责的机构名称")


class MessageView(Schema):
    id: UUID = Field(description="消息编号")
    author: Addressee = Field(description="谁写的:station 机构、complainant 投诉人、respondent 被投诉人")
    to: Addressee = Field(description="写给谁:station 机构、complainant、respondent 或 both 双方")
    text: str = Field(description="内容")
    at: datetime = Field(description="时间")
    files: list[UUID] = Field(description="图片编号")


class DisputeView(DisputeItem):
    """One dispute as a party sees it: the respondent sees neither the complaint nor its pictures."""

    text: str | None = Field(description="投诉内容,仅投诉人可见")
    files: list[UUID] = Field(description="投诉所附图片编号,仅投诉人可见")
    outcome_text: str | None = Field(description="办理结果说明")
    steps: list[StepView] = Field(description="办理过程,先后为序")
    messages: list[MessageView] = Field(description="本人可见的消息,先后为序")
    can_rate_until: datetime | None = Field(description="可评价至;不可评价为 null")
    rating: int | None = Field(description="评价,1 至 5,仅投诉人可见")
    rating_text: str | None = Field(description="评价内容")
    rating_answer: str | None = Field(description="机构对差评的答复")
    rating_answer_due_at: datetime | None = Field(description="差评答复期限")


class CaseItem(DisputeBrief):
    """A dispute in the stations' list, without a word of what was said."""

    worker_id: UUID | None = Field(description="所涉劳动者")
    pay_record_id: UUID | None = Field(description="所涉工资支付记录")
    division: str = Field(description="工作地点(或住所)区划代码")
    handed_to: StationBrief | None = Field(description="拟移交的机构,待其接收")
    staff_id: UUID | None = Field(description="受理人")
    missed: int = Field(description="逾期次数")
    overdue: bool = Field(description="本步已逾期")
    rating: int | None = Field(description="好差评,1 至 5")
    rating_answer_due_at: datetime | None = Field(description="差评答复期限")


class CasePage(Schema):
    items: list[CaseItem] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class CaseStep(StepView):
    staff_id: UUID | None = Field(description="经办人;当事人或系统所为则为空")
    details: dict[str, Any] = Field(description="细节,不含加密内容")


class CaseView(CaseItem):
    """One dispute as staff see it; what was said is read apart, with a line in the ledger."""

    steps: list[CaseStep] = Field(description="办理过程,先后为序")
    messages: int = Field(description="消息条数;内容由 POST …/read 查看,记入台账")
    files: list[UUID] = Field(description="投诉所附图片编号")
    outcome_text: str | None = Field(description="办理结果说明")
    rating_text: str | None = Field(description="评价内容")
    rating_answer: str | None = Field(description="对差评的答复")
    claim_contested: bool = Field(description="到岗事实有争议,办结时须一并决定")


class MediationRecord(Schema):
    step_id: UUID = Field(description="步骤编号")
    held_at: datetime = Field(description="调解时间")
    present: list[str] = Field(description="到场人员")
    text: str = Field(description="调解记录")


class CaseWords(Schema):
    text: str | None = Field(description="投诉内容;市场自动发起的为空")
    messages: list[MessageView] = Field(description="全部消息,先后为序")
    mediations: list[MediationRecord] = Field(description="调解记录,先后为序")


class StaffMessage(Schema):
    text: Text = Field(description="内容,加密保存", examples=["请于明日上午到站调解。"])
    to: Literal[Addressee.COMPLAINANT, Addressee.RESPONDENT, Addressee.BOTH] = Field(
        description="写给谁:complainant 投诉人、respondent 被投诉人、both 双方"
    )


class Mediation(Schema):
    held_at: Moment = Field(description="调解时间,不晚于现在")
    present: list[Line] = Field(min_length=1, max_length=20, description="到场人员", examples=[["王芳"]])
    text: Text = Field(description="调解记录,加密保存", examples=["用工主体承诺三日内付清。"])


class Resolution(Schema):
    outcome: Outcome = Field(description=OUTCOMES)
    text: Text = Field(description="结果说明,双方可见", examples=["经调解,工资已当场付清。"])
    to_worker_fen: Fen | None = Field(
        None, description="有争议的工资中应归劳动者的部分,分;工资有争议时必填(转有权部门的除外)"
    )
    paid_fen: Fen | None = Field(None, description="工作人员当场见证支付的工资,分")
    attended: bool | None = Field(
        None, description="爽约争议不成立时:劳动者是否实际到岗;到岗则按约定时间记为完工"
    )


class Reasoned(Schema):
    reason: Text = Field(description="理由,记入台账", examples=["涉及人数多,需县级协调"])


class HandOver(Reasoned):
    station_id: UUID = Field(description="移交给哪个机构")


class RatingAnswer(Schema):
    text: Text = Field(description="答复,评价人可见", examples=["已登门说明并改进流程。"])


class EvidenceFormat(StrEnum):
    PDF = "pdf"
    ZIP = "zip"


class EvidenceAsked(Reasoned):
    format: EvidenceFormat = Field(EvidenceFormat.PDF, description="pdf 或 zip(另含数据与图片原件)")
