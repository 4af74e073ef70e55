"""Evidence: the mobile app's door."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, UploadFile
from pydantic import Field

from app.attachments import actions, queries
from app.attachments.problems import TooManyAttachments
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.papers import Picture
from app.core.types import Schema
from app.core.uploads import PictureInvalid
from app.identity.asking import AsAccount, Once

router = APIRouter(prefix="/v1/me/files", tags=["图片"], route_class=Transacted)


class AttachmentView(Schema):
    id: UUID = Field(description="图片编号,填入 files 即作为证据")
    created_at: datetime = Field(description="上传时间")


@router.post(
    "",
    summary="上传证据图片",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(PictureInvalid, TooManyAttachments),
)
async def add_attachment(
    session: Session,
    account: AsAccount,
    file: Annotated[UploadFile, File(description="JPEG、PNG 或 WebP,8 MB 以内")],
) -> AttachmentView:
    """先上传,再在维权、请假说明、付款等处填入编号;拍摄位置等信息会被去除。"""
    return AttachmentView.model_validate(await actions.keep(session, account, await file.read()))


@router.get(
    "/{attachment_id}",
    summary="我上传的图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_attachment(session: Session, account: AsAccount, attachment_id: UUID) -> Picture:
    """仅上传者可由此查看;对方与工作人员在所属事项中查看。"""
    data = await queries.own_picture(session, account.id, attachment_id)
    return Picture(data)
