"""Workers: the mobile app's door."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.keyring import unseal
from app.core.problems import Stale
from app.core.uploads import PictureInvalid
from app.geo.places import ShownIn, read_back, view
from app.geo.points import Datum
from app.identity import id_numbers
from app.identity.asking import AsAccount, Once
from app.identity.names import masked_name
from app.identity.problems import ConsentMissing
from app.workers import actions, queries
from app.workers.asking import AsWorker
from app.workers.models import Worker
from app.workers.problems import AlreadyVerified, IdNumberTaken, NoProfile, TooYoung
from app.workers.schemas import (
    CertificateList,
    CertificateView,
    RealNameGiven,
    RealNameView,
    WorkerProfile,
    WorkerView,
)

router = APIRouter(prefix="/v1/me/worker", tags=["劳动者"], route_class=Transacted)


@router.get("", summary="我的求职资料", responses=answers(NoProfile))
async def read_worker_profile(
    response: Response, worker: AsWorker, datum: ShownIn = Datum.gcj02
) -> WorkerView:
    """姓名与证件号码只显示一部分。"""
    tag(response, worker.version)
    return _shown(worker, datum)


@router.put("", summary="填写求职资料", responses=answers(Stale))
async def put_worker_profile(
    response: Response,
    session: Session,
    account: AsAccount,
    profile: WorkerProfile,
    if_match: IfMatch = None,
    datum: ShownIn = Datum.gcj02,
) -> WorkerView:
    """首次填写即建立;之后整份替换。"""
    worker = await actions.put_profile(session, account, profile, version_in(if_match))
    tag(response, worker.version)
    return _shown(worker, datum)


@router.post(
    "/real-name",
    summary="实名认证",
    dependencies=[Once],
    responses=answers(ConsentMissing, IdNumberTaken, AlreadyVerified, TooYoung),
)
async def verify_real_name(session: Session, account: AsAccount, given: RealNameGiven) -> RealNameView:
    """须先单独同意使用证件号码。校验国标 GB 11643 校验码与出生日期;一证一人;加密保存。"""
    worker = await actions.verify_real_name(session, account, given)
    name, number = _masked(worker)
    return RealNameView(
        verified=True,
        verified_at=worker.verified_at or worker.created_at,
        name_masked=name or "",
        id_number_masked=number or "",
    )


@router.post(
    "/certificates",
    summary="上传证书",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(NoProfile, PictureInvalid),
)
async def add_certificate(
    session: Session,
    worker: AsWorker,
    kind: Annotated[
        str, Form(max_length=20, pattern=r"^[A-Z0-9-]+$", description="证书类别代码", examples=["SW-WELD"])
    ],
    file: Annotated[UploadFile, File(description="证书照片,JPEG、PNG 或 WebP,8 MB 以内")],
    valid_until: Annotated[date | None, Form(description="有效期至")] = None,
) -> CertificateView:
    """照片中的拍摄位置等信息会被去除;工作人员核验后生效。"""
    certificate = await actions.add_certificate(session, worker, kind, valid_until, await file.read())
    return CertificateView.model_validate(certificate)


@router.get("/certificates", summary="我的证书", responses=answers(NoProfile))
async def list_certificates(session: Session, worker: AsWorker) -> CertificateList:
    """含待核验与未通过的。"""
    found = await session.scalars(queries.certificates_of(worker.id))
    return CertificateList(items=[CertificateView.model_validate(c) for c in found])


@router.delete(
    "/certificates/{certificate_id}",
    summary="撤回证书",
    status_code=HTTPStatus.NO_CONTENT,
    responses=answers(NoProfile),
)
async def remove_certificate(session: Session, worker: AsWorker, certificate_id: UUID) -> None:
    """撤回后,须持此证的岗位不再可报。"""
    await actions.remove_certificate(session, worker, certificate_id)


def _shown(worker: Worker, datum: Datum) -> WorkerView:
    name, number = _masked(worker)
    return WorkerView(
        id=worker.id,
        name_shown=worker.name_shown,
        home=view(read_back(worker.home), worker.home_address, datum) if worker.home else None,
        travel_radius_m=worker.travel_radius_m,
        trades=worker.trades,
        availability=worker.availability,
        expected_pay=worker.expected_pay,
        key_groups=worker.key_groups,
        real_name_verified=worker.verified_at is not None,
        name_masked=name,
        id_number_masked=number,
    )


def _masked(worker: Worker) -> tuple[str | None, str | None]:
    if worker.name_sealed is None or worker.id_number_sealed is None:
        return None, None
    name = unseal(worker.name_sealed, f"workers/name/{worker.id}")
    number = unseal(worker.id_number_sealed, f"workers/id_number/{worker.id}")
    return masked_name(name), id_numbers.masked(number)
