"""Verifying employers: the stations' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.access.asking import AsReader, AsReviewer, Officer, OnceForStaff
from app.cases import holds
from app.cases.models import CaseKind
from app.cases.problems import CaseHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.files import FileAbsent
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Picture
from app.core.ports import ports
from app.core.problems import Invalid, NotFound
from app.core.types import Schema, Text
from app.employers import actions, queries, verification
from app.employers.models import Employer, EmployerState
from app.employers.problems import EmployerStateConflict, LegalPersonBanned
from app.employers.schemas import Contact, DocumentList, DocumentView, EmployerView
from app.employers.views import profile
from app.geo.places import PlaceShown, ShownInWgs84, read_back, view
from app.geo.points import Datum
from app.identity.names import masked_name
from app.identity.phones import masked

router = APIRouter(prefix="/admin/v1/employers", tags=["用工主体"], route_class=Transacted)


class EmployerCase(EmployerView):
    """An employer as staff see it."""

    own: None = Field(None, description="管理端不用")
    reason: str | None = Field(description="退回、暂停或禁止的理由")
    trusted: bool = Field(description="可先发布后审核")
    source: str = Field(description="来源:city 在本市登记,province 随省级岗位而来,由省平台核验")
    contact_name: str = Field(description="联系人,部分隐去")
    contact_phone: str = Field(description="联系电话,部分隐去;查看全部须写明理由")
    place: PlaceShown = Field(description="住所或经营场所")
    station_id: UUID = Field(description="责任机构")
    documents: int = Field(description="已上传证照数")
    same_legal_person: int = Field(description="同一法人或个人在其他账号下的登记数")


class EmployerCasePage(Schema):
    items: list[EmployerCase] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class Verification(Schema):
    trusted: bool = Field(False, description="是否可先发布后审核")


_VERIFIED = Verification()


class Reason(Schema):
    reason: Text = Field(description="理由,本人可见", examples=["营业执照照片不清晰"])


@router.get("", summary="用工主体队列", responses=answers(Invalid))
async def list_employers(
    session: Session,
    officer: AsReader,
    state: Annotated[EmployerState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownInWgs84 = Datum.wgs84,
) -> EmployerCasePage:
    """所及区划内的用工主体。"""
    scope = f"employers/{officer.station.division}/{state}"
    statement = queries.in_reach_of(officer, state)
    found, following = await newest(session, statement, Employer.id, limit, cursor, scope)
    counts = await queries.counts_for(session, found)
    return EmployerCasePage(
        items=[_case(employer, counts[employer.id], datum) for employer in found], next_cursor=following
    )


@router.get("/{employer_id}", summary="用工主体")
async def read_employer_case(
    session: Session, officer: AsReader, employer_id: UUID, datum: ShownInWgs84 = Datum.wgs84
) -> EmployerCase:
    """所及区划内的一个用工主体。"""
    employer = await _find(session, officer, employer_id)
    return await _answer(session, employer, datum)


@router.post("/{employer_id}/contact", summary="查看联系人全部信息", dependencies=[OnceForStaff])
async def read_employer_contact(
    session: Session, officer: AsReader, employer_id: UUID, given: Reason
) -> Contact:
    """核实情况需要致电时使用;每次查看连同理由记入台账。"""
    employer = await _find(session, officer, employer_id)
    return await verification.unseal_contact(session, officer.actor, employer, given.reason)


@router.get("/{employer_id}/documents", summary="用工主体的证照")
async def list_employer_documents(session: Session, officer: AsReader, employer_id: UUID) -> DocumentList:
    """核验时逐张查看。"""
    await _find(session, officer, employer_id)
    found = await session.scalars(queries.documents_of(employer_id))
    return DocumentList(items=[DocumentView.model_validate(document) for document in found])


@router.get(
    "/{employer_id}/documents/{document_id}/picture",
    summary="证照照片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "照片"}}),
)
async def read_employer_document(
    session: Session, officer: AsReader, employer_id: UUID, document_id: UUID
) -> Picture:
    """上传时已去除拍摄位置等信息。"""
    await _find(session, officer, employer_id)
    for document in await session.scalars(queries.documents_of(employer_id)):
        if document.id == document_id:
            try:
                data = await ports().files.get(document.picture_key)
            except FileAbsent:
                break
            return Picture(data)
    raise NotFound


@router.post(
    "/{employer_id}/verify",
    summary="核验通过",
    dependencies=[OnceForStaff],
    responses=answers(LegalPersonBanned, CaseHeld),
)
async def verify_employer(
    session: Session, officer: AsReviewer, employer_id: UUID, given: Verification = _VERIFIED
) -> EmployerCase:
    """有效六个月,到期复核;复核、恢复暂停的也由此通过。"""
    employer = await _in_hand(session, officer, employer_id)
    await verification.verify(session, officer.actor, employer, trusted=given.trusted)
    return await _answer(session, employer, Datum.wgs84)


@router.post(
    "/{employer_id}/reject",
    summary="退回",
    dependencies=[OnceForStaff],
    responses=answers(EmployerStateConflict, CaseHeld),
)
async def reject_employer(
    session: Session, officer: AsReviewer, employer_id: UUID, given: Reason
) -> EmployerCase:
    """待核验的退回补正,理由通知本人。"""
    employer = await _in_hand(session, officer, employer_id)
    await verification.reject(session, officer.actor, employer, given.reason)
    return await _answer(session, employer, Datum.wgs84)


@router.post(
    "/{employer_id}/suspend",
    summary="暂停",
    dependencies=[OnceForStaff],
    responses=answers(EmployerStateConflict, CaseHeld),
)
async def suspend_employer(
    session: Session, officer: AsReviewer, employer_id: UUID, given: Reason
) -> EmployerCase:
    """岗位随即不再展示,核验通过后恢复。"""
    employer = await _in_hand(session, officer, employer_id)
    await verification.suspend(session, officer.actor, employer, given.reason)
    return await _answer(session, employer, Datum.wgs84)


@router.post("/{employer_id}/ban", summary="禁止", dependencies=[OnceForStaff], responses=answers(CaseHeld))
async def ban_employer(
    session: Session, officer: AsReviewer, employer_id: UUID, given: Reason
) -> EmployerCase:
    """对法人或个人本身生效:其在任何账号下的登记一并禁止,岗位一并下架。"""
    employer = await _in_hand(session, officer, employer_id)
    await verification.ban(session, officer.actor, employer, given.reason)
    return await _answer(session, employer, Datum.wgs84)


async def _find(session: Session, officer: Officer, employer_id: UUID) -> Employer:
    employer = await queries.one_in_reach(session, officer, employer_id)
    if employer is None:
        raise NotFound
    return employer


async def _in_hand(session: Session, officer: Officer, employer_id: UUID) -> Employer:
    employer = await _find(session, officer, employer_id)
    await holds.act_on(session, officer, CaseKind.EMPLOYERS, employer_id)
    return employer


async def _answer(session: Session, employer: Employer, datum: Datum) -> EmployerCase:
    counts = await queries.counts_for(session, [employer])
    return _case(employer, counts[employer.id], datum)


def _case(employer: Employer, counts: queries.Counts, datum: Datum) -> EmployerCase:
    contact = actions.contact_of(employer)
    return EmployerCase(
        **profile(employer),
        reason=employer.reason,
        trusted=employer.trusted,
        source=employer.source,
        contact_name=masked_name(contact.name),
        contact_phone=masked(contact.phone),
        place=view(read_back(employer.place), employer.address, datum),
        station_id=employer.station_id,
        documents=counts.documents,
        same_legal_person=counts.same_legal_person,
    )
