"""Finding workers, and reaching those without a phone: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access.asking import AsHelper, AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.keyring import unseal
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Conflict, Invalid, TooMany
from app.counter import people, queries
from app.counter.problems import HasAPhone, PhoneTaken
from app.counter.schemas import (
    ContactView,
    PersonList,
    PersonPage,
    PersonView,
    PhoneConfirmed,
    PhoneGiven,
    ReasonGiven,
    WorkerSought,
)
from app.identity import codes, id_numbers
from app.identity.models import Account
from app.identity.names import masked_name
from app.identity.phones import masked
from app.identity.problems import CodeWrong
from app.identity.schemas import CodeSent
from app.workers.models import KeyGroup, Worker

router = APIRouter(prefix="/admin/v1/workers", tags=["劳动者"], route_class=Transacted)


@router.post("/search", summary="查找劳动者", dependencies=[OnceForStaff])
async def search_workers(session: Session, officer: AsHelper, sought: WorkerSought) -> PersonList:
    """按手机号、证件号码,或真实姓名中相连的两个字以上;限辖区内(住处不详的归市中心)。查找记入台账,不记查找内容。"""
    found, more = await people.search(session, officer, sought.phone, sought.id_number, sought.name)
    return PersonList(items=[_person(*row) for row in found], more=more)


@router.get("", summary="劳动者", responses=answers(Invalid))
async def list_workers(
    session: Session,
    officer: AsReader,
    key_group: Annotated[KeyGroup | None, Query(description="只列申报此重点群体的")] = None,
    verified: Annotated[bool | None, Query(description="true 只列已实名的,false 只列未实名的")] = None,
    without_phone: Annotated[bool | None, Query(description="true 只列没有手机的,false 只列有手机的")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> PersonPage:
    """辖区内的,最新登记的在前;姓名、手机、证件号码部分隐去。"""
    scope = f"workers/{officer.station.id}/{key_group}/{verified}/{without_phone}"
    statement = queries.people_listed(officer, key_group, verified, without_phone)
    rows, following = await newest(session, statement, Worker.id, limit, cursor, scope)
    return PersonPage(items=[_person(*row) for row in rows], next_cursor=following)


@router.get("/{worker_id}", summary="一位劳动者")
async def read_worker_case(session: Session, officer: AsReader, worker_id: UUID) -> PersonView:
    """辖区内的;部分隐去。"""
    return _person(*await queries.person(session, officer, worker_id))


@router.post("/{worker_id}/contact", summary="查看联系方式")
async def read_worker_contact(
    session: Session, officer: AsHelper, worker_id: UUID, given: ReasonGiven
) -> ContactView:
    """本人手机;没有手机的,由哪个站、怎样找到。查看及理由记入台账。"""
    contact = await people.read_contact(session, officer, worker_id, given.reason)
    station = contact.station
    return ContactView(
        reached_through="phone" if contact.phone else "station",
        phone=contact.phone.removeprefix("+86") if contact.phone else None,
        note=contact.note,
        station_id=station.id if station else None,
        station=station.name if station else None,
        station_phone=station.phone if station else None,
    )


@router.post(
    "/{worker_id}/phone/code",
    summary="向新手机发验证码",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[OnceForStaff],
    responses=answers(HasAPhone, TooMany),
)
async def send_worker_phone_code(
    session: Session, officer: AsHelper, worker_id: UUID, given: PhoneGiven
) -> CodeSent:
    """没有手机的人有了手机:先向其发验证码。"""
    await people.send_phone_code(session, officer, worker_id, given.phone)
    return CodeSent(
        expires_in_s=int(codes.LIFETIME.total_seconds()), retry_after_s=int(codes.AGAIN_AFTER.total_seconds())
    )


@router.put(
    "/{worker_id}/phone",
    summary="登记新手机",
    responses=answers(HasAPhone, PhoneTaken, CodeWrong, Conflict, TooMany),
)
async def put_worker_phone(
    session: Session, officer: AsHelper, worker_id: UUID, given: PhoneConfirmed
) -> PersonView:
    """须有本人签字同意、正在办的代办;之后本人即可用此手机登录,不再经由站上联系。"""
    return _person(*await people.take_phone(session, officer, worker_id, given.phone, given.code))


def _person(worker: Worker, account: Account) -> PersonView:
    name, number = worker.name_sealed, worker.id_number_sealed
    phone = account.phone
    return PersonView(
        id=worker.id,
        name_shown=worker.name_shown,
        name_masked=masked_name(unseal(name, f"workers/name/{worker.id}")) if name else None,
        id_number_masked=id_numbers.masked(unseal(number, f"workers/id_number/{worker.id}"))
        if number
        else None,
        phone_masked=masked(phone) if phone else None,
        verified=worker.verified_at is not None,
        key_groups=[KeyGroup(group) for group in worker.key_groups],
        division=worker.division,
        reached_through="phone" if phone else "station",
        created_at=worker.created_at,
    )
