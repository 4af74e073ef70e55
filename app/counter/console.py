"""Helping people at the counter: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from app.access.asking import AsHelper, AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.files import FileAbsent
from app.core.pages import Cursor, Limit, newest, oldest
from app.core.papers import Paper, Picture
from app.core.ports import ports
from app.core.problems import Invalid, NotFound, TooMany
from app.core.types import Line
from app.core.uploads import PictureInvalid
from app.counter import actions, errands, printing, queries
from app.counter.models import Assistance, AssistanceState, Errand
from app.counter.problems import AssistanceStateConflict, ErrandDone, HasAPhone, HasNoPhone, NameDiffers
from app.counter.schemas import (
    AssistancePage,
    AssistanceView,
    AssistanceWanted,
    CodeGiven,
    ErrandOutcome,
    ErrandPage,
    ErrandView,
    ReasonGiven,
)
from app.identity.problems import CodeWrong
from app.workers.problems import IdNumberTaken, TooYoung

router = APIRouter(prefix="/admin/v1/assistances", tags=["代办"], route_class=Transacted)
told = APIRouter(prefix="/admin/v1/errands", tags=["代办"], route_class=Transacted)


@router.post(
    "",
    summary="开始代办:短信征得同意",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(HasNoPhone, TooMany),
)
async def begin_assistance(session: Session, officer: AsHelper, given: AssistanceWanted) -> AssistanceView:
    """向本人手机发验证码,短信写明同意什么;只供本次代办,不能用来登录。无论手机号是否注册,应答相同。"""
    begun = await actions.begin(session, officer, given.phone, given.worker_id)
    return await _answer(session, officer, begun.id)


@router.post(
    "/on-paper",
    summary="开始代办:签字同意",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(PictureInvalid, HasAPhone, NameDiffers, IdNumberTaken, TooYoung),
)
async def begin_assistance_on_paper(
    session: Session,
    officer: AsHelper,
    sheet: Annotated[UploadFile, File(description="签字同意书的照片,JPEG、PNG 或 WebP,8 MB 以内")],
    worker_id: Annotated[UUID | None, Form(description="辖区内没有手机的劳动者的编号")] = None,
    name: Annotated[
        str | None,
        Form(min_length=2, max_length=50, pattern=r"^[^\x00-\x1f\x7f0-9]+$", description="证件上的姓名"),
    ] = None,
    id_number: Annotated[
        str | None, Form(min_length=15, max_length=24, pattern=r"^[^\x00]+$", description="证件号码")
    ] = None,
    contact: Annotated[Line | None, Form(description="怎样能找到本人,如邻居电话;加密保存")] = None,
) -> AssistanceView:
    """没有手机的人用。填 worker_id,或填 name 与 id_number:尚未登记的即行登记并实名。"""
    who = printing.signed_by(worker_id, name, id_number)
    begun = await actions.begin_on_paper(session, officer, await sheet.read(), who, contact)
    return await _answer(session, officer, begun.id)


@router.get("", summary="代办记录", responses=answers(Invalid))
async def list_assistances(
    session: Session,
    officer: AsReader,
    state: Annotated[AssistanceState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AssistancePage:
    """辖区内的。"""
    scope = f"assistances/{officer.station.id}/{state}"
    statement = queries.in_reach(officer, state)
    rows, following = await newest(session, statement, Assistance.id, limit, cursor, scope)
    return AssistancePage(items=[_view(row) for row in rows], next_cursor=following)


@router.get(
    "/sheet.pdf",
    summary="打印同意书",
    response_class=Paper,
    responses=answers(**{"200": {"description": "一页 A4"}}),
)
async def print_consent_sheet(officer: AsHelper) -> Paper:
    """空白的代办同意书,抬头为本机构;没有手机的人签字或按手印后拍照上传。"""
    return Paper(await printing.sheet(officer.station))


@router.get("/{assistance_id}", summary="一次代办")
async def read_assistance(session: Session, officer: AsReader, assistance_id: UUID) -> AssistanceView:
    """辖区内的。"""
    return await _answer(session, officer, assistance_id)


@router.post(
    "/{assistance_id}/confirm",
    summary="输入本人告知的验证码",
    dependencies=[OnceForStaff],
    responses=answers(CodeWrong, AssistanceStateConflict, TooMany),
)
async def confirm_assistance(
    session: Session, officer: AsHelper, assistance_id: UUID, given: CodeGiven
) -> AssistanceView:
    """同意后两小时内可代办;手机号首次使用即注册。验证码五分钟内有效,错五次作废。"""
    await actions.confirm(session, officer, assistance_id, given.code)
    return await _answer(session, officer, assistance_id)


@router.post(
    "/{assistance_id}/sheet",
    summary="查看签字同意书",
    response_class=Picture,
    responses=answers(**{"200": {"description": "照片"}}),
)
async def read_assistance_sheet(
    session: Session, officer: AsHelper, assistance_id: UUID, given: ReasonGiven
) -> Picture:
    """经办人与主任可看;查看及理由记入台账。"""
    key = await actions.read_sheet(session, officer, assistance_id, given.reason)
    try:
        data = await ports().files.get(key)
    except FileAbsent:
        raise NotFound from None
    return Picture(data)


@router.post("/{assistance_id}/end", summary="结束代办", dependencies=[OnceForStaff])
async def end_assistance(session: Session, officer: AsHelper, assistance_id: UUID) -> AssistanceView:
    """办完即结束;之后不能再代办。"""
    await actions.end(session, officer, assistance_id)
    return await _answer(session, officer, assistance_id)


@told.get("", summary="待告知事项", responses=answers(Invalid))
async def list_errands(
    session: Session,
    officer: AsReader,
    done: Annotated[bool, Query(description="true 列已告知的")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ErrandPage:
    """没有手机的人该收的短信,由站上当面、托人或打邻居电话告知;最早的在前。"""
    scope = f"errands/{officer.station.id}/{done}"
    statement = queries.errands(officer, done=done)
    rows, following = await oldest(session, statement, Errand.id, limit, cursor, scope)
    return ErrandPage(items=[_errand(*row) for row in rows], next_cursor=following)


@told.post("/{errand_id}/done", summary="已告知", dependencies=[OnceForStaff], responses=answers(ErrandDone))
async def finish_errand(
    session: Session, officer: AsHelper, errand_id: UUID, given: ErrandOutcome
) -> ErrandView:
    """写明怎样告知的。"""
    await errands.do(session, officer, errand_id, given.how)
    return _errand(*await queries.one_errand(session, officer, errand_id))


async def _answer(session: Session, officer: AsHelper, assistance_id: UUID) -> AssistanceView:
    return _view(await queries.one_in_reach(session, officer, assistance_id))


def _view(row: queries.Helped) -> AssistanceView:
    assistance, staff, station, person = row
    return AssistanceView(
        id=assistance.id,
        state=assistance.state,
        consent=assistance.consent,
        account_id=assistance.account_id if assistance.confirmed_at else None,
        person=person,
        staff_id=assistance.staff_id,
        staff=staff,
        station_id=assistance.station_id,
        station=station,
        created_at=assistance.created_at,
        confirmed_at=assistance.confirmed_at,
        until=assistance.until,
        ended_at=assistance.ended_at,
    )


def _errand(errand: Errand, person: str | None, station: str) -> ErrandView:
    return ErrandView(
        id=errand.id,
        worker_id=errand.account_id,
        person=person,
        station_id=errand.station_id,
        station=station,
        kind=errand.kind,
        text=errand.text,
        due_at=errand.due_at,
        created_at=errand.created_at,
        done_at=errand.done_at,
    )
