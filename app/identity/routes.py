"""Signing in and one's own account: the mobile app's door."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import Conflict, TooMany
from app.identity import actions, codes, queries
from app.identity.asking import AsAccount, AsAsking
from app.identity.holdings import everything
from app.identity.models import Account, Purpose
from app.identity.phones import masked
from app.identity.problems import CodeWrong, RefreshRefused
from app.identity.schemas import (
    AccountChanges,
    AccountView,
    CodeSent,
    CodeWanted,
    ConsentRecord,
    ConsentsGiven,
    ConsentsView,
    RefreshGiven,
    SessionList,
    SessionView,
    SignedInView,
    SignInGiven,
)

auth = APIRouter(prefix="/v1/auth", tags=["登录"], route_class=Transacted)
me = APIRouter(prefix="/v1/me", tags=["我的账号"], route_class=Transacted)


@auth.post("/codes", summary="获取短信验证码", status_code=HTTPStatus.ACCEPTED, responses=answers(TooMany))
async def send_code(request: Request, session: Session, wanted: CodeWanted) -> CodeSent:
    """无论手机号是否注册,应答相同。验证码六位,五分钟内有效,错五次作废。"""
    await codes.send_code(session, wanted.phone, _address(request))
    return CodeSent(
        expires_in_s=int(codes.LIFETIME.total_seconds()), retry_after_s=int(codes.AGAIN_AFTER.total_seconds())
    )


@auth.post(
    "/sessions",
    summary="用验证码登录",
    status_code=HTTPStatus.CREATED,
    responses=answers(CodeWrong, TooMany),
)
async def sign_in(request: Request, session: Session, given: SignInGiven) -> SignedInView:
    """首次登录即注册。"""
    signed_in = await actions.sign_in(session, given.phone, given.code, given.device_name, _address(request))
    return _signed_in(signed_in)


@auth.post("/sessions/refresh", summary="刷新令牌", responses=answers(RefreshRefused))
async def refresh(session: Session, given: RefreshGiven) -> SignedInView:
    """每次刷新换一对新令牌;旧的刷新令牌再次出现,该设备的登录即全部失效。"""
    return _signed_in(await actions.refresh(session, given.refresh_token))


@auth.get("/sessions", summary="已登录的设备")
async def list_sessions(session: Session, asking: AsAsking) -> SessionList:
    """列出尚未退出的设备。"""
    found = await session.scalars(queries.lasting_sessions(asking.account.id))
    return SessionList(
        items=[
            SessionView(
                id=s.id,
                device_name=s.device_name,
                started_at=s.started_at,
                refreshed_at=s.refreshed_at,
                current=s.id == asking.session_id,
            )
            for s in found
        ]
    )


@auth.delete("/sessions/current", summary="退出本设备", status_code=HTTPStatus.NO_CONTENT)
async def sign_out(session: Session, asking: AsAsking) -> None:
    """访问令牌随即失效。"""
    if asking.session_id:
        await actions.end_session(session, asking.account, asking.session_id)


@auth.delete("/sessions/{session_id}", summary="退出某台设备", status_code=HTTPStatus.NO_CONTENT)
async def end_session(session: Session, account: AsAccount, session_id: UUID) -> None:
    """手机丢失时可由此让其退出。"""
    await actions.end_session(session, account, session_id)


@me.get("", summary="我的账号")
async def read_me(account: AsAccount) -> AccountView:
    """手机号部分隐去。"""
    return _account(account)


@me.patch("", summary="修改账号设置")
async def change_me(account: AsAccount, changes: AccountChanges) -> AccountView:
    """目前可改语言。"""
    if changes.language:
        account.language = changes.language
    return _account(account)


@me.delete("", summary="注销账号", status_code=HTTPStatus.NO_CONTENT, responses=answers(Conflict))
async def close_me(session: Session, account: AsAccount) -> None:
    """注销后个人信息即删除,只留法律要求保存的用工、工资与争议记录;还有未完成的用工时先退出或取消。"""
    await actions.close(session, account)


@me.get(
    "/data",
    summary="导出我的全部数据",
    response_class=Response,
    responses=answers(
        **{"200": {"description": "ZIP,内为各类数据的 JSON", "content": {"application/zip": {}}}}
    ),
)
async def export_me(session: Session, account: AsAccount) -> Response:
    """本平台持有的与本人有关的全部数据,一个 ZIP。"""
    return Response(
        await everything(session, account.id),
        media_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"},
    )


@me.get("/consents", summary="我的同意")
async def read_consents(session: Session, account: AsAccount) -> ConsentsView:
    """每项个人信息用途单独同意,可随时撤回。"""
    return await _consents(session, account)


@me.put("/consents", summary="表达或撤回同意")
async def put_consents(session: Session, account: AsAccount, given: ConsentsGiven) -> ConsentsView:
    """未列出的用途保持不变。"""
    said = {Purpose(name): value for name, value in given.model_dump(exclude_none=True).items()}
    await actions.consent(session, account, said)
    return await _consents(session, account)


async def _consents(session: Session, account: Account) -> ConsentsView:
    kept = await actions.consents_of(session, account.id)
    records = {
        purpose.value: ConsentRecord.model_validate(kept[purpose])
        if purpose in kept
        else ConsentRecord(given=False, at=None, text_version=None)
        for purpose in Purpose
    }
    return ConsentsView(**{name: record.given for name, record in records.items()}, records=records)


def _signed_in(signed_in: actions.SignedIn) -> SignedInView:
    return SignedInView(
        access_token=signed_in.access_token,
        expires_in_s=int(actions.ACCESS_FOR.total_seconds()),
        refresh_token=signed_in.refresh_token,
        account=_account(signed_in.account),
    )


def _account(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        phone=masked(account.phone or ""),
        state=account.state,
        language="en" if account.language == "en" else "zh",
        created_at=account.created_at,
    )


def _address(request: Request) -> str | None:
    """Return the caller's network address, or None where limits by it are lifted."""
    if request.app.state.settings.is_local:
        return None
    return request.client.host if request.client else "unknown"
