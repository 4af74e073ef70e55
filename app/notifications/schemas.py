"""What the inbox, its settings and the stations' alerts look like to clients."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Schema
from app.notifications.texts import WORDINGS

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), Field(examples=["22:00"])]
KindName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z_]+$")]


class NotificationView(Schema):
    id: UUID = Field(description="消息编号")
    number: int = Field(description="本人消息的序号,从 1 起连续;推送流以此续传", examples=[1])
    kind: str = Field(description="类别", examples=["taken_on"])
    title: str = Field(description="标题")
    text: str = Field(description="内容")
    data: dict[str, Any] = Field(description="相关编号,供打开对应页面")
    created_at: datetime = Field(description="时间")
    read_at: datetime | None = Field(description="阅读时间;未读为 null")


class NotificationPage(Schema):
    items: list[NotificationView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class UnreadView(Schema):
    count: int = Field(description="未读条数")


class ReadGiven(Schema):
    ids: list[UUID] | None = Field(None, max_length=500, description="消息编号;不填为全部")


class ReadView(Schema):
    marked: int = Field(description="由未读变为已读的条数")


class KindView(Schema):
    kind: str = Field(description="类别", examples=["pay_reported"])
    title: str = Field(description="何时收到这类消息", examples=["用工主体登记已付款"])
    sms: bool = Field(description="是否发短信")
    push: bool = Field(description="是否推送到已登记的设备")
    by_sms: bool = Field(description="这类消息能否发短信")
    must: bool = Field(description="短信不能关闭")
    reason: str | None = Field(description="短信不能关闭的原因")
    urgent: bool = Field(description="不受免打扰时段限制")


class SettingsView(Schema):
    quiet_from: str = Field(description="免打扰开始,北京时间 HH:MM", examples=["22:00"])
    quiet_until: str = Field(description="免打扰结束,北京时间 HH:MM;与开始相同即不设", examples=["07:00"])
    kinds: list[KindView] = Field(description="各类消息的短信与推送;站内消息总会收到")


class KindGiven(Schema):
    kind: KindName = Field(description="类别", examples=["taken_on"])
    sms: bool | None = Field(None, description="是否发短信;不填不变")
    push: bool | None = Field(None, description="是否推送;不填不变")


class SettingsGiven(Schema):
    quiet_from: TimeOfDay | None = Field(None, description="免打扰开始,北京时间 HH:MM;不填不变")
    quiet_until: TimeOfDay | None = Field(None, description="免打扰结束,北京时间 HH:MM;不填不变")
    kinds: list[KindGiven] = Field(
        [],
        max_length=len(WORDINGS),
        description="要改的类别;其余不变",
        examples=[[{"kind": "declined", "sms": False}]],
    )


class AlertView(Schema):
    id: UUID = Field(description="提醒编号")
    kind: str = Field(description="类别", examples=["injury"])
    title: str = Field(description="标题")
    text: str = Field(description="内容,不含个人信息")
    data: dict[str, Any] = Field(description="相关编号,供打开对应页面")
    station_id: UUID = Field(description="应处理的机构")
    station_name: str = Field(description="机构名称")
    created_at: datetime = Field(description="时间")
    seen_at: datetime | None = Field(description="有人看过的时间;还没有为 null")


class AlertPage(Schema):
    items: list[AlertView] = Field(description="本机构的在前,各自最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class SeenGiven(Schema):
    ids: list[UUID] | None = Field(None, max_length=500, description="提醒编号;不填为本机构的全部")


class SeenView(Schema):
    marked: int = Field(description="由未看变为已看的条数")
