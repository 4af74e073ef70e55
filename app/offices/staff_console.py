"""Appointing staff: the managers' door."""

from base64 import b64encode
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import pyotp
from fastapi import APIRouter, Query, Response

from app.access.asking import AsManager, Officer, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, Stale
from app.core.typeset import qr
from app.offices import queries, staffing
from app.offices.problems import (
    BeyondOwnAuthority,
    DismissedAlready,
    LastAdministrator,
    NotOnOneself,
    UsernameTaken,
    WorkplaceUnfit,
)
from app.offices.staff_schemas import (
    Appointment,
    Credentials,
    StaffChanges,
    StaffMember,
    StaffMemberPage,
    StaffReason,
)
from app.offices.views import member_of
from app.stations.models import Role, Staff

router = APIRouter(prefix="/admin/v1/staff", tags=["工作人员"], route_class=Transacted)
ISSUER = "临汾零工市场"


@router.get("", summary="工作人员名单", responses=answers(Invalid))
async def list_staff(
    session: Session,
    officer: AsManager,
    station_id: Annotated[UUID | None, Query(description="只列此机构的")] = None,
    role: Annotated[Role | None, Query(description="只列此角色的")] = None,
    dismissed: Annotated[bool, Query(description="改列已解除的")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> StaffMemberPage:
    """本级及以下机构的工作人员。"""
    scope = f"staff/{officer.station.id}/{station_id}/{role}/{dismissed}"
    statement = queries.staff_run_by(officer, station_id, role, dismissed=dismissed)
    found, following = await newest(session, statement, Staff.id, limit, cursor, scope)
    return StaffMemberPage(items=[member_of(*row) for row in found], next_cursor=following)


@router.get("/{staff_id}", summary="工作人员")
async def read_staff(response: Response, session: Session, officer: AsManager, staff_id: UUID) -> StaffMember:
    """本级及以下机构的一名工作人员。"""
    return await _answer(response, session, officer, staff_id)


@router.post(
    "",
    summary="任用工作人员",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(UsernameTaken, WorkplaceUnfit, BeyondOwnAuthority),
)
async def appoint_staff(
    response: Response, session: Session, officer: AsManager, given: Appointment
) -> Credentials:
    """由本级或上级管理员任用;临时密码与动态码二维码只显示这一次,请当面交给本人。"""
    member, password = await staffing.appoint(session, officer, given)
    return await _credentials(response, session, officer, member, password)


@router.patch(
    "/{staff_id}",
    summary="调整工作人员",
    responses=answers(
        Stale, DismissedAlready, NotOnOneself, BeyondOwnAuthority, LastAdministrator, WorkplaceUnfit
    ),
)
async def change_staff(
    response: Response,
    session: Session,
    officer: AsManager,
    staff_id: UUID,
    given: StaffChanges,
    if_match: IfMatch = None,
) -> StaffMember:
    """姓名、角色、所在机构,只改所给的;换了角色或机构须重新登录。"""
    await staffing.change(session, officer, staff_id, given, version_in(if_match))
    return await _answer(response, session, officer, staff_id)


@router.post(
    "/{staff_id}/reset",
    summary="重置密码与动态码",
    dependencies=[OnceForStaff],
    responses=answers(DismissedAlready, NotOnOneself, BeyondOwnAuthority),
)
async def reset_staff(
    response: Response, session: Session, officer: AsManager, staff_id: UUID, given: StaffReason
) -> Credentials:
    """原密码、原动态码与全部登录随即失效;请先核对本人身份。"""
    member, password = await staffing.reset(session, officer, staff_id, given.reason)
    return await _credentials(response, session, officer, member, password)


@router.post(
    "/{staff_id}/unlock",
    summary="解除锁定",
    dependencies=[OnceForStaff],
    responses=answers(DismissedAlready),
)
async def unlock_staff(
    response: Response, session: Session, officer: AsManager, staff_id: UUID, given: StaffReason
) -> StaffMember:
    """连续五次登录失败而锁定的,可提前解除。"""
    await staffing.unlock(session, officer, staff_id, given.reason)
    return await _answer(response, session, officer, staff_id)


@router.post(
    "/{staff_id}/dismiss",
    summary="解除工作人员",
    dependencies=[OnceForStaff],
    responses=answers(DismissedAlready, NotOnOneself, BeyondOwnAuthority, LastAdministrator),
)
async def dismiss_staff(
    response: Response, session: Session, officer: AsManager, staff_id: UUID, given: StaffReason
) -> StaffMember:
    """即刻生效:其后的每个请求都被拒绝;其认领的事项退回队列。"""
    await staffing.dismiss(session, officer, staff_id, given.reason)
    return await _answer(response, session, officer, staff_id)


async def _answer(response: Response, session: Session, officer: Officer, staff_id: UUID) -> StaffMember:
    member, station = await queries.member_run_by(session, officer, staff_id)
    tag(response, member.version)
    return member_of(member, station)


async def _credentials(
    response: Response, session: Session, officer: Officer, member: Staff, password: str
) -> Credentials:
    response.headers["Cache-Control"] = "no-store"
    uri = pyotp.TOTP(member.totp_secret).provisioning_uri(name=member.username, issuer_name=ISSUER)
    return Credentials(
        staff=await _answer(response, session, officer, member.id),
        temporary_password=password,
        totp_uri=uri,
        totp_qr="data:image/svg+xml;base64," + b64encode(qr(uri).encode()).decode(),
    )
