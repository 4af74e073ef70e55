"""The stations' door to what could not be pushed."""

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Query

from app.access.asking import AsOperator, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.pushes import queries, retrying
from app.pushes.models import Delivery, DeliveryState, Subscription
from app.pushes.problems import DeliveryNotParked, DeliverySuperseded
from app.pushes.schemas import DeliveryCase, DeliveryCasePage, Troubled

router = APIRouter(prefix="/admin/v1/sync/deliveries", tags=["省平台对接"], route_class=Transacted)


@router.get("", summary="未能送达的推送", responses=answers(Invalid))
async def list_troubled_deliveries(
    session: Session,
    officer: AsOperator,
    state: Annotated[
        Troubled | None, Query(description="pending 失败后等待再试的,parked 已搁置的;不填为两者")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DeliveryCasePage:
    """失败后等待再试的和三日未果而搁置的;只有编号和状态,不含所推送的内容。"""
    statement = queries.troubled(DeliveryState(state) if state else None)
    scope = f"troubled/{officer.staff.id}/{state}"
    found, following = await newest(session, statement, Delivery.id, limit, cursor, scope)
    return DeliveryCasePage(items=[_shown(*one) for one in found], next_cursor=following)


@router.post(
    "/{delivery_id}/retry",
    summary="重发搁置的推送",
    dependencies=[OnceForStaff],
    responses=answers(DeliveryNotParked, DeliverySuperseded),
)
async def retry_delivery(session: Session, officer: AsOperator, delivery_id: UUID) -> DeliveryCase:
    """立即重发,另有三日期限。其中此后已有更新的对象不再包含,有减少的换新编号。记入台账。"""
    return _shown(*await retrying.retry_for_staff(session, officer, delivery_id))


def _shown(delivery: Delivery, subscription: Subscription) -> DeliveryCase:
    return DeliveryCase(
        **queries.shown(delivery),
        client_id=subscription.client_id,
        subscription_id=subscription.id,
        host=urlsplit(subscription.url).netloc,
        failing_since=subscription.failing_since,
    )
