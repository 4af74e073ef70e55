"""Attendance: the mobile app's door."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from app.attachments import queries as attachments
from app.attachments.problems import AttachmentUnknown
from app.attendance import claims, noting, queries, reports, site_codes, views
from app.attendance.models import AttendanceKind
from app.attendance.problems import (
    AttendanceStateConflict,
    ClaimOpen,
    FixedCodesOnly,
    HowMissing,
    NothingToAnswer,
    OutsideTheSite,
    ProofInvalid,
    SiteCodeWrong,
    TooEarly,
    TooLate,
    TooManyNotes,
)
from app.attendance.schemas import (
    AttendanceView,
    ClaimAnswer,
    Contest,
    Lateness,
    NoShowGiven,
    NoShowTakenBack,
    PresenceGiven,
    SiteCodeView,
    SiteCodeWanted,
    TurnedAwayGiven,
)
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.papers import Paper, Picture
from app.core.problems import TooMany
from app.engagements.models import Side
from app.engagements.problems import EngagementStateConflict
from app.engagements.schemas import EngagementView
from app.geo.places import ShownIn
from app.geo.points import Datum
from app.identity.asking import AsAccount, Once
from app.identity.problems import ConsentMissing
from app.jobs import queries as jobs

router = APIRouter(prefix="/v1/engagements", tags=["考勤"], route_class=Transacted)
of_jobs = APIRouter(prefix="/v1/jobs", tags=["考勤"], route_class=Transacted)
_NOTING: Any = (
    EngagementStateConflict,
    TooEarly,
    TooLate,
    HowMissing,
    SiteCodeWrong,
    ProofInvalid,
    TooMany,
    TooManyNotes,
)
_PRESENT = PresenceGiven()
_NO_SHOW = NoShowGiven()
_TAKEN_BACK = NoShowTakenBack()


@router.post(
    "/{engagement_id}/check-in",
    summary="签到",
    dependencies=[Once],
    responses=answers(*_NOTING, OutsideTheSite, ConsentMissing, ClaimOpen),
)
async def check_in(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    given: PresenceGiven = _PRESENT,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """劳动者凭定位或现场码签到;用工主体成员调用即代为确认到岗。开工前两小时起,至班次结束。

    定位不准不作为拒绝理由(按精度放宽,至多一公里);没有网络时先在手机上记下,班次结束后 72 小时内补传,
    会标明迟到上传。同一事件重复提交只记一次。
    """
    await noting.note(session, account.id, engagement_id, AttendanceKind.CHECK_IN, given)
    return await views.engagement(session, account, engagement_id, datum)


@router.post(
    "/{engagement_id}/check-out",
    summary="签退",
    dependencies=[Once],
    responses=answers(*_NOTING, OutsideTheSite, ConsentMissing),
)
async def check_out(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    given: PresenceGiven = _PRESENT,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """方式同签到;至班次结束后 12 小时。忘记签退的,届时由系统按约定的结束时间签退,可再补传更正。"""
    await noting.note(session, account.id, engagement_id, AttendanceKind.CHECK_OUT, given)
    return await views.engagement(session, account, engagement_id, datum)


@router.get("/{engagement_id}/attendance", summary="考勤记录")
async def read_attendance(session: Session, account: AsAccount, engagement_id: UUID) -> AttendanceView:
    """双方可见。只显示与工作地点的距离,不显示位置。"""
    await queries.party(session, account.id, engagement_id)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/attendance/{attendance_id}/contest",
    summary="对考勤记录提出异议",
    dependencies=[Once],
    responses=answers(AttendanceStateConflict, TooLate),
)
async def contest_attendance(
    session: Session, account: AsAccount, engagement_id: UUID, attendance_id: UUID, given: Contest
) -> AttendanceView:
    """由对方在收到后 72 小时内提出一次;工时以用工主体确认为准,有分歧的在确认工时或维权中解决。"""
    await reports.contest(session, account.id, engagement_id, attendance_id, given.text)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/running-late",
    summary="会迟到",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, TooEarly, TooLate, TooManyNotes, TooMany),
)
async def run_late(
    session: Session, account: AsAccount, engagement_id: UUID, given: Lateness
) -> AttendanceView:
    """劳动者在开工前六小时至班次结束前告知;每天至多六次,以最后一次为准。预计到达前(至多开工后三小时)不提爽约。"""
    engagement, _ = await queries.party(session, account.id, engagement_id, Side.WORKER)
    await reports.run_late(session, engagement, given.arrives_at, given.minutes, given.text)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/turned-away",
    summary="到场被拒",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, TooEarly, TooLate, ClaimOpen, AttachmentUnknown, TooManyNotes),
)
async def report_turned_away(
    session: Session, account: AsAccount, engagement_id: UUID, given: TurnedAwayGiven
) -> AttendanceView:
    """劳动者到场而不让干活,开工前一小时至结束后 12 小时内提出。

    用工主体 24 小时内答复,逾期即按用工主体取消处理。
    """
    engagement, _ = await queries.party(session, account.id, engagement_id, Side.WORKER)
    await reports.turned_away(session, engagement, given.text, given.place, given.files)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/no-show",
    summary="劳动者未到",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, TooEarly, TooLate, ClaimOpen, TooMany),
)
async def say_no_show(
    session: Session, account: AsAccount, engagement_id: UUID, given: NoShowGiven = _NO_SHOW
) -> AttendanceView:
    """用工主体在开工 30 分钟后至结束后 24 小时内提出,每天至多三次;劳动者有 24 小时答复,期间不计入信用。"""
    engagement, _ = await queries.party(session, account.id, engagement_id, Side.EMPLOYER)
    await claims.say_no_show(session, engagement, account.id, given.text)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/no-show/withdraw",
    summary="收回爽约",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, NothingToAnswer),
)
async def take_back_no_show(
    session: Session, account: AsAccount, engagement_id: UUID, given: NoShowTakenBack = _TAKEN_BACK
) -> AttendanceView:
    """劳动者答复之前可收回,系统提出的也可。

    班次未结束的,请随即确认到岗,一小时内仍无人签到会再次提出;已结束的须说明是否到岗。
    """
    engagement, _ = await queries.party(session, account.id, engagement_id, Side.EMPLOYER)
    await claims.take_back_no_show(session, engagement, account.id, attended=given.attended)
    return await views.attendance(session, engagement_id)


@router.post(
    "/{engagement_id}/claim/answer",
    summary="答复爽约或到场被拒",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, NothingToAnswer, TooLate, AttachmentUnknown),
)
async def answer_claim(
    session: Session, account: AsAccount, engagement_id: UUID, given: ClaimAnswer
) -> AttendanceView:
    """爽约由劳动者答复,到场被拒由用工主体答复。认可即成立;不认可的转为争议,由工作人员裁定。"""
    engagement, side = await queries.party(session, account.id, engagement_id)
    await claims.answer(
        session, engagement, account.id, side, agrees=given.agrees, text=given.text, files=given.files
    )
    return await views.attendance(session, engagement_id)


@router.get(
    "/{engagement_id}/claims/{claim_id}/files/{file_id}",
    summary="说法的证据图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_claim_file(
    session: Session, account: AsAccount, engagement_id: UUID, claim_id: UUID, file_id: UUID
) -> Picture:
    """双方可见。"""
    await queries.party(session, account.id, engagement_id)
    claim = await queries.claim_of(session, engagement_id, claim_id)
    data = await attachments.picture_of(session, claim.id, file_id)
    return Picture(data)


@of_jobs.get("/{job_id}/site-code", summary="现场签到码")
async def read_site_code(session: Session, account: AsAccount, job_id: UUID) -> SiteCodeView:
    """仅用工主体成员可见。尚未生成的为 404,先用 POST 生成;动态码到期后再取。"""
    job = await jobs.own(session, account, job_id)
    return SiteCodeView.model_validate(await site_codes.read(session, job))


@of_jobs.post(
    "/{job_id}/site-code", summary="生成现场签到码", status_code=HTTPStatus.CREATED, dependencies=[Once]
)
async def make_site_code(
    session: Session, account: AsAccount, job_id: UUID, given: SiteCodeWanted
) -> SiteCodeView:
    """旧码随即失效。固定码可打印张贴,动态码须在现场屏幕上显示。"""
    job = await jobs.own(session, account, job_id)
    return SiteCodeView.model_validate(await site_codes.make(session, job, given.mode))


@of_jobs.get(
    "/{job_id}/site-code.pdf",
    summary="打印现场签到码",
    response_class=Paper,
    responses=answers(FixedCodesOnly, **{"200": {"description": "A4 一页"}}),
)
async def print_site_code(session: Session, account: AsAccount, job_id: UUID) -> Paper:
    """固定码的张贴页:二维码、岗位、地点、签到码与说明。"""
    job = await jobs.own(session, account, job_id)
    return Paper(
        await site_codes.poster(session, job),
        headers={"Content-Disposition": 'inline; filename="site-code.pdf"'},
    )
