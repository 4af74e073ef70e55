"""Notices as they come in and go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Line, Moment, Schema, Text
from app.notices.models import NoticeKind, NoticeState

Division = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}([0-9]{2}([0-9]{3})?)?$"),
    Field(description="告知哪里:该区划及以下", examples=["141002"]),
]


class NoticeDraft(Schema):
    kind: NoticeKind = Field(
        description="notice 通知、training 培训、policy 政策、fair 招聘会", examples=["training"]
    )
    title: Line = Field(description="标题", examples=["焊工免费培训班报名"])
    text: Text = Field(description="正文", examples=["培训十天,合格发证,报名请到就近服务站。"])
    division: Division | None = Field(None, description="告知哪里:该区划及以下;不填为本机构所辖")
    pinned: bool = Field(False, description="是否置顶")
    publish_at: Moment | None = Field(None, description="何时发布;不填为点击发布之时")
    until: Moment | None = Field(None, description="展示到何时;不填为一直展示")


class NoticeChanges(Schema):
    """What is left out stays; `until` and `publish_at` can be taken away."""

    kind: NoticeKind | None = Field(None, description="类别")
    title: Line | None = Field(None, description="标题", examples=["焊工免费培训班报名延期"])
    text: Text | None = Field(None, description="正文")
    pinned: bool | None = Field(None, description="是否置顶")
    publish_at: Moment | None = Field(None, description="何时发布;已发布的不再改")
    until: Moment | None = Field(None, description="展示到何时;null 为一直展示")


class NoticeWithdrawal(Schema):
    reason: Text = Field(description="撤回的理由,记入台账", examples=["日期有误,另行通知"])


class NoticeCard(Schema):
    id: UUID = Field(description="公告编号")
    kind: NoticeKind = Field(description="类别")
    title: str = Field(description="标题")
    division: str = Field(description="告知的区划")
    pinned: bool = Field(description="是否置顶")
    publish_at: datetime | None = Field(description="发布时间")
    until: datetime | None = Field(description="展示到何时;null 为一直展示")


class NoticeView(NoticeCard):
    text: str = Field(description="正文")
    station_id: UUID = Field(description="发布的机构")


class NoticeCase(NoticeView):
    """A notice as staff see it."""

    state: NoticeState = Field(description="draft 草稿、published 已发布(可能尚未到时)、withdrawn 已撤回")
    withdrawn_because: str | None = Field(description="撤回的理由")
    created_at: datetime = Field(description="起草时间")


class NoticePage(Schema):
    items: list[NoticeCard] = Field(description="置顶的在前,其余最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class NoticeCasePage(Schema):
    items: list[NoticeCase] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
