"""In the local environment alone: what would have been pushed to a device."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from app.core import wall
from app.core.db import Session, Transacted
from app.core.types import Schema
from app.notifications.pushing import to_device

router = APIRouter(prefix="/dev", tags=["本地开发"], route_class=Transacted, include_in_schema=False)


class PushView(Schema):
    title: str = Field(description="标题")
    text: str = Field(description="内容")
    kind: str = Field(description="类别")
    data: dict[str, Any] = Field(description="相关编号")
    sent_at: datetime | None = Field(description="交给推送渠道的时间;未交为 null")
    failure: str | None = Field(description="未能推送的原因")


class PushList(Schema):
    items: list[PushView] = Field(description="最新的在前")


@router.get("/pushes")
async def list_pushes(session: Session, to: UUID) -> PushList:
    """List what was promised to a device, newest first, whether or not the worker has been round."""
    async with wall.lifted(session):
        pushes = (await session.execute(to_device(to))).all()
    return PushList(
        items=[
            PushView(
                title=told.title,
                text=told.text,
                kind=told.kind,
                data=told.data,
                sent_at=push.sent_at,
                failure=push.failure,
            )
            for push, told in pushes
        ]
    )
