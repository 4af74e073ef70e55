"""Staff sign-in, and who I am: the stations' door."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from app.access import actions
from app.access.asking import AsSignedIn
from app.access.problems import PasswordWeak, PasswordWrong, SignInRefused, TemporaryPasswordExpired
from app.access.schemas import PasswordChange, StaffSignedInView, StaffSignIn, StaffView
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.stations.models import Staff, Station

auth = APIRouter(prefix="/admin/v1/auth", tags=["登录"], route_class=Transacted)
me = APIRouter(prefix="/admin/v1/me", tags=["登录"], route_class=Transacted)


@auth.post(
    "/sessions",
    summary="工作人员登录",
    status_code=HTTPStatus.CREATED,
    responses=answers(SignInRefused, TemporaryPasswordExpired),
)
async def staff_sign_in(request: Request, session: Session, given: StaffSignIn) -> StaffSignedInView:
    """密码与动态码缺一不可;连续五次失败锁定 15 分钟;闲置 30 分钟或满 12 小时须重新登录。"""
    address = request.client.host if request.client else None
    signed_in = await actions.sign_in(session, given.username, given.password, given.totp, address)
    return StaffSignedInView(
        access_token=signed_in.access_token,
        expires_in_s=int(actions.ABSOLUTE.total_seconds()),
        must_change_password=signed_in.staff.must_change_password,
        staff=_shown(signed_in.staff, signed_in.station),
    )


@auth.delete("/sessions/current", summary="退出登录", status_code=HTTPStatus.NO_CONTENT)
async def staff_sign_out(session: Session, officer: AsSignedIn) -> None:
    """本人的全部登录随即失效。"""
    await actions.sign_out(session, officer.staff.id)


@auth.post(
    "/password",
    summary="修改本人密码",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(PasswordWrong, PasswordWeak),
)
async def change_own_password(session: Session, officer: AsSignedIn, given: PasswordChange) -> None:
    """首次登录或重置后须先改密码;改好后本人的其他登录失效,本次登录继续有效。

    原密码连续五次不正确,锁定 15 分钟并结束全部登录。
    """
    await actions.change_password(
        session, officer.actor, officer.staff, officer.session_id, given.old, given.new
    )


@me.get("", summary="我的身份与权限范围")
async def read_staff_me(officer: AsSignedIn) -> StaffView:
    """角色与所及区划,每次请求都从数据库读取。"""
    return _shown(officer.staff, officer.station)


def _shown(staff: Staff, station: Station) -> StaffView:
    return StaffView(
        id=staff.id, name=staff.name, role=staff.role, division=station.division, station_id=station.id
    )
