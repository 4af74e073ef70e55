"""Disputes: the mobile app's door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.attachments.problems import AttachmentUnknown
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Paper, Picture
from app.core.problems import Invalid, NotFound, TooMany
from app.disputes import bundle, opening, queries, reading, speaking, views
from app.disputes.models import Dispute
from app.disputes.problems import (
    DisputeStands,
    DisputeStateConflict,
    OpenedByTheMarket,
    RatedAlready,
    RatingTooLate,
)
from app.disputes.schemas import DisputeDraft, DisputePage, DisputeView, Rating, Said, Withdrawal
from app.employers.queries import acting_for
from app.identity.asking import AsAccount, Once

router = APIRouter(prefix="/v1/disputes", tags=["维权"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me/disputes", tags=["维权"], route_class=Transacted)
_PRIVATE = {"Cache-Control": "no-store"}
_WITHOUT_WORDS = Withdrawal(text=None)


@of_me.get("", summary="我的维权事项", responses=answers(NotFound, Invalid))
async def list_my_disputes(
    session: Session,
    account: AsAccount,
    employer_id: Annotated[UUID | None, Query(description="填写则列涉及此用工主体的事项,仅成员可见")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DisputePage:
    """我提交的、市场为我发起的、以及可以告知我的被投诉事项。"""
    if employer_id:
        await acting_for(session, account, employer_id)
        statement = queries.of_employer(employer_id)
    else:
        statement = queries.of_person(account.id)
    scope = f"disputes/{account.id}/{employer_id}"
    found, following = await newest(session, statement, Dispute.id, limit, cursor, scope)
    stations = await queries.stations_of(session, found)
    items = views.items(found, stations, account.id, for_employer=employer_id is not None)
    return DisputePage(items=items, next_cursor=following)


@router.post(
    "",
    summary="提交维权事项",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(NotFound, DisputeStands, TooMany, AttachmentUnknown),
)
async def open_dispute(session: Session, account: AsAccount, draft: DisputeDraft) -> DisputeView:
    """由工作地点的基层机构首问负责;工伤同时报县级机构。市场已就此自动发起的,本人加入该事项。每人每天十件。"""
    dispute = await opening.open_by(session, account, draft)
    return await _shown(session, account, dispute.id)


@router.get("/{dispute_id}", summary="维权事项")
async def read_dispute(session: Session, account: AsAccount, dispute_id: UUID) -> DisputeView:
    """投诉人可看;欠薪、工伤、爽约、其他事项的对方可看进度,看不到投诉内容;举报类事项不对被投诉人公开。"""
    return await _shown(session, account, dispute_id)


@router.post(
    "/{dispute_id}/messages",
    summary="补充说明",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(DisputeStateConflict, TooMany, AttachmentUnknown),
)
async def write_to_the_station(
    session: Session, account: AsAccount, dispute_id: UUID, said: Said
) -> DisputeView:
    """写给办理机构,对方看不到;每人每天六十条。"""
    await speaking.write(session, account.id, dispute_id, said.text, said.files)
    return await _shown(session, account, dispute_id)


@router.post(
    "/{dispute_id}/withdraw",
    summary="撤回",
    dependencies=[Once],
    responses=answers(DisputeStateConflict, OpenedByTheMarket),
)
async def withdraw_dispute(
    session: Session, account: AsAccount, dispute_id: UUID, given: Withdrawal = _WITHOUT_WORDS
) -> DisputeView:
    """仅投诉人,办结前;工资逾期未结清的不能撤回。到岗争议撤回即视为同意对方的说法。"""
    await speaking.withdraw(session, account.id, dispute_id, given.text)
    return await _shown(session, account, dispute_id)


@router.post(
    "/{dispute_id}/rating",
    summary="评价服务(好差评)",
    dependencies=[Once],
    responses=answers(DisputeStateConflict, RatingTooLate, RatedAlready),
)
async def rate_dispute(session: Session, account: AsAccount, dispute_id: UUID, given: Rating) -> DisputeView:
    """办结后三十天内,一次;一星、二星由机构在十五个工作日内答复。"""
    await speaking.rate(session, account.id, dispute_id, given.stars, given.text)
    return await _shown(session, account, dispute_id)


@router.get(
    "/{dispute_id}/files/{file_id}",
    summary="维权事项的图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_dispute_file(session: Session, account: AsAccount, dispute_id: UUID, file_id: UUID) -> Picture:
    """本人一方可见的图片。"""
    data = await reading.picture_for_party(session, account.id, dispute_id, file_id)
    return Picture(data)


@router.get(
    "/{dispute_id}/evidence.pdf",
    summary="证据材料(PDF)",
    response_class=Paper,
    responses=answers(**{"200": {"description": "证据材料"}}),
)
async def read_evidence_pdf(session: Session, account: AsAccount, dispute_id: UUID) -> Paper:
    """劳动者本人的:投诉要素、用工约定、考勤、工资、往来消息与图片清单,可用于向劳动监察等部门投诉。"""
    data = await bundle.pdf_for_worker(session, account.id, dispute_id)
    return Paper(data)


@router.get(
    "/{dispute_id}/evidence.zip",
    summary="证据材料(ZIP)",
    response_class=Response,
    responses=answers(**{"200": {"description": "证据材料", "content": {"application/zip": {}}}}),
)
async def read_evidence_zip(
    request: Request, session: Session, account: AsAccount, dispute_id: UUID
) -> Response:
    """PDF、各项数据(JSON)、图片原件,及逐个文件的 SHA-256 清单。"""
    data = await bundle.zip_for_worker(session, account.id, dispute_id, request.app.state.settings.base_url)
    return Response(data, media_type="application/zip", headers=_PRIVATE)


async def _shown(session: Session, account: AsAccount, dispute_id: UUID) -> DisputeView:
    dispute, side = await queries.seen_by(session, account.id, dispute_id)
    return await views.of_party(session, dispute, side)
