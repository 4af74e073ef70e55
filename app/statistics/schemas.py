"""What the statistics answer and take."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.core.types import Schema
from app.statistics.figures import Figure, Rate
from app.statistics.models import WarningKind
from app.statistics.target_kinds import TargetKind

MOST_FEN = 1_000_000_000_000
DivisionCode = Annotated[
    str, Field(pattern=r"^1410([0-9]{2}([0-9]{3})?)?$", description="区划代码", examples=["141002"])
]
CountyCode = Annotated[
    str, Field(pattern=r"^1410([0-9]{2})?$", description="市或县(市、区)代码", examples=["1410"])
]


class FigureRow(Schema):
    key: str = Field(description="日期、月份、区划、工种或重点群体的代码;合计为空")
    name: str = Field(description="名称")
    figures: dict[Figure, int] = Field(
        description="各项指标,单位见 /admin/v1/statistics/figures;为零的不列出。存量指标取期末最后一次测量"
    )
    rates: dict[Rate, float] = Field(description="由合计数算出的比率与平均数;分母为零的不列出")
    active_workers: int | None = Field(
        description="活跃劳动者(报名、录用或当日有班次),全期内不重复计人;按工种或群体时为 null"
    )
    active_employers: int | None = Field(description="活跃用工主体(发布或录用),不重复计")
    placed_people: int | None = Field(description="工时已确认的劳动者,不重复计人")


class StatisticsView(Schema):
    first_day: date = Field(description="起始日,含")
    last_day: date = Field(description="截止日,含")
    division: str = Field(description="所查区划代码")
    items: list[FigureRow] = Field(description="按 by 所列的各行;未填 by 时只有合计一行")


class FigureView(Schema):
    figure: Figure = Field(description="指标代码")
    name: str = Field(description="名称")
    unit: str = Field(description="单位")
    day: str = Field(description="计入哪一天")
    counted: str = Field(description="口径:取自哪一列、如何计")


class FigureList(Schema):
    items: list[FigureView] = Field(description="全部指标")


class Cell(Schema):
    """A figure that the public sees."""

    figure: Figure = Field(description="指标代码")
    name: str = Field(description="名称")
    value: int | None = Field(description="数值;为 null 表示未公布")
    suppressed: bool = Field(description="数值过小或可据以推算出过小的数值,不予公布")


class PublicCounty(Schema):
    division: str = Field(description="县(市、区)代码")
    name: str = Field(description="名称")
    figures: list[Cell] = Field(description="各项指标")


class PublicMonth(Schema):
    month: str = Field(description="月份", examples=["2026-10"])
    city: list[Cell] = Field(description="全市")
    counties: list[PublicCounty] = Field(description="各县(市、区)")


class PublicFairs(Schema):
    """What the list of fairs tells everybody anyhow: nothing in it is too small to be said."""

    held_last_30_days: int = Field(description="截至昨日的三十天举办的场数")
    held_this_year: int = Field(description="本年举办的场数,至昨日")
    ahead: int = Field(description="已公布、尚未开始的场数")


class PublicStatistics(Schema):
    made_at: datetime | None = Field(description="汇总时间;尚未汇总时为 null")
    last_30_days: list[Cell] = Field(description="截至昨日的三十天,全市")
    months: list[PublicMonth] = Field(description="最近十二个整月,新的在前")
    fairs: PublicFairs | None = Field(None, description="直播带岗、招聘会;尚未汇总时为 null")


class Target(Schema):
    kind: TargetKind = Field(description="目标项目", examples=["hard_to_employ_placed"])
    division: CountyCode = Field("1410", description="市或县(市、区)代码;全市为 1410", examples=["1410"])
    value: int = Field(ge=0, le=100_000_000, description="年度目标,人、人次或场", examples=[3200])


class TargetsGiven(Schema):
    targets: list[Target] = Field(
        max_length=200,
        description="该年全部目标,整套替换",
        examples=[[{"kind": "disabled_placed", "division": "1410", "value": 1000}]],
    )

    @model_validator(mode="after")
    def _each_once(self) -> "TargetsGiven":
        if len({(one.kind, one.division) for one in self.targets}) < len(self.targets):
            raise ValueError("同一项目、同一区划只能有一个目标")
        return self


class TargetView(Schema):
    kind: TargetKind = Field(description="目标项目")
    name: str = Field(description="项目名称")
    division: str = Field(description="市或县(市、区)代码")
    value: int | None = Field(description="年度目标;未设定为 null")
    contributed: int | None = Field(
        description="本市场的贡献:该年经本平台上工并确认工时的人数,不重复计人;招聘会为举办的场数。"
        "只是目标完成数的一部分,不等于完成数;本平台无从统计的为 null"
    )


class TargetYearView(Schema):
    year: int = Field(description="年度")
    note: str = Field(description="口径说明")
    items: list[TargetView] = Field(description="全市各项在前,随后为设有目标的县(市、区)")


class Limits(Schema):
    """From when on a county is warned."""

    unfilled_places: int = Field(
        20, ge=1, le=1_000_000, description="三日内开工仍缺人数达到此数", examples=[20]
    )
    unfilled_rise_percent: int = Field(
        50, ge=0, le=10_000, description="且比七天前增加至少百分之几", examples=[50]
    )
    overdue_count: int = Field(5, ge=1, le=1_000_000, description="在案逾期工资笔数达到此数,或", examples=[5])
    overdue_fen: int = Field(
        2_000_000, ge=1, le=MOST_FEN, description="在案逾期工资达到此数(分)", examples=[2_000_000]
    )
    cancellations: int = Field(
        10, ge=1, le=1_000_000, description="同一用工主体七天内取消的人次达到此数", examples=[10]
    )
    disputes: int = Field(5, ge=1, le=1_000_000, description="七天内新争议件数达到此数", examples=[5])
    disputes_rise_percent: int = Field(
        100, ge=0, le=10_000, description="且比前七天增加至少百分之几", examples=[100]
    )


class ThresholdView(Schema):
    division: str = Field(description="县(市、区)代码;1410 为全市默认")
    name: str = Field(description="名称")
    own: bool = Field(description="是否本县自行设定;否则沿用全市默认")
    version: int = Field(description="版本,修改时可在 If-Match 中给出;未设定为 0")
    limits: Limits = Field(description="现行阈值")


class ThresholdList(Schema):
    items: list[ThresholdView] = Field(description="所及的市、县(市、区)")


class WarningView(Schema):
    id: UUID = Field(description="预警编号")
    county: str = Field(description="县(市、区)代码")
    kind: WarningKind = Field(description="预警种类")
    title: str = Field(description="预警名称")
    day: date = Field(description="预警日期")
    value: int = Field(description="当前数值;工资逾期按金额触发时以分计")
    threshold: int = Field(description="所超过的阈值")
    details: dict[str, int | list[str]] = Field(description="有关数值;取消较多的用工主体编号")
    raised_at: datetime = Field(description="发出时间")


class WarningPage(Schema):
    items: list[WarningView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
