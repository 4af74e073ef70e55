"""Booths and the jobs shown at each, as they come in and go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.types import Line, Moment, Schema, Text
from app.employers.schemas import EmployerCard
from app.fairs.models import BoothState, FairMode, FairState
from app.jobs.models import JobState

MOST_JOBS, MOST_BOOTHS = 50, 200
Order = Annotated[int, Field(ge=1, le=1000, description="出场顺序,1 为第一", examples=[1])]
Reason = Annotated[Text, Field(description="理由,告知对方", examples=["岗位与本场主题不符"])]


class BoothInvitation(Schema):
    employer_id: UUID = Field(
        description="经核验的用工主体", examples=["0193a3c0-0000-7000-8000-000000000000"]
    )
    starts_at: Moment | None = Field(None, description="何时起;不填为全场")
    ends_at: Moment | None = Field(None, description="到何时;不填为全场")
    label: Line | None = Field(None, description="线下展位号", examples=["A-12"])
    order: Order | None = Field(None, description="出场顺序;不填为最后")


class BoothApplication(Schema):
    fair_id: UUID = Field(description="可预约的招聘会", examples=["0193a3c0-0000-7000-8000-000000000000"])
    jobs: list[UUID] = Field(
        default_factory=list, max_length=MOST_JOBS, description="要展示的本主体岗位,按顺序"
    )
    label: Line | None = Field(None, description="希望的展位号")


class BoothChanges(Schema):
    """What is left out stays; the label is taken away by null."""

    starts_at: Moment | None = Field(None, description="何时起")
    ends_at: Moment | None = Field(None, description="到何时", examples=["2026-12-01T08:00:00+08:00"])
    label: Line | None = Field(None, description="线下展位号", examples=["A-12"])
    order: Order | None = Field(None, description="出场顺序")


class BoothRefusal(Schema):
    reason: Reason


class JobShown(Schema):
    job_id: UUID = Field(
        description="展位主体自己的展示中岗位", examples=["0193a3c0-0000-7000-8000-000000000000"]
    )
    planned_at: Moment | None = Field(None, description="计划何时讲到,在展位时段内;不填为未定")


class JobsShown(Schema):
    jobs: list[JobShown] = Field(max_length=MOST_JOBS, description="按讲解顺序,整体替换", examples=[[]])


class TimetableBooth(JobsShown):
    booth_id: UUID = Field(description="展位编号", examples=["0193a3c0-0000-7000-8000-000000000000"])
    starts_at: Moment | None = Field(None, description="何时起;不填不变")
    ends_at: Moment | None = Field(None, description="到何时;不填不变")


class Timetable(Schema):
    booths: list[TimetableBooth] = Field(
        max_length=MOST_BOOTHS,
        description="按出场顺序列出全部已接受的展位;邀请中的可以列入",
        examples=[[]],
    )


class BoothJob(Schema):
    job_id: UUID = Field(description="岗位编号")
    title: str | None = Field(description="岗位名称")
    state: JobState = Field(description="岗位状态;不是 open 的不对外展示")
    planned_at: datetime | None = Field(description="计划何时讲到")


class BoothView(Schema):
    id: UUID = Field(description="展位编号")
    fair_id: UUID = Field(description="招聘会编号")
    state: BoothState = Field(
        description="invited 邀请中、applied 申请中、accepted 已接受、declined 已谢绝、rejected 未通过、"
        "withdrawn 已撤回、cancelled 随招聘会取消"
    )
    order: int = Field(description="出场顺序")
    label: str | None = Field(description="线下展位号")
    starts_at: datetime = Field(description="何时起")
    ends_at: datetime = Field(description="到何时")
    reason: str | None = Field(description="未通过或撤回的理由")
    jobs: list[BoothJob] = Field(description="要展示的岗位,按顺序")
    version: int = Field(description="版本,即 ETag")


class BoothCase(BoothView):
    """A booth as the stations see it."""

    employer: EmployerCard = Field(description="用工主体")
    decided_at: datetime | None = Field(description="何时接受、谢绝、撤回")


class FairOfBooth(Schema):
    id: UUID = Field(description="招聘会编号")
    title: str = Field(description="名称")
    state: FairState = Field(
        description="planned 筹备、bookable 可预约、live 进行中、ended 已结束、cancelled 已取消"
    )
    mode: FairMode = Field(description="online 线上直播、hall 线下、both 线上线下")
    starts_at: datetime = Field(description="开始时间")
    ends_at: datetime = Field(description="结束时间")
    venue: str | None = Field(description="会场地址")
    room: str | None = Field(description="场地")


class OwnBooth(BoothView):
    """A booth as its employer sees it."""

    fair: FairOfBooth = Field(description="哪一场")


class BoothCasePage(Schema):
    items: list[BoothCase] = Field(description="按出场顺序")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class OwnBoothPage(Schema):
    items: list[OwnBooth] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
