"""The province's door to its subscriptions and what is pushed to them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.core.contract import answers
from app.core.db import Session
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Malformed, NotFound, Stale
from app.feed.problems import CursorExpired
from app.pushes import queries, retrying, subscribing
from app.pushes.models import Delivery, DeliveryState
from app.pushes.problems import (
    AddressNotTaken,
    DeliveryNotParked,
    DeliverySuperseded,
    TooManySubscriptions,
)
from app.pushes.queries import Standing
from app.pushes.schemas import (
    DeliveryPage,
    DeliveryView,
    SubscriptionGiven,
    SubscriptionList,
    SubscriptionView,
)
from app.sync.asking import AsSubscriber, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1/subscriptions", tags=["推送"], route_class=Called)

SubscriptionId = Annotated[
    str,
    Path(
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="订阅标识,由客户端命名",
        examples=["main"],
    ),
]


@router.put(
    "/{subscription_id}",
    summary="订阅推送",
    responses=answers(
        AddressNotTaken,
        TooManySubscriptions,
        InsufficientScope,
        CursorExpired,
        Stale,
        Malformed,
        **{"201": {"description": "新建的订阅", "model": SubscriptionView}},
    ),
)
async def put_subscription(
    session: Session,
    caller: AsSubscriber,
    response: Response,
    subscription_id: SubscriptionId,
    given: SubscriptionGiven,
    if_match: IfMatch = None,
) -> SubscriptionView:
    """新建或整体修改;重复提交同样内容没有影响。更换密钥时新旧两个签名并存 24 小时;更换地址即恢复推送。"""
    _, new = await subscribing.put(session, caller, subscription_id, given, version_in(if_match))
    if new:
        response.status_code = HTTPStatus.CREATED
    return await _one(session, caller, response, subscription_id)


@router.get("", summary="我的订阅", responses=answers(InsufficientScope))
async def list_subscriptions(session: Session, caller: AsSubscriber) -> SubscriptionList:
    """本客户端的全部订阅,不显示密钥。"""
    found = await queries.standings(session, caller.client.id)
    return SubscriptionList(items=[_shown(one) for one in found])


@router.get("/{subscription_id}", summary="一个订阅", responses=answers(InsufficientScope))
async def read_subscription(
    session: Session, caller: AsSubscriber, response: Response, subscription_id: SubscriptionId
) -> SubscriptionView:
    """推送到何处、还有多少未确认;不显示密钥。"""
    return await _one(session, caller, response, subscription_id)


@router.delete(
    "/{subscription_id}",
    summary="取消订阅",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(InsufficientScope, Stale, Malformed),
)
async def delete_subscription(
    session: Session, caller: AsSubscriber, subscription_id: SubscriptionId, if_match: IfMatch = None
) -> None:
    """不再推送,未确认的一并放弃。"""
    await subscribing.end(session, caller.client.id, subscription_id, version_in(if_match))


@router.post("/{subscription_id}/pause", summary="暂停推送", responses=answers(InsufficientScope))
async def pause_subscription(
    session: Session, caller: AsSubscriber, response: Response, subscription_id: SubscriptionId
) -> SubscriptionView:
    """变更照常保留三十日,恢复后接着推送。"""
    await subscribing.pause(session, caller.client.id, subscription_id)
    return await _one(session, caller, response, subscription_id)


@router.post("/{subscription_id}/resume", summary="恢复推送", responses=answers(InsufficientScope))
async def resume_subscription(
    session: Session, caller: AsSubscriber, response: Response, subscription_id: SubscriptionId
) -> SubscriptionView:
    """立即推送,等待再试的也不再等。"""
    await subscribing.resume(session, caller.client.id, subscription_id)
    return await _one(session, caller, response, subscription_id)


@router.get("/{subscription_id}/deliveries", summary="推送记录", responses=answers(InsufficientScope))
async def list_subscription_deliveries(
    session: Session,
    caller: AsSubscriber,
    subscription_id: SubscriptionId,
    state: Annotated[DeliveryState | None, Query(description="只看此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DeliveryPage:
    """已确认的保留七日;搁置的保留到其变更过了保存期为止。"""
    client_id = caller.client.id
    if not await queries.standings(session, client_id, subscription_id):
        raise NotFound
    statement = queries.deliveries(client_id, subscription_id, state)
    scope = f"deliveries/{client_id}/{subscription_id}/{state}"
    found, following = await newest(session, statement, Delivery.id, limit, cursor, scope)
    return DeliveryPage(items=[DeliveryView(**queries.shown(one)) for one in found], next_cursor=following)


@router.post(
    "/{subscription_id}/deliveries/{delivery_id}/retry",
    summary="重发搁置的推送",
    responses=answers(InsufficientScope, DeliveryNotParked, DeliverySuperseded),
)
async def retry_subscription_delivery(
    session: Session, caller: AsSubscriber, subscription_id: SubscriptionId, delivery_id: UUID
) -> DeliveryView:
    """立即重发,另有三日期限。其中此后已有更新的对象不再包含,有减少的换新编号。"""
    again = await retrying.retry(session, caller.client.id, subscription_id, delivery_id)
    return DeliveryView(**queries.shown(again))


async def _one(
    session: Session, caller: AsSubscriber, response: Response, subscription_id: str
) -> SubscriptionView:
    found = await queries.standings(session, caller.client.id, subscription_id)
    if not found:
        raise NotFound
    tag(response, found[0].subscription.version)
    return _shown(found[0])


def _shown(standing: Standing) -> SubscriptionView:
    one = standing.subscription
    return SubscriptionView(
        id=one.id,
        url=one.url,
        types=one.kinds,
        cursor=standing.cursor,
        behind=standing.last - one.position,
        pending=standing.pending,
        parked=standing.parked,
        paused_at=one.paused_at,
        failing_since=one.failing_since,
        old_secret_until=one.old_secret_until,
        created_at=one.created_at,
    )
