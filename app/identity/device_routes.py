"""Devices: the mobile app's door."""

import base64
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, Field

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.types import Schema, refusal
from app.identity import devices
from app.identity.asking import AsAccount
from app.identity.models import Device, Platform
from app.identity.problems import TooManyDevices

router = APIRouter(prefix="/v1/me/devices", tags=["设备"], route_class=Transacted)
KEY_BYTES = 32


def _key_of(given: str) -> bytes:
    """Read base64url without padding; the pattern has left only its alphabet, and 43 or 44 characters."""
    return base64.urlsafe_b64decode(given.rstrip("=") + "=")


def _canonical(given: str) -> str:
    """Refuse what is not the one way to write 32 bytes."""
    if base64.urlsafe_b64encode(_key_of(given)).rstrip(b"=").decode() != given.rstrip("="):
        raise refusal(
            "public_key_invalid", "应为 32 字节公钥的 base64url", "It should be 32 bytes in base64url"
        )
    return given


class DeviceGiven(Schema):
    platform: Platform = Field(description="平台")
    push_token: str | None = Field(
        None,
        min_length=1,
        max_length=512,
        pattern=r"^[\x21-\x7e]+$",
        description="推送服务给出的设备标识;不填则不推送到此设备",
    )
    public_key: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9_-]{43}=?$", examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]),
            AfterValidator(_canonical),
        ]
        | None
    ) = Field(None, description="Ed25519 公钥(32 字节,base64url),用于验证离线打卡的签名;私钥不出手机")


class DeviceView(Schema):
    id: UUID = Field(description="设备编号")
    platform: Platform = Field(description="平台")
    pushes: bool = Field(description="已登记推送标识")
    signs: bool = Field(description="已登记签名公钥")
    created_at: datetime = Field(description="首次登记时间")
    changed_at: datetime = Field(description="最近登记时间")


class DeviceList(Schema):
    items: list[DeviceView] = Field(description="最近登记的在前")


@router.put("/{device_id}", summary="登记设备", responses=answers(TooManyDevices))
async def put_device(session: Session, account: AsAccount, device_id: UUID, given: DeviceGiven) -> DeviceView:
    """编号由应用首次启动时随机生成(UUID)。每次以所填为准,未填的推送标识、公钥即被移除。至多十台。"""
    key = _key_of(given.public_key) if given.public_key else None
    return _view(await devices.put(session, account, device_id, given.platform, given.push_token, key))


@router.get("", summary="我的设备")
async def list_devices(session: Session, account: AsAccount) -> DeviceList:
    """推送标识加密保存,不再显示。"""
    return DeviceList(items=[_view(device) for device in await session.scalars(devices.of(account.id))])


@router.delete("/{device_id}", summary="移除设备", status_code=HTTPStatus.NO_CONTENT)
async def delete_device(session: Session, account: AsAccount, device_id: UUID) -> None:
    """不再向它推送;此后收到的由它签名的离线打卡视为无效签名。"""
    await devices.forget(session, account, device_id)


def _view(device: Device) -> DeviceView:
    return DeviceView(
        id=device.id,
        platform=device.platform,
        pushes=device.push_token_sealed is not None,
        signs=device.public_key is not None,
        created_at=device.created_at,
        changed_at=device.changed_at,
    )
