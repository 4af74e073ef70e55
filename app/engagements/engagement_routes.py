"""Engagements and their terms: the mobile app's door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, NotFound
from app.employers.queries import acting_for
from app.engagements import changes, queries, views
from app.engagements.models import Engagement
from app.engagements.problems import EngagementStateConflict, ShiftOverlaps
from app.engagements.schemas import EngagementPage, EngagementView, TermsView
from app.geo.places import ShownIn
from app.geo.points import Datum
from app.identity.asking import AsAccount, Once
from app.workers.asking import AsWorker
from app.workers.problems import NoProfile

of_me = APIRouter(prefix="/v1/me", tags=["用工"], route_class=Transacted)
router = APIRouter(prefix="/v1/engagements", tags=["用工"], route_class=Transacted)


@of_me.get("/engagements", summary="我的用工", responses=answers(NotFound, Invalid))
async def list_engagements(
    session: Session,
    account: AsAccount,
    employer_id: Annotated[UUID | None, Query(description="填写则列此用工主体的用工,仅成员可见")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownIn = Datum.gcj02,
) -> EngagementPage:
    """作为劳动者的用工;或所代表用工主体的用工。"""
    if employer_id:
        await acting_for(session, account, employer_id)
        statement = queries.engagements_for(employer_id)
    else:
        statement = queries.engagements_of(account.id)
    scope = f"engagements/{account.id}/{employer_id}"
    rows, following = await newest(session, statement, Engagement.id, limit, cursor, scope)
    items = await views.engagements(session, rows, account, datum)
    return EngagementPage(items=items, next_cursor=following)


@router.get("/{engagement_id}", summary="用工详情")
async def read_engagement(
    session: Session, account: AsAccount, engagement_id: UUID, datum: ShownIn = Datum.gcj02
) -> EngagementView:
    """仅双方可见。"""
    return await _shown(session, account, engagement_id, datum)


@router.get("/{engagement_id}/terms", summary="用工约定")
async def read_terms(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    version: Annotated[int | None, Query(ge=1, le=1000, description="第几版;不填为最新")] = None,
) -> TermsView:
    """录用时冻结的条件;经双方同意的变更另成一版,旧版保留。"""
    await _party(session, account, engagement_id)
    for terms in await session.scalars(queries.terms_of(engagement_id)):
        if version is None or terms.version == version:
            return TermsView.model_validate(terms)
    raise NotFound


@router.post(
    "/{engagement_id}/changes/{change_id}/accept",
    summary="同意变更",
    dependencies=[Once],
    responses=answers(NoProfile, EngagementStateConflict, ShiftOverlaps),
)
async def accept_change(
    session: Session,
    account: AsAccount,
    worker: AsWorker,
    engagement_id: UUID,
    change_id: UUID,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """同意后生成新一版用工约定。"""
    await changes.answer(session, worker, engagement_id, change_id, consents=True)
    return await _shown(session, account, engagement_id, datum)


@router.post(
    "/{engagement_id}/changes/{change_id}/refuse",
    summary="不同意变更",
    dependencies=[Once],
    responses=answers(NoProfile, EngagementStateConflict),
)
async def refuse_change(
    session: Session,
    account: AsAccount,
    worker: AsWorker,
    engagement_id: UUID,
    change_id: UUID,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """用工随即取消,记在用工主体一方,不影响劳动者信用。"""
    await changes.answer(session, worker, engagement_id, change_id, consents=False)
    return await _shown(session, account, engagement_id, datum)


async def _party(session: Session, account: AsAccount, engagement_id: UUID) -> queries.Row:
    row = (await session.execute(queries.engagement_seen_by(account.id, engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def _shown(session: Session, account: AsAccount, engagement_id: UUID, datum: Datum) -> EngagementView:
    row = await _party(session, account, engagement_id)
    return (await views.engagements(session, [row], account, datum))[0]
