"""Staff sign-in, and who I am: the stations' door."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from app.access import actions
from app.access.asking import AsStaff
from app.access.problems import SignInRefused
from app.access.schemas import StaffSignedInView, StaffSignIn, StaffView
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.stations.models import Staff, Station

auth = APIRouter(prefix="/admin/v1/auth", tags=["登录"], route_class=Transacted)
me = APIRouter(prefix="/admin/v1/me", tags=["登录"], route_class=Transacted)


@auth.post(
    "/sessions",
    summary="工作人员登录",
    status_code=HTTPStatus.CREATED,
    responses=answers(SignInRefused),
)
async def staff_sign_in(request: Request, session: Session, given: StaffSignIn) -> StaffSignedInView:
    """密码与动态码缺一不可;连续五次失败锁定 15 分钟;闲置 30 分钟或满 12 小时须重新登录。"""
    address = request.client.host if request.client else None
    signed_in = await actions.sign_in(session, given.username, given.password, given.totp, address)
    return StaffSignedInView(
        access_token=signed_in.access_token,
        expires_in_s=int(actions.ABSOLUTE.total_seconds()),
        staff=_shown(signed_in.staff, signed_in.station),
    )


@auth.delete("/sessions/current", summary="退出登录", status_code=HTTPStatus.NO_CONTENT)
async def staff_sign_out(session: Session, officer: AsStaff) -> None:
    """本人的全部登录随即失效。"""
    await actions.sign_out(session, officer.staff)


@me.get("", summary="我的身份与权限范围")
async def read_staff_me(officer: AsStaff) -> StaffView:
    """角色与所及区划,每次请求都从数据库读取。"""
    return _shown(officer.staff, officer.station)


def _shown(staff: Staff, station: Station) -> StaffView:
    return StaffView(
        id=staff.id, name=staff.name, role=staff.role, division=station.division, station_id=station.id
    )
