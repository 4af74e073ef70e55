"""Accounts, sessions and consents as clients see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.types import Line, Schema
from app.identity.models import AccountState
from app.identity.phones import Phone

Language = Annotated[Literal["zh", "en"], Field(description="短信与通知所用语言")]


class CodeWanted(Schema):
    phone: Phone


class CodeSent(Schema):
    expires_in_s: int = Field(description="验证码有效秒数")
    retry_after_s: int = Field(description="多少秒后可再次获取")


class SignInGiven(Schema):
    phone: Phone
    code: str = Field(pattern=r"^[0-9]{6}$", description="短信验证码,六位数字", examples=["123456"])
    device_name: Line = Field(description="设备名称,便于本人辨认", examples=["红米 Note 12"])


class RefreshGiven(Schema):
    refresh_token: str = Field(
        min_length=20,
        max_length=200,
        description="刷新令牌,每次使用后更换",
        examples=["q3Yx0vZ8mT1kR5nB7cL2wJ9sD4fG6hP_aEuIoQxVtNs"],
    )


class AccountView(Schema):
    id: UUID = Field(description="账号编号")
    phone: str = Field(description="手机号,部分隐去", examples=["138****8000"])
    state: AccountState = Field(description="状态")
    language: Language
    created_at: datetime = Field(description="注册时间")


class AccountChanges(Schema):
    language: Language | None = None


class SignedInView(Schema):
    access_token: str = Field(description="访问令牌(JWT),放在 Authorization: Bearer 中")
    token_type: Literal["Bearer"] = Field("Bearer", description="令牌类型")
    expires_in_s: int = Field(description="访问令牌有效秒数")
    refresh_token: str = Field(description="刷新令牌,用一次换新的一对;重复使用会使该设备退出")
    account: AccountView = Field(description="账号")


class SessionView(Schema):
    id: UUID = Field(description="登录编号")
    device_name: str = Field(description="设备名称")
    started_at: datetime = Field(description="登录时间")
    refreshed_at: datetime = Field(description="最近活动时间")
    current: bool = Field(description="是否为本设备")


class SessionList(Schema):
    items: list[SessionView] = Field(description="尚未退出的设备")


class ConsentsGiven(Schema):
    """Each purpose is asked apart; one that is left out stays as it was."""

    real_name: bool | None = Field(None, description="同意使用身份证件号码做实名认证")
    position: bool | None = Field(None, description="同意使用位置信息")
    find_me: bool | None = Field(None, description="同意被用工主体找到并邀请")
    province: bool | None = Field(
        None, description="同意向省级平台提供本人信息;报名省平台的岗位须先同意,可随时撤回"
    )


class ConsentRecord(Schema):
    given: bool = Field(description="是否同意")
    at: datetime | None = Field(description="表态时间;从未表态为 null")
    text_version: str | None = Field(description="所见告知文本的版本")


class ConsentsView(Schema):
    real_name: bool = Field(description="身份证件号码")
    position: bool = Field(description="位置")
    find_me: bool = Field(description="被找到")
    province: bool = Field(description="报送省级平台")
    records: dict[str, ConsentRecord] = Field(description="每项表态的时间与文本版本")


class MessageView(Schema):
    to: str = Field(description="手机号(E.164)")
    text: str = Field(description="短信内容")
    sent_at: datetime = Field(description="发送时间")


class MessageList(Schema):
    items: list[MessageView] = Field(description="最新的在前")
