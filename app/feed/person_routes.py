"""The province's door to a person who consented."""

from uuid import UUID

from fastapi import APIRouter

from app.core.contract import answers
from app.core.db import Apart, Session
from app.core.papers import Sealed
from app.feed.models import Kind
from app.feed.persons import person
from app.feed.problems import NoSealingKey
from app.sync.asking import AsPersonReader, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1", tags=["人员"], route_class=Called)
_SEALED = {
    "200": {
        "description": "紧凑格式的 JWE(RFC 7516),用客户端最新登记的 enc 公钥加密:"
        "椭圆曲线公钥用 ECDH-ES+A256KW,RSA 公钥用 RSA-OAEP-256,内容 A256GCM。"
        "解密后为 JSON:type、id、worker_id、name、id_number、phone、sealed_at"
    }
}


@router.get(
    "/engagements/{engagement_id}/person",
    summary="用工的劳动者",
    response_class=Sealed,
    responses=answers(InsufficientScope, NoSealingKey, **_SEALED),
)
async def read_engaged_person(
    session: Session, apart: Apart, caller: AsPersonReader, engagement_id: UUID
) -> Sealed:
    """姓名、身份证号码、手机号;仅在本人同意向省平台提供期间,否则 404。每次读取记入台账,本人可查。"""
    return Sealed(await person(session, apart, caller, Kind.ENGAGEMENT, engagement_id))


@router.get(
    "/applications/{application_id}/person",
    summary="报名省级岗位的劳动者",
    response_class=Sealed,
    responses=answers(InsufficientScope, NoSealingKey, **_SEALED),
)
async def read_applying_person(
    session: Session, apart: Apart, caller: AsPersonReader, application_id: UUID
) -> Sealed:
    """姓名、身份证号码、手机号;仅在报名有效、本人同意期间,否则 404。每次读取记入台账,本人可查。"""
    return Sealed(await person(session, apart, caller, Kind.APPLICATION, application_id))
