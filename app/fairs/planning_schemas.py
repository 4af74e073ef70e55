"""Fairs as stations plan them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Line, Moment, Schema, Text
from app.fairs.booth_schemas import BoothCase
from app.fairs.models import BoothState, FairMode, FairState, Organiser
from app.streams.models import LiveKind, LivePlatform, StreamState
from app.workers.models import KeyGroup

Division = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}([0-9]{2}([0-9]{3})?)?$"),
    Field(description="哪里的招聘会:区划代码", examples=["141002"]),
]
TradeCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}$"),
    Field(description="工种代码,见 /v1/trades", examples=["0301"]),
]
# As issued: "（晋）人服证字〔2024〕第0100000123号", or the number alone.
Licence = Annotated[
    str,
    StringConstraints(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z一-龥()（）〔〕\[\]【】-]+$"),
    Field(description="人力资源服务许可证号", examples=["（晋）人服证字〔2024〕第0100000123号"]),
]


class FairDraft(Schema):
    title: Line = Field(description="名称", examples=["高校毕业生专场直播带岗"])
    text: Text | None = Field(None, description="介绍")
    mode: FairMode = Field(description="online 线上直播、hall 线下、both 线上线下", examples=["online"])
    starts_at: Moment = Field(description="开始时间")
    ends_at: Moment = Field(description="结束时间;一场至多二十四小时", examples=["2026-12-01T09:30:00+08:00"])
    division: Division | None = Field(None, description="哪里的招聘会;不填为本机构所辖")
    key_group: KeyGroup | None = Field(None, description="面向的重点群体;不填为不限")
    trade: TradeCode | None = Field(None, description="主题工种代码;不填为不限")
    host_id: UUID | None = Field(None, description="主持人是工作人员的,其编号")
    host_name: Line | None = Field(None, description="主持人姓名,对外展示;不填为工作人员的姓名")
    venue: Line | None = Field(None, description="会场地址;有线下的必填", examples=["鼓楼北大街 1 号"])
    room: Line | None = Field(None, description="本机构的场地:厅或直播间;同一场地同一时段只有一场")
    organiser: Organiser = Field(Organiser.PUBLIC, description="public 公共机构、agency 经营性机构")
    agency_name: Line | None = Field(None, description="经营性机构名称;agency 必填")
    licence_no: Licence | None = Field(None, description="人力资源服务许可证号;agency 必填")


class FairChanges(Schema):
    """What is left out stays; what may be absent is taken away by null."""

    title: Line | None = Field(None, description="名称", examples=["高校毕业生专场直播带岗(改期)"])
    text: Text | None = Field(None, description="介绍")
    mode: FairMode | None = Field(None, description="online 线上直播、hall 线下、both 线上线下")
    starts_at: Moment | None = Field(None, description="开始时间;时长不变的,展位与岗位的时刻一同平移")
    ends_at: Moment | None = Field(None, description="结束时间")
    key_group: KeyGroup | None = Field(None, description="面向的重点群体;null 为不限")
    trade: TradeCode | None = Field(None, description="主题工种代码;null 为不限")
    host_id: UUID | None = Field(None, description="主持人的工作人员编号")
    host_name: Line | None = Field(None, description="主持人姓名,对外展示")
    venue: Line | None = Field(None, description="会场地址")
    room: Line | None = Field(None, description="本机构的场地")
    organiser: Organiser | None = Field(None, description="public 公共机构、agency 经营性机构")
    agency_name: Line | None = Field(None, description="经营性机构名称")
    licence_no: Licence | None = Field(None, description="人力资源服务许可证号")


class FairCancellation(Schema):
    reason: Text = Field(description="取消的理由,告知所有预约者", examples=["场地停电,改日举办"])


class ClashKind(StrEnum):
    HOST = "host"
    ROOM = "room"
    OUTSIDE_ROOM = "outside_room"
    EMPLOYER = "employer"


class ClashView(Schema):
    """Another fair that wants the same at the same time."""

    kind: ClashKind = Field(description="host 主持人、room 场地、outside_room 外部直播间、employer 用工主体")
    fair_id: UUID | None = Field(description="另一场的编号;不在所及区划且未公开的为 null")
    title: str | None = Field(description="另一场的名称;同上")
    starts_at: datetime = Field(description="另一场的开始时间")
    ends_at: datetime = Field(description="另一场的结束时间")
    employer_id: UUID | None = Field(None, description="哪个用工主体")
    booth_state: BoothState | None = Field(None, description="其在另一场的展位状态;accepted 的不能再接受")


class StreamSummary(Schema):
    id: UUID = Field(description="直播流编号")
    kind: LiveKind = Field(description="own 自建、tencent 腾讯云、aliyun 阿里云、outside 外部直播间")
    name: str = Field(description="直播流名称")
    state: StreamState = Field(description="waiting 未开播、live 直播中、dropped 中断、ended 已结束")
    platform: LivePlatform | None = Field(description="外部直播间所在平台")
    room: str | None = Field(description="外部直播间号")
    link: str | None = Field(description="外部直播间地址")


class FairCaseCard(Schema):
    """A fair in the stations' list."""

    id: UUID = Field(description="招聘会编号")
    title: str = Field(description="名称")
    state: FairState = Field(
        description="planned 筹备、bookable 可预约、live 进行中、ended 已结束、cancelled 已取消"
    )
    mode: FairMode = Field(description="online 线上直播、hall 线下、both 线上线下")
    starts_at: datetime = Field(description="开始时间")
    ends_at: datetime = Field(description="结束时间")
    division: str = Field(description="哪里的招聘会:区划代码")
    station_id: UUID = Field(description="举办的机构")
    key_group: KeyGroup | None = Field(description="面向的重点群体")
    trade: str | None = Field(description="主题工种代码")
    host_name: str | None = Field(description="主持人姓名")
    version: int = Field(description="版本,即 ETag")


class FairCase(FairCaseCard):
    """A fair as its planners see it."""

    text: str | None = Field(description="介绍")
    host_id: UUID | None = Field(description="主持人的工作人员编号")
    venue: str | None = Field(description="会场地址")
    room: str | None = Field(description="场地")
    organiser: Organiser = Field(description="public 公共机构、agency 经营性机构")
    agency_name: str | None = Field(description="经营性机构名称")
    licence_no: str | None = Field(description="人力资源服务许可证号")
    cover: str | None = Field(description="封面图片地址;没有的为 null")
    opened_at: datetime | None = Field(description="何时开放预约")
    live_at: datetime | None = Field(description="何时开始")
    ended_at: datetime | None = Field(description="何时结束")
    cancelled_at: datetime | None = Field(description="何时取消")
    cancelled_because: str | None = Field(description="取消的理由")
    sequence: int = Field(description="日历序号(SEQUENCE):日历所示改动一次加一")
    reservations: int = Field(description="预约人数")
    stream: StreamSummary | None = Field(description="直播流;尚未设置的为 null")
    booths: list[BoothCase] = Field(description="有效的展位,按出场顺序")
    clashes: list[ClashView] = Field(description="与另一场的冲突,含邀请中和申请中的展位")


class FairCasePage(Schema):
    items: list[FairCaseCard] = Field(description="开始晚的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
