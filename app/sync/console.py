"""The stations' door to the province's clients."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from app.access.asking import AsOperator, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.problems import Invalid, Malformed, NotFound, Stale
from app.sync import clients, queries
from app.sync.models import Client, Scope
from app.sync.problems import ClientIdTaken, KeyIdTaken, NoWayIn, TooManyKeys
from app.sync.schemas import (
    ClientChanges,
    ClientDraft,
    ClientId,
    ClientList,
    ClientMade,
    ClientView,
    KeyGiven,
    KeyId,
    KeyView,
    SecretChange,
    SecretView,
    WhyDisabled,
)

router = APIRouter(prefix="/admin/v1/sync/clients", tags=["省平台客户端"], route_class=Transacted)
Which = Annotated[ClientId, Path(description="客户端标识", examples=["province-main"])]


@router.get("", summary="省平台客户端")
async def list_province_clients(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard: there is one exchange for the whole city
) -> ClientList:
    """全部客户端及其权限、来源网段、公钥和最近一次调用。"""
    found = await session.execute(queries.clients())
    return ClientList(items=[_view(*row) for row in found])


@router.post(
    "",
    summary="新建客户端",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(ClientIdTaken),
)
async def make_province_client(
    session: Session, officer: AsOperator, response: Response, given: ClientDraft
) -> ClientMade:
    """密钥只在应答中给出一次,请以安全方式转交;记入台账。"""
    client, secret = await clients.make(session, officer.actor, given)
    response.headers["Cache-Control"] = "no-store"
    tag(response, client.version)
    return ClientMade(**_view(client).model_dump(), client_secret=secret)


@router.get("/{client_id}", summary="客户端详情")
async def read_province_client(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard
    response: Response,
    client_id: Which,
) -> ClientView:
    """权限、来源网段、公钥和最近一次调用。"""
    row = (await session.execute(queries.clients(client_id))).one_or_none()
    if row is None:
        raise NotFound
    tag(response, row[0].version)
    return _view(*row)


@router.patch("/{client_id}", summary="修改客户端", responses=answers(Stale, Malformed))
async def change_province_client(
    session: Session,
    officer: AsOperator,
    response: Response,
    client_id: Which,
    changes: ClientChanges,
    if_match: IfMatch = None,
) -> ClientView:
    """名称、权限、来源网段、调用次数;减去的权限和网段对已发出的令牌同样立即失效。记入台账。"""
    return _shown(
        response,
        await clients.change(session, officer.actor, client_id, changes, version_in(if_match)),
    )


@router.post("/{client_id}/secret", summary="更换密钥", dependencies=[OnceForStaff])
async def renew_province_secret(
    session: Session, officer: AsOperator, response: Response, client_id: Which, given: SecretChange
) -> SecretView:
    """给出新密钥一次;旧密钥在所定的小时数内仍可用,便于对方不停机更换。记入台账。"""
    lives = timedelta(hours=given.old_lives_h)
    client, secret = await clients.renew_secret(session, officer.actor, client_id, lives)
    response.headers["Cache-Control"] = "no-store"
    return SecretView(client_secret=secret, old_secret_until=client.old_secret_until)


@router.delete(
    "/{client_id}/secret",
    summary="停用密钥",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(NoWayIn),
)
async def drop_province_secret(session: Session, officer: AsOperator, client_id: Which) -> None:
    """此后只能以公钥对应的签名断言登录;没有可用的公钥时不能停用。记入台账。"""
    await clients.drop_secret(session, officer.actor, client_id)


@router.post(
    "/{client_id}/keys",
    summary="登记公钥",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(KeyIdTaken, TooManyKeys, Invalid),
)
async def add_province_key(
    session: Session, officer: AsOperator, response: Response, client_id: Which, given: KeyGiven
) -> ClientView:
    """与已有的公钥并存,对方换用后再删除旧的;含私钥部分的一律拒绝。记入台账。"""
    return _shown(response, await clients.add_key(session, officer.actor, client_id, given))


@router.delete(
    "/{client_id}/keys/{kid}",
    summary="删除公钥",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(NoWayIn),
)
async def remove_province_key(
    session: Session,
    officer: AsOperator,
    client_id: Which,
    kid: Annotated[KeyId, Path(description="公钥编号", examples=["2026-11"])],
) -> None:
    """用它签署的断言不能再登录;已发出的令牌十分钟内到期,要立即停止请停用客户端。记入台账。"""
    await clients.remove_key(session, officer.actor, client_id, kid)


@router.post("/{client_id}/disable", summary="停用客户端", dependencies=[OnceForStaff])
async def disable_province_client(
    session: Session, officer: AsOperator, response: Response, client_id: Which, given: WhyDisabled
) -> ClientView:
    """立即生效,已发出的令牌随之失效;推送也停止。记入台账。"""
    return _shown(response, await clients.disable(session, officer.actor, client_id, given.reason))


@router.post("/{client_id}/enable", summary="恢复客户端", dependencies=[OnceForStaff])
async def enable_province_client(
    session: Session, officer: AsOperator, response: Response, client_id: Which
) -> ClientView:
    """恢复调用;记入台账。"""
    return _shown(response, await clients.enable(session, officer.actor, client_id))


def _shown(response: Response, client: Client) -> ClientView:
    tag(response, client.version)
    return _view(client)


def _view(client: Client, at: datetime | None = None, address: str | None = None) -> ClientView:
    return ClientView(
        id=client.id,
        name=client.name,
        scopes=[Scope(one) for one in client.scopes if one in set(Scope)],
        addresses=client.addresses,
        calls_a_minute=client.calls_a_minute,
        has_secret=client.secret_digest is not None,
        old_secret_until=client.old_secret_until,
        keys=[_key(key) for key in client.keys],
        disabled_at=client.disabled_at,
        last_call_at=at,
        last_call_from=address,
        ledger_id=str(client.ledger_id),
        created_at=client.created_at,
        version=client.version,
    )


def _key(key: dict[str, Any]) -> KeyView:
    until = datetime.fromtimestamp(key["exp"], UTC) if "exp" in key else None
    return KeyView(until=until, **{name: key.get(name) for name in ("kid", "use", "kty", "crv", "alg")})
