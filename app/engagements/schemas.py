"""Applications and engagements as clients see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.core.types import Schema, Text
from app.employers.schemas import EmployerCard
from app.engagements.models import ChangeState, ChoiceState, EngagementState, Side
from app.geo.places import PlaceShown


class ApplicationGiven(Schema):
    shift_ids: list[UUID] = Field(min_length=1, max_length=50, description="要报名的班次编号")


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


class ChangeView(Schema):
    id: UUID = Field(description="变更编号")
    state: ChangeState = Field(
        description="proposed 待答复、accepted 已同意、refused 不同意、superseded 已被新的变更取代"
    )
    before: dict[str, Any] = Field(description="变更前")
    after: dict[str, Any] = Field(description="变更后")
    proposed_at: datetime = Field(description="提出时间")


class EngagementView(Schema):
    id: UUID = Field(description="用工编号")
    job: EngagedJob = Field(description="岗位")
    shift: EngagedShift = Field(description="班次,以约定的时间为准")
    worker: EngagedWorker = Field(description="劳动者")
    employer: EmployerCard = Field(description="用工主体")
    employer_contact: str | None = Field(description="用工主体联系电话,仅被录用者可见")
    state: EngagementState = Field(description="状态")
    cancelled_by: Side | None = Field(description="由谁取消")
    terms_hash: str = Field(description="用工约定的 SHA-256")
    agreed_at: datetime = Field(description="约定时间")
    changes: list[ChangeView] = Field(description="条件变更及答复")


class EngagementPage(Schema):
    items: list[EngagementView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class TermsView(Schema):
    engagement_id: UUID = Field(description="用工编号")
    version: int = Field(description="第几版")
    hash: str = Field(description="body 规范化 JSON(键排序、无空白、UTF-8)的 SHA-256")
    agreed_at: datetime = Field(description="约定时间")
    body: dict[str, Any] = Field(description="约定内容:双方、岗位、班次、报酬、保险,录用时冻结")
