"""What the city sets, and what got stuck, as they come in and go out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Line, Schema

TradeCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Synonyms = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class WageGiven(Schema):
    hourly_fen: int = Field(ge=100, le=100_000, description="每小时至少几分", examples=[2450])
    source: Line = Field(description="依据的文件", examples=["晋人社厅发〔2026〕12号"])


class WageView(Schema):
    county_code: str = Field(description="县级区划代码")
    effective_from: date = Field(description="自此日起,到下一标准生效为止")
    hourly_fen: int = Field(description="每小时至少几分")
    source: str = Field(description="依据的文件")


class WageList(Schema):
    items: list[WageView] = Field(description="按区划,最新的在前")


class BelowView(Schema):
    station_id: UUID = Field(description="岗位所在的机构")
    jobs: int = Field(description="低于新标准的岗位数")


class WageSet(WageView):
    jobs_below: int = Field(description="招用中或待审核、其间有班次低于此标准的岗位数;所在机构会收到提醒")
    stations: list[BelowView] = Field(description="按机构")


class TradeDraft(Schema):
    code: TradeCode = Field(description="四位代码,前两位为类别;一经使用不再另用", examples=["9901"])
    name: Line = Field(description="名称", examples=["无人机操作员"])
    group: Line | None = Field(None, description="类别名称;已有的类别可不填", examples=["新职业"])
    hazardous: bool = Field(False, description="是否为未成年人禁忌劳动")
    certificate: Line | None = Field(None, description="依法须持的证书代码;不需要为 null")
    synonyms: Synonyms = Field("", description="搜索时的其他叫法,以空格分开", examples=["飞手 植保"])


class TradeChanges(Schema):
    """What is left out stays."""

    name: Line | None = Field(None, description="名称", examples=["无人机驾驶员"])
    hazardous: bool | None = Field(None, description="是否为未成年人禁忌劳动")
    certificate: Line | None = Field(None, description="依法须持的证书代码;null 为不再需要")
    synonyms: Synonyms | None = Field(None, description="搜索时的其他叫法,以空格分开")
    retired: bool | None = Field(None, description="停用:新岗位不能再选,已有的岗位不变")


class TradeCase(Schema):
    code: str = Field(description="工种代码")
    name: str = Field(description="名称")
    group: str = Field(description="类别")
    hazardous: bool = Field(description="是否为未成年人禁忌劳动")
    certificate: str | None = Field(description="依法须持的证书代码;不需要为 null")
    synonyms: str = Field(description="搜索时的其他叫法")
    retired: bool = Field(description="已停用")
    version: int = Field(description="改过几次,从 1 起;即 ETag")


class TradeCaseList(Schema):
    items: list[TradeCase] = Field(description="全部工种,按代码排列")


class Stuck(StrEnum):
    """How promised work is stuck."""

    FAILED = "failed"
    RETRYING = "retrying"
    WAITING = "waiting"


class WorkView(Schema):
    id: int = Field(description="编号")
    task: str = Field(description="做什么")
    arguments: dict[str, Any] = Field(description="参数,只有编号")
    state: Stuck = Field(description="failed 已放弃、retrying 失败过,等待再试、waiting 到时五分钟仍未做")
    attempts: int = Field(description="试过几次")
    since: datetime | None = Field(description="何时承诺")
    next_try_at: datetime | None = Field(description="何时再试")
    failed_at: datetime | None = Field(description="最近一次失败的时间")
    error: str | None = Field(description="最近一次失败的类别和代码位置,不含个人信息")


class WorkPage(Schema):
    items: list[WorkView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class WorkCount(Schema):
    task: str = Field(description="做什么")
    state: Stuck = Field(description="卡在哪里")
    jobs: int = Field(description="几项")


class WorkCounts(Schema):
    items: list[WorkCount] = Field(description="最多的在前")


class RetryOfMany(Schema):
    task: Line = Field(description="重试此类的全部,一次至多一千项", examples=["sms.send"])


class Retried(Schema):
    retried: int = Field(description="几项将重试")


class UnsentMessage(Schema):
    id: UUID = Field(description="短信编号")
    template: str = Field(description="模板")
    phone: str = Field(description="号码,部分隐去")
    created_at: datetime = Field(description="何时写成;七天后删除")
    failure: str | None = Field(description="服务商的拒绝代码;已重试的为 null")


class UnsentPage(Schema):
    items: list[UnsentMessage] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
