"""What a station must look at: the stations' door."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.access.asking import AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid
from app.notifications import alerting, queries
from app.notifications.schemas import AlertPage, AlertView, SeenGiven, SeenView

router = APIRouter(prefix="/admin/v1/alerts", tags=["提醒"], route_class=Transacted)


@router.get("", summary="提醒", responses=answers(Invalid))
async def list_alerts(
    session: Session,
    officer: AsReader,
    unseen: Annotated[bool | None, Query(description="只列未看的(true)或已看的(false)")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AlertPage:
    """所及区划内各机构须立即处理的事:工伤、欠薪逾期、争议超期等;本机构的在前。"""
    found, following = await queries.alerts(session, officer, unseen=unseen, limit=limit, cursor=cursor)
    items = [
        AlertView(
            id=alert.id,
            kind=alert.kind,
            title=alert.title,
            text=alert.text,
            data=alert.data,
            station_id=station.id,
            station_name=station.name,
            created_at=alert.created_at,
            seen_at=alert.seen_at,
        )
        for alert, station in found
    ]
    return AlertPage(items=items, next_cursor=following)


@router.post("/seen", summary="标为已看", dependencies=[OnceForStaff])
async def see_alerts(session: Session, officer: AsReader, given: SeenGiven) -> SeenView:
    """不填编号则本机构的全部标为已看;下级机构的须逐一指明,以免替其漏看。"""
    return SeenView(marked=await alerting.mark_seen(session, officer, given.ids))
