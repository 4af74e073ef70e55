"""Subscriptions and deliveries as the province and the stations see them."""

import base64
import binascii
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.types import Schema, refusal
from app.feed.models import Kind
from app.feed.positions import PATTERN
from app.pushes.models import DeliveryState

LEAST_SECRET, MOST_SECRET = 24, 64  # bytes, as Standard Webhooks has them
_PREFIX = "whsec_"


def _secret(given: str) -> str:
    """Refuse what is not the base64 of enough random bytes."""
    try:
        key = base64.b64decode(given.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not LEAST_SECRET <= len(key) <= MOST_SECRET:
        raise refusal(
            "secret_invalid",
            "应为 whsec_ 加 24 至 64 字节随机数的 base64",
            "It should be whsec_ and the base64 of 24 to 64 random bytes",
        )
    return given


def _each_once(given: list[Kind]) -> list[Kind]:
    return [kind for kind in Kind if kind in given]


class Troubled(StrEnum):
    """Which of the messages that did not get through."""

    PENDING = "pending"
    PARKED = "parked"


class SubscriptionGiven(Schema):
    url: str = Field(
        min_length=1,
        max_length=2_000,
        pattern=r"^https?://[\x21-\x7e]+$",
        description="推送地址:公网可达的 https 地址,不跟随重定向",
        examples=["https://job.example.gov.cn/linfen/changes"],
    )
    types: Annotated[list[Kind], AfterValidator(_each_once)] = Field(
        min_length=1,
        max_length=len(Kind),
        description="订阅的类型,须在令牌可读范围内",
        examples=[["job", "employer"]],
    )
    secret: Annotated[str, AfterValidator(_secret)] = Field(
        min_length=1,
        max_length=100,
        pattern=r"^whsec_[A-Za-z0-9+/]+={0,2}$",
        description="签名密钥(Standard Webhooks):whsec_ 加 24 至 64 字节随机数的 base64。"
        "换成新的后,原密钥 24 小时内一并签名",
        examples=["whsec_bGluZmVuLWdpZ3MtYW4tZXhhbXBsZS1vZi1hLWtleQ=="],
    )
    from_cursor: str | None = Field(
        None,
        alias="from",
        pattern=PATTERN,
        description="自此游标之后推送;新建时不填则自现在起,修改时不填则接着推",
    )


class SubscriptionView(Schema):
    id: str = Field(description="订阅标识,由客户端命名")
    url: str = Field(description="推送地址")
    types: list[Kind] = Field(description="订阅的类型")
    cursor: str | None = Field(description="已编入推送的最后一项变更的游标;其变更已过保存期时为 null")
    behind: int = Field(description="尚未编入推送的变更项数,各类型合计")
    pending: int = Field(description="待确认的推送次数")
    parked: int = Field(description="三日未能确认而搁置的推送次数")
    paused_at: datetime | None = Field(description="暂停时间;地址应答 410 也会暂停")
    failing_since: datetime | None = Field(description="自何时起未能送达;正常时为 null")
    old_secret_until: datetime | None = Field(description="原密钥一并签名至何时")
    created_at: datetime = Field(description="订阅时间")


class SubscriptionList(Schema):
    items: list[SubscriptionView] = Field(description="本客户端的订阅,按标识排列;至多二十个")


class DeliveryView(Schema):
    id: UUID = Field(description="推送编号,即 webhook-id")
    state: DeliveryState = Field(description="状态:pending 待确认,delivered 已确认,parked 已搁置")
    count: int = Field(description="所含变更项数;0 为 cursor_expired 通知")
    entity_id: UUID | None = Field(description="因内容被拒而单独推送的对象;成批推送的为 null")
    attempts: int = Field(description="已尝试次数")
    last_status: int | None = Field(description="最近一次的 HTTP 状态码;未得应答为 null")
    last_error: str | None = Field(
        description="最近一次未得应答的原因:address_refused 地址不可用,timeout 超时,connection 连接失败"
    )
    created_at: datetime = Field(description="编成时间")
    next_at: datetime | None = Field(description="下次尝试时间;不再尝试为 null")
    delivered_at: datetime | None = Field(description="确认时间")
    parked_at: datetime | None = Field(description="搁置时间")


class DeliveryPage(Schema):
    items: list[DeliveryView] = Field(description="最近编成的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class DeliveryCase(DeliveryView):
    client_id: str = Field(description="省平台客户端")
    subscription_id: str = Field(description="订阅标识")
    host: str = Field(description="推送地址的主机")
    failing_since: datetime | None = Field(description="该订阅自何时起未能送达")


class DeliveryCasePage(Schema):
    items: list[DeliveryCase] = Field(description="最近编成的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
