"""The statistics that go up."""

from datetime import date

from pydantic import Field

from app.core.types import Schema
from app.statistics.figures import Figure, Rate
from app.workers.models import KeyGroup


class People(Schema):
    active_workers: int = Field(description="活跃劳动者:报名、录用或当日有班次,全期内不重复计人")
    active_employers: int = Field(description="活跃用工主体:发布或录用,全期内不重复计")
    placed_people: int = Field(description="工时已确认的劳动者,全期内不重复计人")


class Market(Schema):
    """Seekers, vacancies and placements: the quarterly table of supply and demand."""

    seekers: int = Field(description="求职人数:活跃劳动者,不重复计人")
    vacancies: int = Field(description="招聘人数:按上工之日的班次人数")
    placements: int = Field(description="成交人次:工时已确认的用工")
    vacancies_per_seeker: float | None = Field(description="求人倍率:招聘人数与求职人数之比;无人求职为 null")


class Totals(Schema):
    """What a division has in the period."""

    figures: dict[Figure, int] = Field(
        description="各项指标,以代码为键;名称、单位、口径见文档。流量为零也列出;"
        "存量(open_jobs 等)取期内最后一次测量,未测量过的不列"
    )
    rates: dict[Rate, float] = Field(description="由合计数算出的比率与平均数;分母为零的不列出")
    people: People = Field(description="人数,不能由各期、各地相加")
    market: Market = Field(description="供求")


class DivisionTotals(Totals):
    division: str = Field(description="下一级区划代码;1410 为未定位到县的", examples=["141002"])
    name: str = Field(description="名称")


class TradeMarket(Schema):
    trade: str = Field(description="工种代码;空为不分工种")
    name: str = Field(description="工种名称")
    applications: int = Field(description="报名次数")
    vacancies: int = Field(description="招聘人数")
    placements: int = Field(description="成交人次")


class KeyGroupTotals(Schema):
    key_group: KeyGroup = Field(description="重点群体")
    name: str = Field(description="名称")
    workers_registered: int | None = Field(description="新实名登记人数;1 至 4 人为 null")
    placements: int | None = Field(description="成交人次;1 至 4 人次为 null")


class Fairs(Schema):
    held: int = Field(description="直播带岗、招聘会场数")
    viewers: int = Field(description="观看人次")
    reservations: int = Field(description="预约人次")
    applications: int = Field(description="报名次数")
    hires: int = Field(description="录用次数")


class FiguresView(Totals):
    period: str = Field(description="所问时段", examples=["2026-Q4"])
    first_day: date = Field(description="起始日,含(北京时间)")
    last_day: date = Field(description="截止日,含")
    complete: bool = Field(description="时段是否已经过完;未过完的数字还会变")
    division: str = Field(description="区划代码", examples=["1410"])
    name: str = Field(description="区划名称")
    fairs: Fairs = Field(description="直播带岗、招聘会,按举办区划")
    by_division: list[DivisionTotals] = Field(description="下一级区划,有数的才列;乡镇为空")
    by_trade: list[TradeMarket] = Field(description="分工种供求,有数的才列")
    by_key_group: list[KeyGroupTotals] | None = Field(
        description="重点群体,可重叠,不能相加;按日、乡镇不提供,为 null"
    )
