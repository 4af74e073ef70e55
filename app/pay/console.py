"""Pay: the stations' door."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.access.asking import AsOperator, AsReader
from app.core import sheets
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.pay import late, queries, sheet, views
from app.pay.late import Share
from app.pay.models import PayRecord, PayState
from app.pay.problems import SharesInThePast
from app.pay.schemas import PayCase, PayCasePage, ShareList, SharesGiven, ShareView

router = APIRouter(prefix="/admin/v1/pay", tags=["工资"], route_class=Transacted)
Format = Annotated[Literal["json", "xlsx"], Query(alias="format", description="json 或 xlsx")]
Division = Annotated[
    str | None, Query(description="只列此区划及以下", pattern=r"^[0-9]{2,12}$", examples=["141002"])
]


@router.get(
    "/overdue",
    summary="逾期未付的工资",
    response_model=PayCasePage,
    responses=answers(Invalid, **{"200": {"description": "一页,或 xlsx 表格", "content": {sheets.XLSX: {}}}}),
)
async def list_overdue_pay(
    session: Session,
    officer: AsReader,
    division: Division = None,
    format_: Format = "json",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> PayCasePage | Response:
    """所及区划内已过期限、仍有未付或争议的,最早到期的在前;format=xlsx 得到表格(至多一万行)。"""
    if format_ == "xlsx":
        return _table(await sheet.listing(session, queries.overdue(officer, division)), "overdue")
    rows, following = await queries.overdue_page(session, officer, division, limit, cursor)
    return PayCasePage(items=await views.cases(session, rows), next_cursor=following)


@router.get("/late-cancellation-shares", summary="临时取消的支付标准")
async def list_late_cancellation_shares(
    session: Session,
    officer: AsReader,  # noqa: ARG001 - the door's guard
) -> ShareList:
    """用工主体临时取消时须支付约定报酬的百分之几,按开工当日有效的标准。"""
    found = await session.scalars(queries.every_share())
    return ShareList(items=[ShareView.model_validate(share) for share in found])


@router.put(
    "/late-cancellation-shares",
    summary="设定临时取消的支付标准",
    responses=answers(SharesInThePast),
)
async def set_late_cancellation_shares(
    session: Session, officer: AsOperator, given: SharesGiven
) -> ShareList:
    """从将来某日起整套生效,已生效的不改;记入台账。"""
    shares = [Share(share.within_minutes, share.share_percent) for share in given.shares]
    place = officer.station.division
    await late.set_shares(session, officer.actor, place, given.effective_from, shares, given.source)
    found = await session.scalars(queries.every_share())
    return ShareList(items=[ShareView.model_validate(share) for share in found])


@router.get("", summary="工资支付记录", responses=answers(Invalid))
async def list_pay(
    session: Session,
    officer: AsReader,
    state: Annotated[PayState | None, Query(description="只列此状态的记录")] = None,
    division: Division = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> PayCasePage:
    """所及区划内的,最新的在前。"""
    statement = queries.in_reach_of(officer, state, division)
    scope = f"pay-cases/{officer.station.division}/{state}/{division}"
    rows, following = await newest(session, statement, PayRecord.id, limit, cursor, scope)
    return PayCasePage(items=await views.cases(session, rows), next_cursor=following)


@router.get("/{record_id}", summary="一条工资支付记录")
async def read_pay_case(session: Session, officer: AsReader, record_id: UUID) -> PayCase:
    """所及区划内的;付款的流水号仅双方可见。"""
    return await views.case(session, queries.one_in_reach(officer, record_id))


def _table(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=sheets.XLSX, headers=headers)
