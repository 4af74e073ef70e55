"""Fairs as everybody sees them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.pages import MOST
from app.core.types import Moment, Schema
from app.employers.schemas import EmployerCard
from app.fairs.models import FairMode, FairState, Organiser
from app.jobs.schemas import Pay, TradeCode
from app.jobs.search_schemas import JobCard
from app.streams.models import LivePlatform
from app.workers.models import KeyGroup

STATES = "bookable 可预约、live 进行中、ended 已结束、cancelled 已取消"


class Theme(Schema):
    """For whom and where; each that is given narrows."""

    division: str | None = Field(
        None,
        pattern=r"^[0-9]{4}([0-9]{2}([0-9]{3})?)?$",
        description="所在区划:该区划及其上下级举办的",
        examples=["141002"],
    )
    key_group: KeyGroup | None = Field(None, description="只看面向此重点群体的", examples=["veteran"])


class FairsWanted(Theme):
    """Which fairs; each that is given narrows the list."""

    from_: Moment | None = Field(None, alias="from", description="在此时或其后开始")
    until: Moment | None = Field(None, description="在此时之前开始", examples=["2027-01-01T00:00:00+08:00"])
    trade: TradeCode | None = Field(None, description="只看此工种专场")
    state: FairState | None = Field(
        None, description=f"{STATES};都不填且未填起止的,列可预约和进行中的", examples=["bookable"]
    )
    mode: FairMode | None = Field(None, description="online 线上、hall 现场、both 线上线下同步")
    limit: int = Field(20, ge=1, le=MOST, description="每页条数", examples=[20])
    cursor: str | None = Field(
        None,
        max_length=1000,
        pattern=r"^[A-Za-z0-9_\-]+$",
        description="上一页给出的游标,第一页不填;其他条件须与上一页相同",
    )


class FairCard(Schema):
    id: UUID = Field(description="场次编号")
    title: str = Field(description="名称")
    state: FairState = Field(description=STATES)
    mode: FairMode = Field(description="online 线上、hall 现场、both 线上线下同步")
    starts_at: datetime = Field(description="开始时间")
    ends_at: datetime = Field(description="结束时间")
    division: str = Field(description="面向的区划")
    key_group: KeyGroup | None = Field(description="面向的重点群体;null 为不限")
    trade: str | None = Field(description="专场工种代码;null 为不限")
    host_name: str | None = Field(description="主持人")
    venue: str | None = Field(description="现场地址;纯线上为 null")
    cover: str | None = Field(description="封面图片的地址;没有为 null")
    station: str = Field(description="举办机构")
    employers: int = Field(description="参加的用工主体数")
    jobs: int = Field(description="展示的岗位数")
    reserved: bool = Field(description="我是否已预约;未登录为 false")


class FairPage(Schema):
    items: list[FairCard] = Field(description="先开始的在前;只看已结束或已取消的,新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class FairJobView(Schema):
    job_id: UUID = Field(description="岗位编号")
    title: str = Field(description="岗位名称")
    trade: str | None = Field(description="工种代码")
    pay: Pay | None = Field(description="报酬")
    open: bool = Field(description="现在是否还能报名")
    planned_at: datetime | None = Field(description="计划何时讲解")
    shown_at_s: int | None = Field(description="在直播的第几秒讲解;尚未讲解或不经直播为 null")
    mark_id: UUID | None = Field(description="讲解时点编号,报名时填 mark_id;尚未讲解为 null")


class BoothView(Schema):
    id: UUID = Field(description="展位编号")
    employer: EmployerCard = Field(description="用工主体")
    order: int = Field(description="出场次序")
    label: str | None = Field(description="现场展位号")
    starts_at: datetime = Field(description="该展位开始时间")
    ends_at: datetime = Field(description="该展位结束时间")
    jobs: list[FairJobView] = Field(description="按讲解次序")


class PlayAddressView(Schema):
    kind: str = Field(description="hls、flv、rtmp;page 为外部平台的页面", examples=["hls"])
    url: str = Field(description="播放地址,有时限")


class Play(Schema):
    """How it is watched now."""

    on_air: bool = Field(description="是否正在播出;短暂中断时为 false")
    addresses: list[PlayAddressView] = Field(description="播放地址,最好的在前;不在进行中为空")
    platform: LivePlatform | None = Field(description="在外部平台直播的,是哪个平台")
    room: str | None = Field(description="外部平台的直播间号")


class ReplayPart(Schema):
    url: str = Field(description="视频地址,可按范围读取")
    starts_at_s: int = Field(description="从直播的第几秒起")
    duration_s: int = Field(description="时长,秒")


class ReplayMark(Schema):
    job_id: UUID = Field(description="岗位编号")
    mark_id: UUID = Field(description="讲解时点编号")
    at_s: int = Field(description="直播的第几秒")
    url: str | None = Field(description="从该岗位讲起的回放地址;该段没有录像为 null")


class Replay(Schema):
    parts: list[ReplayPart] = Field(description="按先后;中断过的有多段")
    link: str | None = Field(description="外部平台的回放链接")
    marks: list[ReplayMark] = Field(description="各岗位的讲解时点,按先后")


class FairView(FairCard):
    text: str | None = Field(description="介绍")
    room: str | None = Field(description="现场的厅室")
    organiser: Organiser = Field(description="public 公共就业服务机构、agency 经营性人力资源服务机构")
    agency_name: str | None = Field(description="经营性机构的名称")
    licence_no: str | None = Field(description="经营性机构的人力资源服务许可证号")
    cancelled_because: str | None = Field(description="取消的原因")
    reservations: int = Field(description="预约人数")
    peak_viewers: int = Field(description="同时观看人数的最高值")
    booths: list[BoothView] = Field(description="展位及时间表,按出场次序")
    play: Play = Field(description="正在进行的怎样观看")
    replay: Replay | None = Field(description="结束后的回放;没有为 null")


class FairJobFound(Schema):
    job_id: UUID = Field(description="岗位编号")
    title: str = Field(description="岗位名称")
    open: bool = Field(description="现在是否还能报名")
    job: JobCard | None = Field(description="岗位,与搜索所列相同;不再招聘的为 null")
    distance_m: int | None = Field(description="距所给位置的直线距离,米;未给位置为 null")
    booth_id: UUID = Field(description="展位编号")
    employer: EmployerCard = Field(description="用工主体")
    planned_at: datetime | None = Field(description="计划何时讲解")
    shown_at_s: int | None = Field(description="在直播的第几秒讲解")
    mark_id: UUID | None = Field(description="讲解时点编号,报名时与 fair_id 同填")
    replay_url: str | None = Field(description="从该岗位讲起的回放地址;没有为 null")


class FairJobPage(Schema):
    items: list[FairJobFound] = Field(description="还能报名的在前;有位置的由近及远,否则按讲解次序")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ReservationView(Schema):
    fair_id: UUID = Field(description="场次编号")
    reserved_at: datetime = Field(description="预约时间")
    reminders: list[datetime] = Field(description="将在何时提醒;改期后随之改变")
