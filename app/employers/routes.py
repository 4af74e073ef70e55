"""Employers: the mobile app's door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.problems import Stale
from app.core.uploads import PictureInvalid
from app.employers import actions, queries
from app.employers.models import Employer, MemberRole
from app.employers.problems import LastOwner, LegalPersonBanned, MemberAlready, RegisteredAlready
from app.employers.schemas import (
    DocumentView,
    EmployerChanges,
    EmployerDraft,
    EmployerOwn,
    EmployerView,
    MemberGiven,
    MemberList,
    MemberView,
)
from app.employers.views import profile
from app.geo.places import ShownIn, read_back, view
from app.geo.points import Datum
from app.geo.problems import OutsideTheCity
from app.identity.asking import AsAccount, AsAnyone, Once
from app.identity.models import Account
from app.identity.phones import masked

router = APIRouter(prefix="/v1/employers", tags=["用工主体"], route_class=Transacted)
mine = APIRouter(prefix="/v1/me/employers", tags=["用工主体"], route_class=Transacted)


@router.post(
    "",
    summary="登记用工主体",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(OutsideTheCity, LegalPersonBanned, RegisteredAlready),
)
async def register_employer(
    response: Response,
    session: Session,
    account: AsAccount,
    draft: EmployerDraft,
    datum: ShownIn = Datum.gcj02,
) -> EmployerView:
    """企业、个体工商户填统一社会信用代码,个人雇主填身份证件号码;登记后等待工作人员核验。"""
    employer = await actions.register(session, account, draft)
    tag(response, employer.version)
    return await _shown(session, account, employer, datum)


@mine.get("", summary="我代表的用工主体")
async def list_my_employers(
    session: Session, account: AsAccount, datum: ShownIn = Datum.gcj02
) -> list[EmployerView]:
    """一个账号可代表多个用工主体。"""
    rows = (await session.execute(queries.employers_of(account.id))).all()
    return [await _shown(session, account, employer, datum) for employer, _ in rows]


@router.get("/{employer_id}", summary="用工主体公开资料")
async def read_employer(
    response: Response,
    session: Session,
    account: AsAnyone,
    employer_id: UUID,
    datum: ShownIn = Datum.gcj02,
) -> EmployerView:
    """核验通过过的,任何人可看公开资料;本主体成员另见联系人、地址与审核意见。"""
    employer = await queries.seen_by(session, account, employer_id)
    tag(response, employer.version)
    return await _shown(session, account, employer, datum)


@router.patch("/{employer_id}", summary="修改用工主体资料", responses=answers(OutsideTheCity, Stale))
async def change_employer(
    response: Response,
    session: Session,
    account: AsAccount,
    employer_id: UUID,
    changes: EmployerChanges,
    if_match: IfMatch = None,
    datum: ShownIn = Datum.gcj02,
) -> EmployerView:
    """仅负责人可改;改名后需重新核验,其间岗位不展示。"""
    employer = await queries.acting_for(session, account, employer_id, MemberRole.OWNER)
    employer = await actions.change(session, employer, changes, version_in(if_match))
    tag(response, employer.version)
    return await _shown(session, account, employer, datum)


@router.post(
    "/{employer_id}/documents",
    summary="上传证照",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(PictureInvalid),
)
async def add_employer_document(
    session: Session,
    account: AsAccount,
    employer_id: UUID,
    file: Annotated[UploadFile, File(description="证照照片,JPEG、PNG 或 WebP,8 MB 以内")],
    kind: Annotated[
        str, Form(max_length=30, pattern=r"^[a-z_]+$", description="证照类别", examples=["licence"])
    ] = "licence",
) -> DocumentView:
    """营业执照等;被退回后补传证照即重新进入核验。"""
    employer = await queries.acting_for(session, account, employer_id)
    document = await actions.add_document(session, employer, kind, await file.read())
    return DocumentView.model_validate(document)


@router.get("/{employer_id}/members", summary="成员列表")
async def list_employer_members(session: Session, account: AsAccount, employer_id: UUID) -> MemberList:
    """仅成员可见。"""
    await queries.acting_for(session, account, employer_id)
    rows = (await session.execute(queries.members_of(employer_id))).all()
    return MemberList(
        items=[
            MemberView(
                account_id=member.account_id,
                phone=masked(person.phone or ""),
                role=member.role,
                since=member.since,
            )
            for member, person in rows
        ]
    )


@router.post(
    "/{employer_id}/members",
    summary="添加成员",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(MemberAlready),
)
async def add_employer_member(
    session: Session, account: AsAccount, employer_id: UUID, given: MemberGiven
) -> MemberView:
    """仅负责人可添加;对方首次登录后即可代表本主体。"""
    employer = await queries.acting_for(session, account, employer_id, MemberRole.OWNER)
    member = await actions.add_member(session, employer, given.phone, given.role)
    return MemberView(
        account_id=member.account_id, phone=masked(given.phone), role=member.role, since=member.since
    )


@router.delete(
    "/{employer_id}/members/{account_id}",
    summary="移除成员",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(LastOwner),
)
async def remove_employer_member(
    session: Session, account: AsAccount, employer_id: UUID, account_id: UUID
) -> None:
    """仅负责人可移除;至少保留一名负责人。"""
    employer = await queries.acting_for(session, account, employer_id, MemberRole.OWNER)
    await actions.remove_member(session, employer, account_id)


async def _shown(session: Session, account: Account | None, employer: Employer, datum: Datum) -> EmployerView:
    role = await queries.role_of(session, account, employer.id)
    own = None
    if role is not None:
        contact = actions.contact_of(employer)
        own = EmployerOwn(
            role=role,
            reason=employer.reason,
            trusted=employer.trusted,
            contact_name=contact.name,
            contact_phone=masked(contact.phone),
            place=view(read_back(employer.place), employer.address, datum),
            documents=await queries.documents_count(session, employer.id),
        )
    return EmployerView(
        **profile(employer),
        own=own,
    )
