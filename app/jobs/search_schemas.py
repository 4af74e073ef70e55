"""What a search can ask for, and what it answers with."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from app.core.problems import Fault, Invalid
from app.core.types import Moment, Schema
from app.employers.schemas import EmployerCard
from app.geo.places import Lat, Lng, PlaceShown
from app.geo.points import Datum, Wgs84, to_wgs84
from app.jobs.models import Hiring, PaySettlement
from app.jobs.schemas import Pay
from app.jobs.words import query

FURTHEST_M = 200_000
_CHINA = (73, 136, 3, 54)  # west, east, south, north; degrees


class Sort(StrEnum):
    DISTANCE = "distance"
    NEWEST = "newest"
    PAY = "pay"
    STARTS = "starts"


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


class Filters(Schema):
    """Which jobs; each filter that is given narrows the search."""

    lng: Lng | None = Field(None, description="所在位置经度,度;与 lat、datum 同填", examples=[111.519])
    lat: Lat | None = Field(None, description="所在位置纬度,度", examples=[36.0889])
    datum: Datum | None = Field(
        None,
        description="坐标系:有 lng、lat 时必填,说明所给坐标,应答亦用之;否则只决定应答的坐标系,默认 gcj02",
        examples=["gcj02"],
    )
    within_m: int | None = Field(
        None, ge=1, le=FURTHEST_M, description="只找此距离以内的,米;须有位置", examples=[5000]
    )
    q: Annotated[
        Annotated[str, StringConstraints(max_length=100)] | None, BeforeValidator(_blank_is_none)
    ] = Field(None, description="关键词,空格分开须同时出现;空白等于不填", examples=["搬运"])
    trade: str | None = Field(
        None,
        pattern=r"^[0-9]{2}([0-9]{2})?$",
        description="工种代码,见 /v1/trades;前两位为类别,可只填两位",
        examples=["0501"],
    )
    division: str | None = Field(
        None,
        pattern=r"^[0-9]{4}([0-9]{2}([0-9]{3})?)?$",
        description="区划代码,含其下级,见 /v1/divisions",
        examples=["141002"],
    )
    min_hourly_fen: int | None = Field(
        None, ge=0, le=100_000_000, description="折合每小时报酬不低于,分", examples=[2000]
    )
    starts_from: Moment | None = Field(
        None, description="有空缺的班次在此时或其后开始(按分钟比较)", examples=["2026-12-01T00:00:00+08:00"]
    )
    starts_until: Moment | None = Field(
        None, description="有空缺的班次在此时之前开始(按分钟比较)", examples=["2026-12-02T00:00:00+08:00"]
    )
    hiring: Hiring | None = Field(
        None, description="instant 抢单即录用,review 审核录用", examples=["instant"]
    )

    @property
    def point(self) -> Wgs84 | None:
        """Where the caller is."""
        if self.lng is None or self.lat is None or self.datum is None:
            return None
        return to_wgs84(self.lng, self.lat, self.datum)

    @property
    def shown_in(self) -> Datum:
        return self.datum or Datum.gcj02

    def faults(self) -> list[Fault]:
        """Say what does not fit together."""
        found = []
        if self.lng is None and self.lat is not None:
            found.append(_REQUIRED("/lng"))
        if self.lat is None and self.lng is not None:
            found.append(_REQUIRED("/lat"))
        if self.datum is None and (self.lng is not None or self.lat is not None):
            found.append(_REQUIRED("/datum"))
        if self.lng is not None and self.lat is not None and not in_china(self.lng, self.lat):
            found.append(
                fault("/lng", "place_outside_china", "位置应在中国境内", "The place should be in China")
            )
        if self.within_m is not None and self.lng is None and self.lat is None:
            found.append(_PLACE_REQUIRED("/within_m"))
        if self.starts_from and self.starts_until and self.starts_until <= self.starts_from:
            found.append(
                fault(
                    "/starts_until",
                    "ends_before_it_starts",
                    "应晚于 starts_from",
                    "Should be after starts_from",
                )
            )
        if self.q is not None and not query(self.q).lexemes:
            found.append(
                fault("/q", "q_without_words", "关键词应含文字或数字", "It should hold a letter or a digit")
            )
        return found

    def must_fit(self) -> None:
        """Refuse what does not fit together, each with its pointer."""
        faults = self.faults()
        if faults:
            raise Invalid(faults=faults)


def in_china(lng: float, lat: float) -> bool:
    """Tell by a rectangle around it."""
    west, east, south, north = _CHINA
    return west <= lng <= east and south <= lat <= north


def fault(pointer: str, code: str, zh: str, en: str) -> Fault:
    """Return what is wrong with one parameter of the query."""
    return Fault(pointer, code, zh, en, "query")


def _REQUIRED(pointer: str) -> Fault:  # noqa: N802
    return fault(pointer, "missing", "位置须同时填 lng、lat 与 datum", "A place takes lng, lat and datum")


def _PLACE_REQUIRED(pointer: str) -> Fault:  # noqa: N802
    return fault(
        pointer, "place_required", "须填位置 lng、lat 与 datum", "This takes a place: lng, lat and datum"
    )


class SearchQuery(Filters):
    """A page of a search."""

    sort: Sort | None = Field(
        None,
        description="distance 由近及远,newest 最新发布,pay 报酬从高到低,starts 最早开工;"
        "默认:有位置时 distance,否则 newest",
        examples=["distance"],
    )
    limit: int = Field(20, ge=1, le=100, description="每页条数", examples=[20])
    cursor: str | None = Field(
        None,
        max_length=1000,
        pattern=r"^[A-Za-z0-9_\-]+$",
        description="上一页给出的游标,第一页不填;其他条件须与上一页相同",
    )

    @property
    def sorted_by(self) -> Sort:
        return self.sort or (Sort.NEWEST if self.lng is None else Sort.DISTANCE)

    def faults(self) -> list[Fault]:
        found = super().faults()
        if self.sort is Sort.DISTANCE and self.lng is None and self.lat is None:
            found.append(_PLACE_REQUIRED("/sort"))
        return found


class NextShift(Schema):
    id: UUID = Field(description="班次编号")
    starts_at: datetime = Field(description="开始时间")
    ends_at: datetime = Field(description="结束时间")
    headcount: int = Field(description="用工人数")
    hired: int = Field(description="已录用人数")


class JobCard(Schema):
    id: UUID = Field(description="岗位编号")
    title: str = Field(description="标题")
    trade: str = Field(description="工种代码")
    trade_name: str = Field(description="工种名称")
    pay: Pay = Field(description="报酬")
    hourly_fen: int = Field(description="折合每小时报酬,分")
    hiring: Hiring = Field(description="录用方式")
    pay_settlement: PaySettlement = Field(description="结算方式")
    employer: EmployerCard = Field(description="用工主体")
    next_shift: NextShift = Field(description="最近一个有空缺的班次")
    places_left: int = Field(description="尚缺人数,各班次合计")
    published_at: datetime = Field(description="发布时间")
    source: str = Field(description="来源:city 为本市发布,province 为省级平台下发")
    source_name: str = Field(description="来源名称,供展示:本市、省平台")
    place: PlaceShown = Field(description="工作地点")


class Found(Schema):
    job: JobCard = Field(description="岗位")
    distance_m: int | None = Field(description="距所给位置的直线距离(椭球面),米;未给位置为 null")


class SearchPage(Schema):
    items: list[Found] = Field(description="按所选次序")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class CodeCount(Schema):
    code: str = Field(description="工种代码或区划代码")
    name: str = Field(description="名称")
    jobs: int = Field(description="岗位数")


class DayCount(Schema):
    day: date = Field(description="日期,北京时间")
    jobs: int = Field(description="当日有空缺班次开始的岗位数")


class Facets(Schema):
    jobs: int = Field(description="符合条件的岗位总数")
    trades: list[CodeCount] = Field(description="按工种,多者在前")
    counties: list[CodeCount] = Field(description="按县(市、区),多者在前")
    days: list[DayCount] = Field(description="按开工日期,自今日起六十日内;一岗多日则各日都计")
