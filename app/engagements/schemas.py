"""Applications and engagements as clients see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.core.types import Schema, Text
from app.employers.schemas import EmployerCard
from app.engagements.models import (
    ChangeState,
    ChoiceState,
    EngagementState,
    ExcuseKind,
    ExcuseState,
    Side,
)
from app.engagements.possible import Can
from app.geo.places import PlaceShown
from app.jobs.models import PaySettlement, Per


class ApplicationGiven(Schema):
    shift_ids: list[UUID] = Field(
        min_length=1,
        max_length=50,
        description="要报名的班次编号",
        examples=[["0193a3c0-0000-7000-8000-000000000000"]],
    )
    fair_id: UUID | None = Field(None, description="在哪一场直播带岗看到并报名;不填为不经直播带岗")
    mark_id: UUID | None = Field(None, description="看到的是该场的哪一个讲解时点;须同时填 fair_id")


class ShiftsNamed(Schema):
    """Which of the application's shifts; all that can be when left out."""

    shift_ids: list[UUID] | None = Field(
        None, min_length=1, max_length=50, description="只处理这些班次;不填为全部"
    )


class Declining(ShiftsNamed):
    reason: Text | None = Field(None, description="说明,劳动者可见")


class ChoiceView(Schema):
    shift_id: UUID = Field(description="班次编号")
    state: ChoiceState = Field(
        description="accepted 已录用、pending 待审核、waitlisted 候补、refused 不符合(见 reason)、"
        "declined 未录用、withdrawn 已退出、expired 已过期"
    )
    reason: str | None = Field(description="机器可读的原因代码")


class Applicant(Schema):
    id: UUID = Field(description="劳动者编号")
    name_shown: str = Field(description="展示的称呼")
    trades: list[str] = Field(description="会做的工种代码")


class ApplicationView(Schema):
    id: UUID = Field(description="报名编号")
    job_id: UUID = Field(description="岗位编号")
    shifts: list[ChoiceView] = Field(description="每个班次的结果")
    created_at: datetime = Field(description="报名时间")
    fair_id: UUID | None = Field(description="经哪一场直播带岗报名;null 为不经直播带岗")
    worker: Applicant | None = Field(None, description="报名者,仅用工主体可见;不含联系方式")


class ApplicationPage(Schema):
    items: list[ApplicationView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ShiftEligibility(Schema):
    shift_id: UUID = Field(description="班次编号")
    eligible: bool = Field(description="能否报名")
    outcome: ChoiceState | None = Field(description="现在报名的结果:accepted、pending 或 waitlisted")
    reasons: list[str] = Field(
        description="不能报名的全部原因代码", examples=[["shift_overlaps", "certificate_missing"]]
    )
    texts: list[str] = Field(description="原因的文字说明")


class EligibilityView(Schema):
    job_id: UUID = Field(description="岗位编号")
    eligible: bool = Field(description="至少一个班次可报名")
    reasons: list[str] = Field(description="全部班次都有的原因代码")
    shifts: list[ShiftEligibility] = Field(description="逐个班次")


class EngagedJob(Schema):
    id: UUID = Field(description="岗位编号")
    title: str = Field(description="标题")
    trade: str = Field(description="工种代码")
    place: PlaceShown = Field(description="工作地点")


class EngagedShift(Schema):
    id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="约定的开始时间")
    ends_at: datetime = Field(description="约定的结束时间")


class EngagedWorker(Schema):
    id: UUID = Field(description="劳动者编号")
    name_shown: str = Field(description="展示的称呼")


class AgreedPay(Schema):
    amount_fen: int = Field(description="金额,分")
    per: Per = Field(description="按小时、天、件或整单")
    expected_minutes: int | None = Field(description="计件、整单的预计用时,分钟")
    hourly_fen: int = Field(description="折合每小时,分")
    settlement: PaySettlement = Field(description="结算方式")


class OwnExcuse(Schema):
    """An excuse as who gave it sees it; the other side does not."""

    id: UUID = Field(description="说明编号")
    kind: ExcuseKind = Field(description="illness 疾病、accident 意外、bereavement 丧事、weather 气象预警")
    state: ExcuseState = Field(description="claimed 待核实、accepted 已采纳、rejected 未采纳")
    due_at: datetime = Field(description="核实期限(三个工作日)")
    reason: str | None = Field(description="未采纳的理由")


class ChangeView(Schema):
    id: UUID = Field(description="变更编号")
    by: Side = Field(description="由谁提出;由另一方答复")
    binding: bool = Field(
        description="true 为岗位本身变更,不同意即退出,不影响信用;false 为商量,不同意则原约定不变"
    )
    note: str | None = Field(description="说明")
    state: ChangeState = Field(
        description="proposed 待答复、accepted 已同意、refused 不同意、superseded 已被取代或开工前未答复"
    )
    before: dict[str, Any] = Field(
        description="变更前,只列有变的:starts_at、ends_at、title、description、requirements、insurance、"
        "place(wgs84)、division、pay、pay_settlement"
    )
    after: dict[str, Any] = Field(description="变更后,同样的字段")
    proposed_at: datetime = Field(description="提出时间")


class EngagementView(Schema):
    id: UUID = Field(description="用工编号")
    job: EngagedJob = Field(description="岗位")
    shift: EngagedShift = Field(description="班次,以约定的时间为准")
    worker: EngagedWorker = Field(description="劳动者")
    employer: EmployerCard = Field(description="用工主体")
    employer_contact: str | None = Field(description="用工主体联系电话,仅被录用者可见")
    state: EngagementState = Field(description="状态")
    checked_in_at: datetime | None = Field(description="到岗时间")
    checked_out_at: datetime | None = Field(description="离岗时间")
    minutes: int | None = Field(description="确认的工时,分钟")
    pieces: int | None = Field(description="确认的件数")
    confirmed_at: datetime | None = Field(description="工时或件数的确认时间")
    cancelled_by: Side | None = Field(description="由谁取消")
    cancelled_at: datetime | None = Field(description="取消时间")
    cancel_reason: str | None = Field(description="取消的原因")
    notice_minutes: int | None = Field(description="取消时距约定开工的分钟数;开工后为负")
    pay: AgreedPay | None = Field(description="约定的报酬")
    terms_hash: str = Field(description="用工约定的 SHA-256")
    agreed_at: datetime = Field(description="约定时间")
    changes: list[ChangeView] = Field(description="条件变更及答复")
    excuse: OwnExcuse | None = Field(description="本方提交的说明;对方的不显示")
    can: list[Can] = Field(description="我方现在可以做的事", examples=[["cancel", "propose_change"]])


class EngagementPage(Schema):
    items: list[EngagementView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class TermsView(Schema):
    engagement_id: UUID = Field(description="用工编号")
    version: int = Field(description="第几版")
    hash: str = Field(description="body 规范化 JSON(键排序、无空白、UTF-8)的 SHA-256")
    agreed_at: datetime = Field(description="约定时间")
    body: dict[str, Any] = Field(description="约定内容:双方、岗位、班次、报酬、保险,录用时冻结")


class TermsCheck(Schema):
    """What a print can be checked against; nothing about the worker."""

    hash: str = Field(description="约定的 SHA-256")
    version: int = Field(description="第几版")
    newest: bool = Field(description="是否为现行的一版;false 为已有新版")
    agreed_at: datetime = Field(description="约定时间")
    employer: str = Field(description="用工主体名称;个人雇主部分隐去")
