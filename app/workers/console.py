"""Certificates to verify: the stations' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.access.asking import AsReader, AsReviewer, Officer, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.files import FileAbsent
from app.core.pages import Cursor, Limit, newest
from app.core.ports import ports
from app.core.problems import Invalid, NotFound
from app.core.types import Schema, Text
from app.workers import actions, queries
from app.workers.models import Certificate, CertificateState
from app.workers.problems import CertificateDecided
from app.workers.schemas import CertificateView

router = APIRouter(prefix="/admin/v1/certificates", tags=["证书"], route_class=Transacted)


class CertificateCase(CertificateView):
    """A certificate as staff see it."""

    worker_id: UUID = Field(description="劳动者编号")
    worker: str = Field(description="劳动者的称呼")


class CertificateCasePage(Schema):
    items: list[CertificateCase] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


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
    response_class=Response,
    responses=answers(**{"200": {"description": "照片", "content": {"image/jpeg": {}}}}),
)
async def read_certificate_picture(session: Session, officer: AsReader, certificate_id: UUID) -> Response:
    """核验时查看。"""
    certificate, _ = await _find(session, officer, certificate_id)
    try:
        data = await ports().files.get(certificate.picture_key)
    except FileAbsent:
        raise NotFound from None
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post(
    "/{certificate_id}/verify",
    summary="核验通过",
    dependencies=[OnceForStaff],
    responses=answers(CertificateDecided),
)
async def verify_certificate(session: Session, officer: AsReviewer, certificate_id: UUID) -> CertificateCase:
    """通过后,须持此证的岗位即可报名。"""
    certificate, worker = await _find(session, officer, certificate_id)
    await actions.decide_certificate(session, officer.actor, certificate, verified=True, reason=None)
    return _case(certificate, worker)


@router.post(
    "/{certificate_id}/reject",
    summary="不通过",
    dependencies=[OnceForStaff],
    responses=answers(CertificateDecided),
)
async def reject_certificate(
    session: Session, officer: AsReviewer, certificate_id: UUID, given: Rejection
) -> CertificateCase:
    """理由通知本人。"""
    certificate, worker = await _find(session, officer, certificate_id)
    await actions.decide_certificate(session, officer.actor, certificate, verified=False, reason=given.reason)
    return _case(certificate, worker)


async def _find(session: Session, officer: Officer, certificate_id: UUID) -> tuple[Certificate, str]:
    statement = queries.certificates_in_reach(officer, None).where(Certificate.id == certificate_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _case(certificate: Certificate, worker: str) -> CertificateCase:
    return CertificateCase(
        **CertificateView.model_validate(certificate).model_dump(),
        worker_id=certificate.worker_id,
        worker=worker,
    )
