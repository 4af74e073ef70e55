"""The inbox: the mobile app's door."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.core.types import Schema
from app.identity.asking import AsAccount
from app.notifications import actions
from app.notifications.models import Notification

router = APIRouter(prefix="/v1/me/notifications", tags=["消息"], route_class=Transacted)


class NotificationView(Schema):
    id: UUID = Field(description="消息编号")
    kind: str = Field(description="类别", examples=["taken_on"])
    title: str = Field(description="标题")
    text: str = Field(description="内容")
    data: dict[str, Any] = Field(description="相关编号,供打开对应页面")
    created_at: datetime = Field(description="时间")
    read_at: datetime | None = Field(description="阅读时间;未读为 null")


class NotificationPage(Schema):
    items: list[NotificationView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ReadGiven(Schema):
    ids: list[UUID] | None = Field(None, max_length=500, description="消息编号;不填为全部")


class ReadView(Schema):
    marked: int = Field(description="由未读变为已读的条数")


@router.get("", summary="我的消息", responses=answers(Invalid))
async def list_notifications(
    session: Session, account: AsAccount, limit: Limit = 20, cursor: Cursor = None
) -> NotificationPage:
    """最新的在前。"""
    statement = actions.inbox(account.id)
    scope = f"notifications/{account.id}"
    found, following = await newest(session, statement, Notification.id, limit, cursor, scope)
    return NotificationPage(
        items=[NotificationView.model_validate(one) for one in found], next_cursor=following
    )


@router.post("/read", summary="标为已读")
async def read_notifications(session: Session, account: AsAccount, given: ReadGiven) -> ReadView:
    """不填编号则全部标为已读。"""
    return ReadView(marked=await actions.mark_read(session, account, given.ids))
