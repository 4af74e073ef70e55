"""What is told of a fair afterwards."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.types import Schema
from app.fairs.models import FairMode, FairState
from app.workers.models import KeyGroup

# Of the field's livestreams it is said that fewer than this apply (docs/fairs-figures.md).
BENCHMARK_PERCENT = 10.0
DivisionCode = Annotated[
    str, Field(pattern=r"^1410([0-9]{2}([0-9]{3})?)?$", description="区划代码", examples=["141002"])
]


class FunnelView(Schema):
    viewers: int = Field(
        description="观看人数,每账号或设备一场一次;展位、岗位为其最后一次展示结束前进入直播的人数"
    )
    live_viewers: int = Field(description="其中看过直播的人数")
    replay_viewers: int = Field(description="其中看过回放的人数;展位、岗位不分别统计,为 0")
    openers: int = Field(description="点开过岗位的人数")
    opens: int = Field(description="点开岗位的人次,每人每岗一次;可逐级相加")
    questions: int = Field(description="提问条数,不含被隐藏的;未指明岗位的只计入全场")
    applicants: int = Field(description="报名的人数")
    applications: int = Field(description="报名份数;以下各项均为其中的份数,可逐级相加")
    hires: int = Field(description="录用:至少一个班次有未被取消的约定")
    started: int = Field(description="到岗:其中已打卡或工时已确认")
    paid: int = Field(description="工资到手:其中至少一笔工资已结清,且现无逾期未付")
    conversion_percent: float | None = Field(description="转化率(%):报名份数 ÷ 观看人数;无人观看为 null")


class FunnelOfJob(Schema):
    job_id: UUID = Field(description="岗位编号")
    title: str | None = Field(description="岗位名称")
    trade: str | None = Field(description="工种代码")
    shown_s: int = Field(description="实际展示时长,秒;未展示为 0")
    funnel: FunnelView = Field(description="漏斗")


class FunnelOfBooth(Schema):
    id: UUID = Field(description="展位编号")
    employer_id: UUID = Field(description="用工主体编号")
    employer: str = Field(description="用工主体名称")
    order: int = Field(description="出场顺序")
    funnel: FunnelView = Field(description="漏斗")
    jobs: list[FunnelOfJob] = Field(description="各岗位")


class FairFigures(Schema):
    id: UUID = Field(description="招聘会编号")
    title: str = Field(description="名称")
    state: FairState = Field(description="状态")
    mode: FairMode = Field(description="线上、现场或两者")
    division: str = Field(description="区划代码")
    key_group: KeyGroup | None = Field(description="面向的重点群体")
    trade: str | None = Field(description="面向的工种代码")
    starts_at: datetime = Field(description="预定开始时间")
    live_at: datetime | None = Field(description="实际开始时间")
    ended_at: datetime | None = Field(description="实际结束时间")
    peak_viewers: int = Field(description="最高同时在线人数")
    reservations: int = Field(description="预约人数")
    funnel: FunnelView = Field(description="漏斗")


class FairStatistics(FairFigures):
    benchmark_percent: float = Field(description="行业直播带岗转化率的参照上限(%)")
    booths: list[FunnelOfBooth] = Field(description="各展位,按出场顺序")


class FairFiguresPage(Schema):
    items: list[FairFigures] = Field(description="最近开始的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class SuggestionReason(Schema):
    code: str = Field(description="理由代码")
    text: str = Field(description="理由,含所依据的数字")


class Suggestion(Schema):
    rank: int = Field(description="建议的先后,1 最先")
    job_id: UUID = Field(description="岗位编号")
    title: str = Field(description="岗位名称")
    employer_id: UUID = Field(description="用工主体编号")
    employer: str = Field(description="用工主体名称")
    trade: str = Field(description="工种代码")
    hourly_fen: int = Field(description="折合每小时报酬,分")
    booth_id: UUID | None = Field(description="所在展位;尚未参加本场的为 null,可邀请")
    expected_per_minute: float = Field(description="预计每展示一分钟、每百名观众的报名份数")
    reasons: list[SuggestionReason] = Field(description="依据")


class SuggestionList(Schema):
    fair_id: UUID = Field(description="招聘会编号")
    learned_from: int = Field(description="所依据的已结束场次数")
    since: date = Field(description="所依据的场次自何日起")
    items: list[Suggestion] = Field(description="预计最好的在前;未参展的在招岗位至多五十个")
