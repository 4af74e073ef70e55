"""Certificates to verify and real names to check: the stations' door."""

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
from app.workers import actions, checking, queries
from app.workers.models import Certificate, CertificateState, Worker
from app.workers.problems import CertificateDecided, RealNameState
from app.workers.schemas import CertificateView, Identity, IdentityCase

router = APIRouter(prefix="/admin/v1/certificates", tags=["证书"], route_class=Transacted)
people = APIRouter(prefix="/admin/v1/workers", tags=["劳动者"], route_class=Transacted)


class CertificateCase(CertificateView):
    """A certificate as staff see it."""

    worker_id: UUID = Field(description="劳动者编号")
    worker: str = Field(description="劳动者的称呼")


class CertificateCasePage(Schema):
    items: list[CertificateCase] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class Nothing(Schema):
    """No more is to be said."""


_NOTHING = Nothing()


class IdentityReason(Schema):
    reason: Text = Field(description="理由;查看的记入台账,撤销的告知本人", examples=["核对身份证原件"])


class Rejection(Schema):
    reason: Text = Field(description="理由,本人可见", examples=["照片不清晰,请重拍"])


@router.get("", summary="证书队列", responses=answers(Invalid))
async def list_certificate_cases(
    session: Session,
    officer: AsReader,
    state: Annotated[CertificateState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CertificateCasePage:
    """住处在所及区划内的劳动者的证书。"""
    statement = queries.certificates_in_reach(officer, state)
    scope = f"certificates/{officer.station.division}/{state}"
    rows, following = await newest(session, statement, Certificate.id, limit, cursor, scope)
    return CertificateCasePage(items=[_case(*row) for row in rows], next_cursor=following)


@router.get(
    "/{certificate_id}/picture",
    summary="证书照片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "照片"}}),
)
async def read_certificate_picture(session: Session, officer: AsReader, certificate_id: UUID) -> Picture:
    """核验时查看。"""
    certificate, _ = await _find(session, officer, certificate_id)
    try:
        data = await ports().files.get(certificate.picture_key)
    except FileAbsent:
        raise NotFound from None
    return Picture(data)


@router.post(
    "/{certificate_id}/verify",
    summary="核验通过",
    dependencies=[OnceForStaff],
    responses=answers(CertificateDecided, CaseHeld),
)
async def verify_certificate(session: Session, officer: AsReviewer, certificate_id: UUID) -> CertificateCase:
    """通过后,须持此证的岗位即可报名。"""
    certificate, worker = await _in_hand(session, officer, certificate_id)
    await actions.decide_certificate(session, officer.actor, certificate.id, verified=True, reason=None)
    return _case(certificate, worker)


@router.post(
    "/{certificate_id}/reject",
    summary="不通过",
    dependencies=[OnceForStaff],
    responses=answers(CertificateDecided, CaseHeld),
)
async def reject_certificate(
    session: Session, officer: AsReviewer, certificate_id: UUID, given: Rejection
) -> CertificateCase:
    """理由通知本人。"""
    certificate, worker = await _in_hand(session, officer, certificate_id)
    await actions.decide_certificate(
        session, officer.actor, certificate.id, verified=False, reason=given.reason
    )
    return _case(certificate, worker)


@people.post(
    "/{worker_id}/identity",
    summary="查看姓名与证件号码",
    responses=answers(RealNameState),
)
async def read_worker_identity(
    session: Session, officer: AsReviewer, worker_id: UUID, given: IdentityReason
) -> Identity:
    """与证件原件或材料核对时使用;每次查看连同理由记入台账。"""
    return await checking.read_identity(session, officer, worker_id, given.reason)


@people.post(
    "/{worker_id}/verify",
    summary="实名核对无误",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, RealNameState),
)
async def verify_worker_identity(
    session: Session,
    officer: AsReviewer,
    worker_id: UUID,
    given: Nothing = _NOTHING,  # noqa: ARG001 - an empty body
) -> IdentityCase:
    """姓名、号码与证件一致;认证当时已可报名,核对不影响本人。"""
    return _identity(await checking.confirm(session, officer, worker_id))


@people.post(
    "/{worker_id}/reject",
    summary="撤销实名",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, RealNameState),
)
async def reject_worker_identity(
    session: Session, officer: AsReviewer, worker_id: UUID, given: IdentityReason
) -> IdentityCase:
    """姓名、号码随即删除,重新认证前不能报名或被录用;已约定的用工仍然有效。理由告知本人。"""
    return _identity(await checking.withdraw(session, officer, worker_id, given.reason))


def _identity(worker: Worker) -> IdentityCase:
    return IdentityCase(
        worker_id=worker.id,
        name_shown=worker.name_shown,
        verified_at=worker.verified_at,
        identity_checked_at=worker.identity_checked_at,
    )


async def _find(session: Session, officer: Officer, certificate_id: UUID) -> tuple[Certificate, str]:
    statement = queries.certificates_in_reach(officer, None).where(Certificate.id == certificate_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def _in_hand(session: Session, officer: Officer, certificate_id: UUID) -> tuple[Certificate, str]:
    found = await _find(session, officer, certificate_id)
    await holds.act_on(session, officer, CaseKind.CERTIFICATES, certificate_id)
    return found


def _case(certificate: Certificate, worker: str) -> CertificateCase:
    return CertificateCase(
        **CertificateView.model_validate(certificate).model_dump(),
        worker_id=certificate.worker_id,
        worker=worker,
    )
