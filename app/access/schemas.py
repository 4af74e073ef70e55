"""Staff sign-in and the ledger as the stations see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.audit.models import ActorKind
from app.core.types import Schema
from app.stations.models import Role


class StaffSignIn(Schema):
    username: str = Field(min_length=1, max_length=50, description="用户名", examples=["reviewer-1410"])
    password: str = Field(min_length=1, max_length=200, description="密码", examples=["一句自己记得住的长话"])
    totp: str = Field(pattern=r"^[0-9]{6}$", description="动态码,六位数字,一码一用", examples=["123456"])


class StaffView(Schema):
    id: UUID = Field(description="工作人员编号")
    name: str = Field(description="姓名")
    role: Role = Field(description="角色")
    division: str = Field(description="所及区划代码:本级及以下")
    station_id: UUID = Field(description="所在机构")


class StaffSignedInView(Schema):
    access_token: str = Field(description="访问令牌,放在 Authorization: Bearer 中")
    expires_in_s: int = Field(description="最长有效秒数;闲置 30 分钟即失效")
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
