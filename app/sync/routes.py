"""The province's door: its sign-in."""

import base64
import binascii
from typing import Annotated, Literal
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import TooMany
from app.core.settings import Settings
from app.core.types import Schema
from app.sync import assertions
from app.sync.problems import InvalidClient, InvalidScope, SignInRefused, UnsupportedGrantType
from app.sync.signing_in import LIFETIME, Credentials, sign_in

PATH = "/sync/v1/oauth/token"
_VISIBLE = r"^[\x21-\x7e]+$"  # RFC 6749, appendix A
router = APIRouter(tags=["登录"], route_class=Transacted)


class TokenView(Schema):
    access_token: str = Field(description="访问令牌")
    token_type: Literal["Bearer"] = Field("Bearer", description="令牌类型")
    expires_in: int = Field(description="有效秒数")
    scope: str = Field(description="权限,空格分隔")


@router.post(
    PATH,
    summary="获取访问令牌",
    responses=answers(SignInRefused, InvalidClient, InvalidScope, UnsupportedGrantType, TooMany),
)
async def issue_token(
    request: Request,
    response: Response,
    session: Session,
    grant_type: Annotated[
        str,
        Form(max_length=100, description="固定为 client_credentials", examples=["client_credentials"]),
    ],
    client_id: Annotated[
        str | None,
        Form(max_length=100, pattern=_VISIBLE, description="客户端标识;用 HTTP Basic 或签名断言时可不填"),
    ] = None,
    client_secret: Annotated[
        str | None, Form(max_length=200, pattern=_VISIBLE, description="客户端密钥;也可用 HTTP Basic 送交")
    ] = None,
    client_assertion_type: Annotated[
        str | None, Form(max_length=200, description=f"用签名断言时固定为 {assertions.KIND}")
    ] = None,
    client_assertion: Annotated[
        str | None,
        Form(
            max_length=assertions.LONGEST,
            description="以登记公钥对应的私钥签署的 JWT(EdDSA、ES256、RS256、PS256):iss 与 sub 为客户端标识,"
            "aud 为本地址,exp 不超过五分钟,jti 每次不同",
        ),
    ] = None,
    scope: Annotated[
        str | None, Form(max_length=500, description="所需权限,空格分隔;不填为全部", examples=["read:job"])
    ] = None,
) -> TokenView:
    """OAuth 2.0 客户端凭证(RFC 6749 第 4.4 节),令牌十分钟有效。

    用客户端密钥(表单或 HTTP Basic),或 private_key_jwt 签名断言(RFC 7523),二者择一。每次登录记入台账。
    """
    # RFC 6749, 5.1: whatever is answered here is nobody's to keep.
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
    if grant_type != "client_credentials":
        raise UnsupportedGrantType
    if (client_assertion is None) != (client_assertion_type is None) or (
        client_assertion_type not in (None, assertions.KIND)
    ):
        raise SignInRefused(
            "client_assertion 与 client_assertion_type 应一并给出",
            "client_assertion and its client_assertion_type belong together",
        )
    basic = _basic(request.headers.get("authorization"))
    if sum(way is not None for way in (basic, client_secret, client_assertion)) > 1:
        raise SignInRefused("只能用一种方式登录", "Use one way to sign in")
    shown = basic or Credentials(client_id, client_secret, client_assertion)
    if client_id not in (None, shown.client_id):
        raise SignInRefused("client_id 前后不一", "client_id differs")
    settings: Settings = request.app.state.settings
    signed_in = await sign_in(
        session,
        shown,
        scope,
        audiences={settings.reached_at + PATH, settings.reached_at},
        address=request.client.host if request.client else None,
        limited=not settings.is_local,
    )
    return TokenView(
        access_token=signed_in.access_token,
        expires_in=int(LIFETIME.total_seconds()),
        scope=" ".join(signed_in.scopes),
    )


def _basic(header: str | None) -> Credentials | None:
    """Read HTTP Basic as RFC 6749 has it: id and secret are form-encoded first (2.3.1)."""
    kind, _, encoded = (header or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClient from None
    if not colon:
        raise InvalidClient
    return Credentials(unquote_plus(client_id), unquote_plus(secret))
