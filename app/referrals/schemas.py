"""Referrals, quotas, candidates and people to help, as the stations see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.core.types import Line, Schema
from app.engagements.models import EngagementState
from app.referrals.models import ReferralState, WhyNot

_STATES = (
    "sent 已推荐、applied 已报名待答复、hired 已录用、not_hired 未录用、lapsed 到期未用、"
    "withdrawn 已撤回、declined 本人不去"
)
_WHY_NOT = (
    "pay 薪资不符、distance 距离过远、skills 技能不符、has_work 已找到工作、not_reached 联系不上、"
    "employer_refused 雇主不用、other 其他"
)


class ReferralGiven(Schema):
    job_id: UUID = Field(description="岗位编号,须在本县(市、区)")
    shift_ids: list[UUID] = Field(
        min_length=1,
        max_length=20,
        description="推荐到的班次,每个班次计一次名额",
        examples=[["0193a3c0-0000-7000-8000-000000000000"]],
    )
    worker_id: UUID = Field(description="劳动者编号")
    note: Line | None = Field(None, description="附言,劳动者可见;勿填他人的个人信息", examples=["到了找门卫"])
    hold_hours: int = Field(24, ge=1, le=48, description="名额保留时长,小时;至迟到班次开始")


class ReferralOutcome(Schema):
    outcome: Literal[ReferralState.NOT_HIRED, ReferralState.DECLINED] = Field(
        description="not_hired 未录用、declined 本人不去;录用由系统按用工自动记,不能手填",
        examples=["not_hired"],
    )
    reason: WhyNot = Field(description=_WHY_NOT)


class ReferralView(Schema):
    id: UUID = Field(description="推荐编号")
    state: ReferralState = Field(description=_STATES)
    reason: WhyNot | None = Field(description=_WHY_NOT)
    reason_text: str | None = Field(description="原因的文字")
    job_id: UUID = Field(description="岗位编号")
    job_title: str = Field(description="岗位标题")
    employer_id: UUID = Field(description="用工主体编号")
    employer_name: str = Field(description="用工主体名称")
    shift_id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="班次开始时间")
    ends_at: datetime = Field(description="班次结束时间")
    worker_id: UUID = Field(description="劳动者编号")
    worker_name: str = Field(description="劳动者展示的称呼")
    staff_id: UUID = Field(description="推荐人编号")
    staff_name: str = Field(description="推荐人")
    note: str | None = Field(description="附言")
    sent_at: datetime = Field(description="推荐时间")
    kept_until: datetime = Field(description="名额保留到何时")
    engagement_id: UUID | None = Field(description="录用后的用工编号")
    engagement_state: EngagementState | None = Field(
        description="录用后的用工状态:agreed、checked_in 已到岗、paid 已付清、cancelled、no_show 爽约等"
    )


class ReferralList(Schema):
    items: list[ReferralView] = Field(description="每个班次一条,次序同所给班次")


class ReferralPage(Schema):
    items: list[ReferralView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class QuotaGiven(Schema):
    staff_id: UUID = Field(description="工作人员编号,须在所及机构")
    monthly: int | None = Field(
        ge=0, le=10_000, description="每自然月可推荐的次数;null 为不限", examples=[60]
    )


class QuotaView(Schema):
    staff_id: UUID = Field(description="工作人员编号")
    staff_name: str = Field(description="姓名")
    station_id: UUID = Field(description="所在机构编号")
    monthly: int | None = Field(description="每自然月可推荐的次数;null 为不限")
    used: int = Field(description="本月已推荐的次数,含撤回的")


class QuotaPage(Schema):
    items: list[QuotaView] = Field(description="可推荐的工作人员,新任的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ReferralFigures(Schema):
    staff_id: UUID = Field(description="工作人员编号")
    staff_name: str = Field(description="姓名")
    station_id: UUID = Field(description="所在机构编号")
    month: str = Field(description="月份", examples=["2026-12"])
    sent: int = Field(description="推荐次数")
    hired: int = Field(description="其中录用的次数")
    came: int = Field(description="其中到岗的次数")
    not_hired: int = Field(description="未录用的次数")
    declined: int = Field(description="本人不去的次数")
    lapsed: int = Field(description="到期未用的次数")
    withdrawn: int = Field(description="撤回的次数")
    fill_percent: int | None = Field(description="录用率,百分数;没有推荐时为 null")


class ReferralFiguresPage(Schema):
    items: list[ReferralFigures] = Field(description="当月有推荐的工作人员,新任的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class Candidate(Schema):
    worker_id: UUID = Field(description="劳动者编号")
    name_masked: str = Field(description="姓名,部分隐去", examples=["李*"])
    distance_m: int = Field(description="住处到工作地点的直线距离,米")
    trades: list[str] = Field(description="会做的工种代码")
    key_groups: list[str] = Field(description="本人申报的重点群体")
    reached_through: str = Field(
        description="phone 可打电话;station 没有电话,经就业服务站联系", examples=["phone"]
    )
    reasons: list[str] = Field(
        description="合适的理由代码:trade 会做该工种、certificate 有所需证书、available 该时段可出工、"
        "near 在愿意出行的半径内、looking 十四天没有活",
        examples=[["trade", "near"]],
    )


class CandidatePage(Schema):
    items: list[Candidate] = Field(description="由近及远")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ToHelp(Schema):
    worker_id: UUID = Field(description="劳动者编号")
    name_masked: str = Field(description="姓名,部分隐去", examples=["李*"])
    division: str | None = Field(description="住处的区划代码;未填为 null")
    reached_through: str = Field(
        description="phone 可打电话;station 没有电话,经就业服务站联系", examples=["phone"]
    )
    reasons: list[str] = Field(
        description="理由代码:looking_14_days 十四天以上没有活、key_group 重点群体且不在岗",
        examples=[["looking_14_days", "key_group"]],
    )
    key_groups: list[str] = Field(description="本人申报的重点群体")
    looking_since: datetime = Field(description="从何时起没有活:最近一次被录用的时间,没有则为登记的时间")
    looking_days: int = Field(description="已有多少天")
    last_contact: datetime | None = Field(description="最近一次联系:登录、报名、窗口代办或被推荐")
    referred: int = Field(description="六十天内被推荐的次数")


class ToHelpPage(Schema):
    items: list[ToHelp] = Field(description="没有活最久的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
