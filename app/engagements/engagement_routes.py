"""Engagements and their terms: the mobile app's door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Paper
from app.core.problems import Invalid, NotFound
from app.employers.queries import acting_for
from app.engagements import changes, printing, queries, views
from app.engagements.models import Engagement, EngagementState
from app.engagements.problems import (
    EngagementStateConflict,
    MinorNight,
    OwnProposal,
    ShiftOverlaps,
    ShiftStarted,
)
from app.engagements.schemas import EngagementPage, EngagementView, TermsCheck, TermsView
from app.geo.places import ShownIn
from app.geo.points import Datum
from app.identity.asking import AsAccount, Once

Version = Annotated[int | None, Query(ge=1, le=1000, description="第几版;不填为最新")]
Fingerprint = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="约定的 SHA-256,64 位十六进制")]
PDF = "application/pdf"
of_me = APIRouter(prefix="/v1/me", tags=["用工"], route_class=Transacted)
of_terms = APIRouter(prefix="/v1/terms", tags=["用工"], route_class=Transacted)
router = APIRouter(prefix="/v1/engagements", tags=["用工"], route_class=Transacted)


@of_me.get("/engagements", summary="我的用工", responses=answers(NotFound, Invalid))
async def list_engagements(
    session: Session,
    account: AsAccount,
    employer_id: Annotated[UUID | None, Query(description="填写则列此用工主体的用工,仅成员可见")] = None,
    state: Annotated[EngagementState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownIn = Datum.gcj02,
) -> EngagementPage:
    """作为劳动者的用工;或所代表用工主体的用工。"""
    if employer_id:
        await acting_for(session, account, employer_id)
        statement = queries.engagements_for(employer_id, state)
    else:
        statement = queries.engagements_of(account.id, state)
    scope = f"engagements/{account.id}/{employer_id}/{state}"
    rows, following = await newest(session, statement, Engagement.id, limit, cursor, scope)
    items = await views.engagements(session, rows, account, datum)
    return EngagementPage(items=items, next_cursor=following)


@router.get("/{engagement_id}", summary="用工详情")
async def read_engagement(
    session: Session, account: AsAccount, engagement_id: UUID, datum: ShownIn = Datum.gcj02
) -> EngagementView:
    """仅双方可见。"""
    return await _shown(session, account, engagement_id, datum)


@router.get(
    "/{engagement_id}/terms",
    summary="用工约定",
    response_model=TermsView,
    responses=answers(**{"200": {"description": "用工约定", "content": {PDF: {}}}}),
)
async def read_terms(
    request: Request,
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    version: Version = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> TermsView | Response:
    """录用时冻结的条件;经双方同意的变更另成一版,旧版保留。Accept: application/pdf 得打印件。"""
    await _party(session, account, engagement_id)
    if PDF in accept:
        return await _printed(request, session, engagement_id, version)
    return TermsView.model_validate(await queries.version_of_terms(session, engagement_id, version))


@router.get(
    "/{engagement_id}/terms.pdf",
    summary="用工约定打印件",
    response_class=Paper,
    responses=answers(**{"200": {"description": "一页 A4"}}),
)
async def print_terms(
    request: Request, session: Session, account: AsAccount, engagement_id: UUID, version: Version = None
) -> Paper:
    """中文一页:双方、岗位、时间地点、报酬、保险、变更、须知;附内容指纹与核验二维码,可签名留存。"""
    await _party(session, account, engagement_id)
    return await _printed(request, session, engagement_id, version)


@of_terms.get("/{hash}", summary="核验用工约定")
async def check_terms(session: Session, hash: Fingerprint) -> TermsCheck:  # noqa: A002 - the path's own word
    """凭打印件上的指纹或二维码核验,无需登录;不含个人信息。"""
    return await views.check_of(session, hash)


@router.post(
    "/{engagement_id}/changes/{change_id}/accept",
    summary="同意变更",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, OwnProposal, ShiftStarted, ShiftOverlaps, MinorNight),
)
async def accept_change(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    change_id: UUID,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """由没有提出变更的一方答复;同意后生成新一版用工约定。"""
    engagement = (await _party(session, account, engagement_id))[0]
    await changes.answer(session, engagement_id, change_id, engagement.side_of(account.id), consents=True)
    return await _shown(session, account, engagement_id, datum)


@router.post(
    "/{engagement_id}/changes/{change_id}/refuse",
    summary="不同意变更",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, OwnProposal),
)
async def refuse_change(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    change_id: UUID,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """商量的变更不同意,原约定不变;岗位本身变更(binding)不同意的,用工随即取消,记在用工主体一方。"""
    engagement = (await _party(session, account, engagement_id))[0]
    await changes.answer(session, engagement_id, change_id, engagement.side_of(account.id), consents=False)
    return await _shown(session, account, engagement_id, datum)


async def _printed(request: Request, session: Session, engagement_id: UUID, version: int | None) -> Paper:
    base_url = request.app.state.settings.base_url
    terms, data = await printing.printed(session, engagement_id, version, base_url)
    return Paper(data, headers=printing.headers(terms))


async def _party(session: Session, account: AsAccount, engagement_id: UUID) -> queries.Row:
    row = (await session.execute(queries.engagement_seen_by(account.id, engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def _shown(session: Session, account: AsAccount, engagement_id: UUID, datum: Datum) -> EngagementView:
    row = await _party(session, account, engagement_id)
    return (await views.engagements(session, [row], account, datum))[0]
