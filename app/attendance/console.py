"""Attendance: the stations' door."""

from uuid import UUID

from fastapi import APIRouter

from app.access.asking import AsHelper, AsReader, OnceForStaff
from app.attendance import noting, queries, views
from app.attendance.models import AttendanceKind
from app.attendance.problems import TooEarly, TooLate, TooManyNotes
from app.attendance.schemas import AttendanceView, PresenceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.engagements.problems import EngagementStateConflict

router = APIRouter(prefix="/admin/v1/engagements", tags=["考勤"], route_class=Transacted)


@router.get("/{engagement_id}/attendance", summary="考勤记录")
async def read_attendance_for_staff(
    session: Session, officer: AsReader, engagement_id: UUID
) -> AttendanceView:
    """辖区内的;只显示与工作地点的距离,不显示位置。"""
    await queries.in_reach(session, officer, engagement_id)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/check-in",
    summary="代为签到",
    dependencies=[OnceForStaff],
    responses=answers(EngagementStateConflict, TooEarly, TooLate, TooManyNotes),
)
async def check_in_for_worker(
    session: Session, officer: AsHelper, engagement_id: UUID, given: PresenceForStaff
) -> AttendanceView:
    """劳动者没有智能手机等情形,核实后代办;双方会收到通知,并记入台账。时限同本人签到。"""
    kind = AttendanceKind.CHECK_IN
    await noting.note_for_staff(session, officer, engagement_id, kind, given.at, given.reason)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/check-out",
    summary="代为签退",
    dependencies=[OnceForStaff],
    responses=answers(EngagementStateConflict, TooEarly, TooLate, TooManyNotes),
)
async def check_out_for_worker(
    session: Session, officer: AsHelper, engagement_id: UUID, given: PresenceForStaff
) -> AttendanceView:
    """同代为签到。"""
    kind = AttendanceKind.CHECK_OUT
    await noting.note_for_staff(session, officer, engagement_id, kind, given.at, given.reason)
    return await views.attendance(session, engagement_id)
