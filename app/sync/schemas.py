"""The province's clients as they come in and go out at the stations' door."""

from datetime import datetime
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from app.core.types import Line, Moment, Schema, refusal
from app.sync.models import KeyUse, Scope

MOST_SCOPES, MOST_NETWORKS = len(Scope), 50
LEAST_CALLS, MOST_CALLS = 60, 60_000
OLD_LIVES_H = 24
ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=1400)]


def _network(given: str) -> str:
    try:
        return str(ip_network(given))
    except ValueError:
        raise refusal(
            "network", "应为网段,如 203.0.113.0/24", "Should be a network: 203.0.113.0/24"
        ) from None


Network = Annotated[str, StringConstraints(max_length=50), AfterValidator(_network)]
Networks = Annotated[list[Network], Field(min_length=1, max_length=MOST_NETWORKS)]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=MOST_SCOPES)]
_NETWORKS = "允许的来源网段;其余一律如同令牌无效"
_CALLS = "每分钟可调用次数;标有 x-counts-as-calls 的操作按其数计"
_EXAMPLE_SCOPES = ["read:job", "read:employer"]
_EXAMPLE_NETWORKS = ["203.0.113.0/24"]


class ClientDraft(Schema):
    id: ClientId = Field(description="客户端标识,不可更改", examples=["province-main"])
    name: Line = Field(description="名称", examples=["省平台交换节点"])
    scopes: Scopes = Field(description="权限", examples=[_EXAMPLE_SCOPES])
    addresses: Networks = Field(description=_NETWORKS, examples=[_EXAMPLE_NETWORKS])
    calls_a_minute: int = Field(600, ge=LEAST_CALLS, le=MOST_CALLS, description=_CALLS, examples=[600])


class ClientChanges(Schema):
    """What is left out stays."""

    name: Line | None = Field(None, description="名称", examples=["省平台交换节点"])
    scopes: Scopes | None = Field(None, description="权限;减去的立即失效", examples=[_EXAMPLE_SCOPES])
    addresses: Networks | None = Field(None, description=_NETWORKS, examples=[_EXAMPLE_NETWORKS])
    calls_a_minute: int | None = Field(None, ge=LEAST_CALLS, le=MOST_CALLS, description=_CALLS)


class Jwk(Schema):
    """A public JWK (RFC 7517): other members, private ones above all, are refused."""

    kty: Literal["OKP", "EC", "RSA"] = Field(description="密钥类型", examples=["OKP"])
    use: KeyUse = Field(description="sig:验证其签名断言;enc:人员信息向其加密", examples=["sig"])
    kid: KeyId = Field(description="公钥编号,在该客户端内唯一", examples=["2026-11"])
    crv: Literal["Ed25519", "X25519", "P-256"] | None = Field(None, description="曲线", examples=["Ed25519"])
    x: _Number | None = Field(
        None, description="坐标", examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
    )
    y: _Number | None = Field(None, description="坐标(EC)")
    n: _Number | None = Field(None, description="模(RSA),2048 位以上")
    e: _Number | None = Field(None, description="指数(RSA)")
    alg: Literal["EdDSA", "ES256", "RS256", "PS256", "ECDH-ES+A256KW", "RSA-OAEP-256"] | None = Field(
        None, description="只用此算法;不填为该类密钥的各种算法"
    )


class KeyGiven(Schema):
    jwk: Jwk = Field(description="公钥;不得含私钥部分")
    until: Moment | None = Field(None, description="自此时起不再有效;不填为长期")


class KeyView(Schema):
    kid: str = Field(description="公钥编号")
    use: KeyUse = Field(description="用途")
    kty: str = Field(description="密钥类型")
    crv: str | None = Field(description="曲线")
    alg: str | None = Field(description="限定的算法")
    until: datetime | None = Field(description="自此时起不再有效")


class ClientView(Schema):
    id: str = Field(description="客户端标识")
    name: str = Field(description="名称")
    scopes: list[Scope] = Field(description="权限")
    addresses: list[str] = Field(description="允许的来源网段")
    calls_a_minute: int = Field(description="每分钟可调用次数")
    has_secret: bool = Field(description="可用密钥登录")
    old_secret_until: datetime | None = Field(description="旧密钥到此时为止仍有效")
    keys: list[KeyView] = Field(description="登记的公钥")
    disabled_at: datetime | None = Field(description="自此时起停用")
    last_call_at: datetime | None = Field(description="最近一次登录或调用;读台账得来,不在辖区内为 null")
    last_call_from: str | None = Field(description="最近一次的来源地址")
    ledger_id: str = Field(description="在操作台账中的 actor_id")
    created_at: datetime = Field(description="建立时间")
    version: int = Field(description="改过几次,从 1 起;即 ETag")


class ClientList(Schema):
    items: list[ClientView] = Field(description="全部客户端,按标识排列")


class ClientMade(ClientView):
    client_secret: str = Field(description="客户端密钥;只在此处给出一次")


class SecretChange(Schema):
    old_lives_h: int = Field(
        OLD_LIVES_H, ge=0, le=168, description="旧密钥再有效几小时;0 为立即失效", examples=[24]
    )


class SecretView(Schema):
    client_secret: str = Field(description="新的客户端密钥;只在此处给出一次")
    old_secret_until: datetime | None = Field(description="旧密钥到此时为止仍有效")


class WhyDisabled(Schema):
    reason: Line = Field(description="停用原因", examples=["密钥疑似泄露"])
