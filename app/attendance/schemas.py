"""Attendance as clients see it."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.attendance.models import AttendanceKind, ClaimKind, ClaimState, CodeMode, Method, Standing
from app.core.types import Moment, Schema, refusal
from app.geo.places import PlaceGiven

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00]+$")]
Files = Annotated[list[UUID], Field(max_length=9)]
_FILES = "证据图片编号,先由 POST /v1/me/files 上传,至多九张"


class WhereGiven(PlaceGiven):
    accuracy_m: float | None = Field(
        None, ge=0, le=100_000, allow_inf_nan=False, description="定位精度(半径),米", examples=[35]
    )


class PresenceGiven(Schema):
    """The worker gives a position or the site's code; a member of the employer needs neither."""

    place: WhereGiven | None = Field(None, description="此刻定位;须已同意使用位置,只用于本次核对")
    site_code: str | None = Field(
        None,
        min_length=1,
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="现场签到码;不分大小写,空格与横线可省",
        examples=["7K2QD-M90XB"],
    )
    at: Moment | None = Field(None, description="实际发生时间;不填为现在。离线打卡联网后补传时填写")
    proof: str | None = Field(
        None,
        max_length=4000,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        description="离线打卡的签名:JWS(EdDSA),头部 kid 为设备编号,内容为 engagement_id、kind"
        "(check_in、check_out)、at、jti,及 place 或 site_code,与请求一致",
    )

    @model_validator(mode="after")
    def _signed_with_its_time(self) -> Self:
        if self.proof and self.at is None:
            raise refusal("at_missing", "离线签名须同时填写 at", "A proof comes with `at`")
        return self


class PresenceForStaff(Schema):
    at: Moment | None = Field(None, description="实际发生时间;不填为现在")
    reason: Words = Field(description="依据,记入台账", examples=["劳动者到站说明,电话向工地核实"])


class NoteView(Schema):
    """What the other side sees too: how far away, never where."""

    id: UUID = Field(description="考勤记录编号")
    kind: AttendanceKind = Field(
        description="check_in 签到、check_out 签退、running_late 会迟到、turned_away 到场被拒"
    )
    method: Method = Field(
        description="geofence 定位、site_code 现场码、employer 用工主体确认、staff 工作人员、"
        "worker 本人说明、system 系统按约定时间"
    )
    at: datetime = Field(description="发生时间")
    received_at: datetime = Field(description="收到时间")
    late: bool = Field(description="晚于发生时间十分钟以上才收到,可提出异议")
    signed: bool = Field(description="带有本人已登记设备的有效签名")
    doubtful: bool = Field(description="仅凭定位不能确定")
    distance_m: int | None = Field(description="定位距工作地点,米")
    accuracy_m: int | None = Field(description="定位精度,米")
    arrives_at: datetime | None = Field(description="预计到达时间")
    text: str | None = Field(description="说明")
    standing: Standing = Field(
        description="accepted 无异议、contested 有异议、upheld 维持、overturned 不予采信"
    )
    contested_at: datetime | None = Field(description="提出异议的时间")
    contest_text: str | None = Field(description="异议内容")
    contest_until: datetime = Field(description="对方可在此前提出异议")


class ClaimView(Schema):
    id: UUID = Field(description="编号")
    kind: ClaimKind = Field(description="no_show 爽约(用工主体或系统提出)、turned_away 到场被拒(劳动者提出)")
    state: ClaimState = Field(
        description="proposed 待对方答复、contested 对方不认可、stands 成立、overturned 不成立、"
        "withdrawn 已收回"
    )
    by_system: bool = Field(description="由系统在无人签到时提出")
    made_at: datetime = Field(description="提出时间")
    text: str | None = Field(description="说明")
    answer_until: datetime = Field(description="对方可在此前答复,逾期视为成立")
    answered_at: datetime | None = Field(description="答复时间")
    answer: str | None = Field(description="答复内容")
    files: list[UUID] = Field(description="证据图片编号")


class AttendanceView(Schema):
    items: list[NoteView] = Field(description="考勤记录,按收到的先后")
    claims: list[ClaimView] = Field(description="爽约与到场被拒的说法及答复")


class Contest(Schema):
    text: Words = Field(description="异议内容", examples=["当天九点才到,不是八点"])


class Lateness(Schema):
    """When the worker will be there: an instant, or in how many minutes."""

    arrives_at: Moment | None = Field(None, description="预计到达时间")
    minutes: int | None = Field(None, ge=1, le=720, description="或多少分钟后到达")
    text: Words | None = Field(None, description="说明,用工主体可见")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.arrives_at is None) == (self.minutes is None):
            raise refusal(
                "arrival_missing",
                "arrives_at 与 minutes 填且只填一项",
                "Give arrives_at or minutes, one of them",
            )
        return self


class TurnedAwayGiven(Schema):
    text: Words = Field(description="经过", examples=["到门口说人够了,不让进"])
    place: WhereGiven | None = Field(None, description="此刻定位,可作证明;未同意使用位置的不使用")
    files: Files = Field([], description=_FILES)


class NoShowGiven(Schema):
    text: Words | None = Field(None, description="说明,劳动者可见")


class NoShowTakenBack(Schema):
    attended: bool | None = Field(
        None, description="班次已结束时必填:true 劳动者其实到岗(按约定时间记到岗离岗),false 未到但不追究"
    )


class ClaimAnswer(Schema):
    agrees: bool = Field(description="是否认可对方的说法;不认可的转工作人员处理")
    text: Words | None = Field(None, description="实际情况;不认可时必填")
    files: Files = Field([], description=_FILES)


class SiteCodeWanted(Schema):
    mode: CodeMode = Field(description="fixed 固定码可打印张贴;rotating 动态码在屏幕上每 30 秒更换")


class SiteCodeView(Schema):
    code: str = Field(description="签到码,分两组显示", examples=["7K2QD-M90XB"])
    mode: CodeMode = Field(description="固定码或动态码")
    made_at: datetime = Field(description="生成时间")
    valid_until: datetime | None = Field(description="动态码更换的时间;固定码为 null,直到重新生成")
