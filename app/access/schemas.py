"""Staff sign-in and the ledger as the stations see them."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from app.audit.chain import Why
from app.audit.models import ActorKind
from app.audit.verifying import Verified
from app.core.types import Schema
from app.stations.models import Role


class StaffSignIn(Schema):
    username: str = Field(min_length=1, max_length=50, description="用户名", examples=["reviewer-1410"])
    password: str = Field(min_length=1, max_length=200, description="密码", examples=["一句自己记得住的长话"])
    totp: str = Field(pattern=r"^[0-9]{6}$", description="动态码,六位数字,一码一用", examples=["123456"])


class PasswordChange(Schema):
    old: str = Field(min_length=1, max_length=200, description="原密码或临时密码", examples=["原来的那句话"])
    new: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00]+$",
        description="新密码,至少 12 个字符,不含用户名,不用常见密码",
        examples=["清晨六点大厅里排着队"],
    )


class StaffView(Schema):
    id: UUID = Field(description="工作人员编号")
    name: str = Field(description="姓名")
    role: Role = Field(description="角色")
    division: str = Field(description="所及区划代码:本级及以下")
    station_id: UUID = Field(description="所在机构")


class StaffSignedInView(Schema):
    access_token: str = Field(description="访问令牌,放在 Authorization: Bearer 中")
    expires_in_s: int = Field(description="最长有效秒数;闲置 30 分钟即失效")
    must_change_password: bool = Field(description="是否须先修改密码,改好之前其他操作一律拒绝")
    staff: StaffView = Field(description="本人")


class LedgerEntry(Schema):
    id: UUID = Field(description="记录编号")
    at: datetime = Field(description="时间")
    actor_kind: ActorKind = Field(description="行为人类别")
    actor_id: UUID | None = Field(description="行为人编号")
    actor_name: str | None = Field(description="行为人")
    action: str = Field(description="行为", examples=["employer.verify"])
    object_kind: str = Field(description="对象类别")
    object_id: UUID | None = Field(description="对象编号")
    division: str = Field(description="对象所属区划")
    before: dict[str, Any] | None = Field(description="之前")
    after: dict[str, Any] | None = Field(description="之后")
    reason: str | None = Field(description="理由")
    address: str | None = Field(description="网络地址")


class LedgerPage(Schema):
    items: list[LedgerEntry] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class LedgerBroken(Schema):
    why: Why = Field(
        description=(
            "altered 内容被改、missing 缺失、swapped 互换、inserted 混入、cut_off 尾部被截、"
            "seal_broken 与封存不符、seal_missing 应封存而未封存"
        )
    )
    number: int | None = Field(description="序号;不在链条中的记录为 null")
    entry_id: UUID | None = Field(description="记录编号;已不存在的为 null")
    day: date | None = Field(description="记入链条之日")


class LedgerVerified(Schema):
    intact: bool = Field(description="所核验的部分完好")
    checked: int = Field(description="核验了几条")
    until_number: int = Field(description="核验到的序号")
    until_hash: str = Field(description="该序号的摘要;连同序号另行记下,日后可核对")
    complete: bool = Field(description="所问的部分已核验完;否则以 until_number 作 after 接着核验")
    first_broken: LedgerBroken | None = Field(description="最先断开之处")
    sealed_late: list[date] = Field(description="过了一小时才封存的日子,应有停机等缘由")

    @classmethod
    def of(cls, found: Verified) -> Self:
        broken = found.first_broken
        return cls(
            intact=broken is None,
            checked=found.checked,
            until_number=found.until_number,
            until_hash=found.until_hash.hex(),
            complete=found.complete,
            first_broken=LedgerBroken(**broken._asdict()) if broken else None,
            sealed_late=list(found.sealed_late),
        )
