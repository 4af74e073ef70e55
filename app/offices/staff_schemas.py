"""Staff as their managers see them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Line, Schema, Text
from app.stations.models import Role

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._\-]{2,49}$")]


class StaffMember(Schema):
    id: UUID = Field(description="工作人员编号")
    username: str = Field(description="用户名")
    name: str = Field(description="姓名")
    role: Role = Field(description="角色")
    station_id: UUID = Field(description="所在机构")
    station_name: str = Field(description="所在机构名称")
    division: str = Field(description="所及区划代码")
    locked_until: datetime | None = Field(description="因连续失败锁定至;未锁定为 null")
    must_change_password: bool = Field(description="尚未修改临时密码")
    dismissed_at: datetime | None = Field(description="解除时间;在任为 null")
    created_at: datetime = Field(description="任用时间")
    version: int = Field(description="版本,同 ETag")


class StaffMemberPage(Schema):
    items: list[StaffMember] = Field(description="最近任用的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class Appointment(Schema):
    username: Username = Field(
        description="用户名:小写字母、数字、点、横线,3 至 50 个", examples=["zhang.wei"]
    )
    name: Line = Field(description="姓名", examples=["张伟"])
    role: Role = Field(description="角色", examples=["clerk"])
    station_id: UUID = Field(description="所在机构,在管理范围内")


class StaffChanges(Schema):
    """What is given is changed."""

    name: Line | None = Field(None, description="姓名", examples=["张伟"])
    role: Role | None = Field(None, description="角色", examples=["reviewer"])
    station_id: UUID | None = Field(None, description="调往的机构,在管理范围内")


class StaffReason(Schema):
    reason: Text = Field(description="理由", examples=["手机遗失,本人持证件到场"])


class Credentials(Schema):
    """Shown this once: only the hash of the password is kept, and the secret is sealed."""

    staff: StaffMember = Field(description="工作人员")
    temporary_password: str = Field(description="临时密码,七天内首次登录并修改;只显示这一次")
    totp_uri: str = Field(description="otpauth:// 地址,供动态码应用使用;只显示这一次")
    totp_qr: str = Field(description="同一地址的二维码,可直接作图片地址(data:image/svg+xml;base64)")
