"""The province's door: its sign-in."""

import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import Field

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.keyring import keys
from app.core.types import Schema
from app.sync.asking import AUDIENCE
from app.sync.models import Client
from app.sync.problems import InvalidClient, InvalidScope

LIFETIME = timedelta(minutes=10)
_VISIBLE = r"^[\x21-\x7e]+$"  # RFC 6749, appendix A
router = APIRouter(prefix="/sync/v1", tags=["登录"], route_class=Transacted)


class TokenView(Schema):
    access_token: str = Field(description="访问令牌")
    token_type: Literal["Bearer"] = Field("Bearer", description="令牌类型")
    expires_in: int = Field(description="有效秒数")
    scope: str = Field(description="权限,空格分隔")


@router.post("/oauth/token", summary="获取访问令牌", responses=answers(InvalidClient, InvalidScope))
async def issue_token(
    session: Session,
    grant_type: Annotated[Literal["client_credentials"], Form(description="固定为 client_credentials")],  # noqa: ARG001
    client_id: Annotated[str, Form(max_length=100, pattern=_VISIBLE, description="客户端标识")],
    client_secret: Annotated[str, Form(max_length=200, pattern=_VISIBLE, description="客户端密钥")],
    scope: Annotated[str | None, Form(max_length=500, description="所需权限,空格分隔;不填为全部")] = None,
) -> TokenView:
    """OAuth 2.0 客户端凭证(RFC 6749 第 4.4 节),令牌十分钟有效。"""
    client = await session.get(Client, client_id)
    digest = hashlib.sha256(client_secret.encode()).digest()
    if client is None or not hmac.compare_digest(client.secret_digest or b"", digest):
        raise InvalidClient
    wanted = scope.split() if scope else client.scopes
    if set(wanted) - set(client.scopes):
        raise InvalidScope
    token = keys().tokens.issue(client.id, AUDIENCE, LIFETIME, scope=" ".join(wanted))
    return TokenView(access_token=token, expires_in=int(LIFETIME.total_seconds()), scope=" ".join(wanted))
