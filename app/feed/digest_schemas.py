"""Digests and comparisons as they are asked for and answered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Schema, refusal
from app.feed.models import Kind
from app.feed.positions import PATTERN

MOST_GROUPS = 50_000
ROWS = 10_000
DIVISION = r"^[0-9]{4}([0-9]{2})?$"
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_AN_EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class DigestGroup(Schema):
    """A county of a type, or a day of a county."""

    division: str = Field(description="县级区划代码;不在任何县的为市代码", examples=["141002"])
    day: date | None = Field(description="日期(北京时间);按县列出时为空")
    count: int = Field(description="条数")
    hash: str = Field(description="散列值,十六进制")


class DigestRow(Schema):
    id: UUID = Field(description="编号")
    hash: str = Field(description="data 规范形式的 SHA-256,十六进制")
    version: int = Field(description="data 的版本")


class DigestView(Schema):
    """A node of the tree."""

    type: Kind = Field(description="类型")
    division: str | None = Field(description="所求的区划;为空即整个类型")
    day: date | None = Field(description="所求的日期")
    cursor: str = Field(description="此摘要是变更读到这里时的内容")
    count: int = Field(description="条数")
    hash: str = Field(description="散列值,十六进制")
    groups: list[DigestGroup] = Field(description="下一级:各县,或该县的各日")
    rows: list[DigestRow] | None = Field(description="该县该日的各条,按编号;其他情形为空")
    next_after: UUID | None = Field(description="还有更多条时,以此为 after 再查")


class GroupClaimed(Schema):
    """A county's day as the province has it."""

    division: Annotated[str, StringConstraints(pattern=DIVISION)] = Field(
        description="县级区划代码;不在任何县的为市代码", examples=["141002"]
    )
    day: date = Field(description="日期(北京时间)", examples=["2026-11-23"])
    count: int = Field(ge=0, le=2**31 - 1, description="条数", examples=[1])
    hash: Hash = Field(description="散列值,十六进制", examples=[_AN_EMPTY_HASH])


class CopyClaimed(Schema):
    """All the days of one type, as the province has them."""

    type: Kind = Field(description="类型", examples=["job"])
    cursor: str = Field(
        pattern=PATTERN, description="这一份读变更读到的游标", examples=["0-000000000000"], max_length=40
    )
    groups: list[GroupClaimed] = Field(
        max_length=MOST_GROUPS, description="各县各日;没有记录的不列", examples=[[]]
    )

    @model_validator(mode="after")
    def _each_once(self) -> "CopyClaimed":
        if len({(one.division, one.day) for one in self.groups}) < len(self.groups):
            raise refusal("group_twice", "同一县同一日列了两次", "A day of a county is there twice")
        return self


class GroupDiffering(Schema):
    """A day that is not the same on both sides."""

    division: str = Field(description="县级区划代码;不在任何县的为市代码")
    day: date = Field(description="日期(北京时间)")
    count: int = Field(description="市平台的条数")
    hash: str = Field(description="市平台的散列值")
    claimed_count: int = Field(description="省平台的条数")
    claimed_hash: str = Field(description="省平台的散列值")


class ComparisonView(Schema):
    """What a comparison came to."""

    type: Kind = Field(description="类型")
    cursor: str = Field(description="市平台现在的游标")
    compared: int = Field(description="比较的组数,任一方有的都算")
    differing: int = Field(description="不同的组数")
    moving: int = Field(description="在所给游标之后变过、因而未判定的组数;接着读变更后再比")
    groups: list[GroupDiffering] = Field(description="不同的组,至多一千个")


class GroupStill(GroupDiffering):
    differs_still: bool = Field(description="与市平台现在的内容是否仍不同")


class DifferenceView(Schema):
    """A client's last comparison of a type."""

    client_id: str = Field(description="省平台客户端")
    type: Kind = Field(description="类型")
    at: datetime = Field(description="比较的时间")
    behind: int = Field(description="比较时省平台还未读的变更数")
    compared: int = Field(description="比较的组数")
    differing: int = Field(description="不同的组数")
    moving: int = Field(description="正在变化、未判定的组数")
    groups: list[GroupStill] = Field(description="不同的组,至多二百个")


class DifferenceList(Schema):
    items: list[DifferenceView] = Field(description="各客户端各类型最近一次比较")


class RecordCount(Schema):
    type: Kind = Field(description="类型")
    count: int = Field(description="条数")


class ExchangeView(Schema):
    """How the exchange stands."""

    cursor: str = Field(description="最新变更的游标")
    changes: int = Field(description="保留着的变更数")
    oldest_change_at: datetime | None = Field(description="保留着的最早一条变更的发布时间")
    newest_change_at: datetime | None = Field(description="最新一条变更的发布时间")
    waiting: int = Field(description="有过改动、还未查看的数量(至多数到十万)")
    lag_s: float = Field(description="其中最早一条已等了多少秒")
    records: list[RecordCount] = Field(description="省平台应有的条数,按类型")
    comparisons: int = Field(description="各客户端各类型最近一次比较的数量")
    differing: int = Field(description="其中不同的组数")
