"""Notices: the mobile app's door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid
from app.notices import queries
from app.notices.models import NoticeKind
from app.notices.schemas import NoticeCard, NoticePage, NoticeView

router = APIRouter(prefix="/v1/notices", tags=["公告"], route_class=Transacted)


@router.get("", summary="公告", responses=answers(Invalid))
async def list_notices(
    session: Session,
    division: Annotated[
        str | None,
        Query(
            pattern=r"^[0-9]{4}([0-9]{2}([0-9]{3})?)?$",
            description="所在区划:该区划及其上级的公告;不填为全市各级的",
            examples=["141002101"],
        ),
    ] = None,
    kind: Annotated[NoticeKind | None, Query(description="只看此类")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> NoticePage:
    """正在展示的,置顶的在前;无需登录。"""
    found, following = await queries.shown(session, division, kind, limit, cursor)
    return NoticePage(items=[NoticeCard.model_validate(one) for one in found], next_cursor=following)


@router.get("/{notice_id}", summary="一则公告")
async def read_notice(session: Session, notice_id: UUID) -> NoticeView:
    """正在展示的一则。"""
    return NoticeView.model_validate(await queries.one_on_show(session, notice_id))
