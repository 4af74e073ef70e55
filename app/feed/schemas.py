"""What the province is handed: a page of changes, and the data of each type."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.types import Schema
from app.employers.models import EmployerKind
from app.engagements.models import ChoiceState, EngagementState
from app.fairs.models import FairMode, FairState, Organiser
from app.feed.models import ChangeKind, Reason
from app.geo.places import Lat, Lng
from app.jobs.models import Hiring, InsuranceBy, PaySettlement, Per
from app.pay.models import PayState
from app.stations.models import Service, StationKind
from app.stations.schemas import Hours
from app.workers.models import KeyGroup


class _Grouped(Schema):
    division: str = Field(description="行政区划代码:市四位、县六位、乡镇九位", examples=["141002001"])
    day: date = Field(description="归入哪一天(北京时间):发布、核验、约定、开始或开设之日;供核对分组")


class PlaceData(Schema):
    lng: Lng
    lat: Lat
    datum: Literal["wgs84"] = Field(description="坐标系,固定为 wgs84")
    address: str | None = Field(description="详细地址")


class PayData(Schema):
    amount_fen: int = Field(description="金额,分")
    per: Per = Field(description="计价单位:小时、天、件、一单")


class RequirementsData(Schema):
    certificates: list[str] = Field(description="用工主体要求的证书代码;工种法定的证书不在此列")
    text: str | None = Field(description="其他要求")


class InsuranceData(Schema):
    provided_by: InsuranceBy = Field(description="保险由谁提供")


class ShiftData(Schema):
    id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="开始时间,UTC")
    ends_at: datetime = Field(description="结束时间,UTC")
    headcount: int = Field(description="招用人数")
    hired: int = Field(description="已录用人数")


class JobData(_Grouped):
    title: str = Field(description="标题")
    trade: str = Field(description="工种代码,四位")
    description: str = Field(description="工作内容")
    place: PlaceData = Field(description="工作地点")
    pay: PayData = Field(description="报酬")
    expected_minutes: int | None = Field(description="计件、计单时每件、每单的预计分钟数")
    pay_settlement: PaySettlement = Field(description="结算方式")
    hiring: Hiring = Field(description="instant 即报即录;review 用工主体确认")
    requirements: RequirementsData = Field(description="要求")
    insurance: InsuranceData = Field(description="保险")
    employer_id: UUID = Field(description="用工主体编号")
    station_id: UUID | None = Field(description="负责的就业服务机构编号")
    shifts: list[ShiftData] = Field(description="班次,按开始时间")
    valid_until: datetime = Field(description="有效期至,UTC")
    published_at: datetime = Field(description="发布时间,UTC")


class EmployerData(_Grouped):
    kind: EmployerKind = Field(description="企业、个体工商户或个人雇主")
    name: str = Field(description="名称;个人雇主不给姓名,一律为“个人雇主”")
    uscc: str | None = Field(description="统一社会信用代码;个人雇主为空")
    place: PlaceData | None = Field(description="地址;个人雇主为空")
    station_id: UUID = Field(description="负责的就业服务机构编号")
    verified_at: datetime = Field(description="核验时间,UTC")
    verified_until: datetime = Field(description="核验有效期至,UTC")


class PersonData(Schema):
    id: UUID = Field(description="劳动者编号")
    name_masked: str | None = Field(description="姓名,部分隐去;未实名为空", examples=["李**"])
    key_groups: list[KeyGroup] = Field(description="本人申报的重点群体")


class EngagementData(_Grouped):
    job_id: UUID = Field(description="岗位编号")
    shift_id: UUID = Field(description="班次编号")
    employer_id: UUID = Field(description="用工主体编号")
    station_id: UUID = Field(description="负责的就业服务机构编号")
    state: EngagementState = Field(description="状态;取消的用工即行移出")
    starts_at: datetime = Field(description="开始时间,UTC")
    ends_at: datetime = Field(description="结束时间,UTC")
    minutes: int | None = Field(description="确认的工作分钟数")
    pieces: int | None = Field(description="确认的件数")
    agreed_at: datetime = Field(description="约定时间,UTC")
    confirmed_at: datetime | None = Field(description="工时确认时间,UTC")
    pay_state: PayState | None = Field(description="工资支付状态;尚无应付工资为空")
    worker: PersonData | None = Field(description="劳动者;未同意向省平台提供则为空")


class AskedShiftData(Schema):
    id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="开始时间,UTC")
    ends_at: datetime = Field(description="结束时间,UTC")
    state: ChoiceState = Field(
        description="pending 待省平台答复、accepted 已录用、waitlisted 候补、declined 未录用、"
        "withdrawn 已退出或取消、refused 不符合、expired 已过期"
    )
    engagement_state: EngagementState | None = Field(description="录用之后的用工状态;未录用为空")


class ApplicationData(_Grouped):
    job_id: UUID = Field(description="本市展示该岗位的编号")
    source_id: str = Field(description="省平台的岗位编号")
    asked_at: datetime = Field(description="报名时间,UTC")
    shifts: list[AskedShiftData] = Field(description="所报班次,按开始时间")
    worker: PersonData = Field(description="报名者;撤回同意即整条移出")


class FairJobData(Schema):
    job_id: UUID = Field(description="岗位编号;岗位可能已移出")
    planned_at: datetime | None = Field(description="计划讲解时间,UTC")


class BoothData(Schema):
    id: UUID = Field(description="展位编号")
    employer_id: UUID = Field(description="用工主体编号;用工主体可能已移出")
    order: int = Field(description="次序")
    starts_at: datetime = Field(description="开始时间,UTC")
    ends_at: datetime = Field(description="结束时间,UTC")
    jobs: list[FairJobData] = Field(description="岗位,按讲解次序")


class FairData(_Grouped):
    title: str = Field(description="名称")
    text: str | None = Field(description="介绍")
    mode: FairMode = Field(description="线上、现场或两者")
    state: FairState = Field(description="状态;取消即行移出")
    starts_at: datetime = Field(description="开始时间,UTC")
    ends_at: datetime = Field(description="结束时间,UTC")
    station_id: UUID = Field(description="主办的就业服务机构编号")
    key_group: KeyGroup | None = Field(description="面向的重点群体")
    trade: str | None = Field(description="面向的工种代码")
    venue: str | None = Field(description="现场地址")
    organiser: Organiser = Field(description="公共机构或人力资源服务机构")
    agency_name: str | None = Field(description="人力资源服务机构名称")
    licence_no: str | None = Field(description="人力资源服务许可证编号")
    booths: list[BoothData] = Field(description="展位,按次序")


class StationData(_Grouped):
    kind: StationKind = Field(description="市中心、县机构、开发区、乡镇站或零工市场")
    name: str = Field(description="名称")
    parent_id: UUID | None = Field(description="上级机构编号")
    phone: str | None = Field(description="电话")
    place: PlaceData | None = Field(description="位置")
    address: str | None = Field(description="地址")
    opening_hours: str | None = Field(description="开放时间,文字")
    hours: list[Hours] = Field(description="开放时间,按星期")
    services: list[Service] = Field(description="办理事项")
    opened_at: datetime = Field(description="开设时间,UTC")


class _Change(Schema):
    cursor: str = Field(description="从此之后继续的游标", examples=["1f-9a3c5e7b1d2f"])
    id: UUID = Field(description="编号")
    change: ChangeKind = Field(description="新增、修改或移出")
    at: datetime = Field(description="发生时间,UTC")
    version: int = Field(description="data 的版本;较大者较新,小于已有版本的应忽略")
    reason: Reason | None = Field(
        description="移出的原因;为空而 change 为 removed 的,是其后又有变更,原因见后"
    )


class JobChange(_Change):
    type: Literal["job"] = Field(description="类型")
    data: JobData | None = Field(description="岗位当前的内容;移出则为空")


class EmployerChange(_Change):
    type: Literal["employer"] = Field(description="类型")
    data: EmployerData | None = Field(description="用工主体当前的内容;移出则为空")


class EngagementChange(_Change):
    type: Literal["engagement"] = Field(description="类型")
    data: EngagementData | None = Field(description="用工当前的内容;移出则为空")


class ApplicationChange(_Change):
    type: Literal["application"] = Field(description="类型")
    data: ApplicationData | None = Field(description="对省平台岗位的报名的现状;移出则为空")


class FairChange(_Change):
    type: Literal["fair"] = Field(description="类型")
    data: FairData | None = Field(description="招聘活动当前的内容;移出则为空")


class StationChange(_Change):
    type: Literal["station"] = Field(description="类型")
    data: StationData | None = Field(description="就业服务机构当前的内容;移出则为空")


Change = Annotated[
    JobChange | EmployerChange | EngagementChange | ApplicationChange | FairChange | StationChange,
    Field(discriminator="type"),
]


class ChangesPage(Schema):
    """A page of the feed."""

    items: list[Change] = Field(description="变更,按提交次序")
    next_cursor: str = Field(description="下一次从此继续;总是给出")
    has_more: bool = Field(description="是否立即还有;为否则稍后再查")
