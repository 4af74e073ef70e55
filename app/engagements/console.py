"""Excuses that staff check, and engagements as they see them: the stations' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from app.access.asking import AsArbiter, AsReader, Officer, OnceForStaff
from app.attachments.queries import picture_of
from app.cases.problems import CaseHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest, oldest
from app.core.papers import Paper, Picture
from app.core.problems import Invalid, NotFound
from app.core.types import Schema, Text
from app.engagements import excuses as handling
from app.engagements import printing, queries, views
from app.engagements.cancelling_schemas import ExcuseCase, ExcuseCasePage, ExcuseText
from app.engagements.models import Engagement, EngagementState, Excuse, ExcuseState
from app.engagements.problems import ExcuseStateConflict
from app.engagements.schemas import EngagementPage, EngagementView, TermsView
from app.geo.places import ShownInWgs84
from app.geo.points import Datum

router = APIRouter(prefix="/admin/v1/engagements", tags=["用工"], route_class=Transacted)
excuses = APIRouter(prefix="/admin/v1/excuses", tags=["用工"], route_class=Transacted)
Version = Annotated[int | None, Query(ge=1, le=1000, description="第几版;不填为最新")]


class ExcuseReason(Schema):
    reason: Text = Field(description="理由", examples=["就诊日期与班次不符"])


class Nothing(Schema):
    """No more is to be said."""


_NOTHING = Nothing()


@router.get("", summary="用工", responses=answers(Invalid))
async def list_engagement_cases(
    session: Session,
    officer: AsReader,
    state: Annotated[EngagementState | None, Query(description="只列此状态")] = None,
    employer_id: Annotated[UUID | None, Query(description="只列此用工主体")] = None,
    worker_id: Annotated[UUID | None, Query(description="只列此劳动者")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    datum: ShownInWgs84 = Datum.wgs84,
) -> EngagementPage:
    """工作地点在所及区划内的用工。"""
    scope = f"engagement-cases/{officer.station.division}/{state}/{employer_id}/{worker_id}"
    statement = queries.engagements_in_reach(officer, state, employer_id, worker_id)
    rows, following = await newest(session, statement, Engagement.id, limit, cursor, scope)
    return EngagementPage(items=await views.engagements(session, rows, None, datum), next_cursor=following)


@router.get("/{engagement_id}", summary="用工详情")
async def read_engagement_case(
    session: Session, officer: AsReader, engagement_id: UUID, datum: ShownInWgs84 = Datum.wgs84
) -> EngagementView:
    """所及区划内的一份用工;不含联系方式。"""
    row = await _find(session, officer, engagement_id)
    return (await views.engagements(session, [row], None, datum))[0]


@router.get("/{engagement_id}/terms", summary="用工约定")
async def read_terms_of_case(
    session: Session, officer: AsReader, engagement_id: UUID, version: Version = None
) -> TermsView:
    """冻结的条件,每一版都在。"""
    await _find(session, officer, engagement_id)
    return TermsView.model_validate(await queries.version_of_terms(session, engagement_id, version))


@router.get(
    "/{engagement_id}/terms.pdf",
    summary="用工约定打印件",
    response_class=Paper,
    responses=answers(**{"200": {"description": "一页 A4"}}),
)
async def print_terms_of_case(
    request: Request, session: Session, officer: AsReader, engagement_id: UUID, version: Version = None
) -> Paper:
    """到站的劳动者、用工主体需要时可代为打印。"""
    await _find(session, officer, engagement_id)
    base_url = request.app.state.settings.base_url
    terms, data = await printing.printed(session, engagement_id, version, base_url)
    return Paper(data, headers=printing.headers(terms))


@excuses.get("", summary="待核实的说明", responses=answers(Invalid))
async def list_excuses(
    session: Session,
    officer: AsReader,
    state: Annotated[ExcuseState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ExcuseCasePage:
    """取消、爽约的说明,期限最近的在前;情况说明的文字另行查看。"""
    scope = f"excuses/{officer.station.division}/{state}"
    statement = handling.waiting(officer, state)
    # The deadline grows with the id: the oldest is due first.
    found, following = await oldest(session, statement, Excuse.id, limit, cursor, scope)
    return ExcuseCasePage(items=await handling.cases(session, found), next_cursor=following)


@excuses.get("/{excuse_id}", summary="说明")
async def read_excuse(session: Session, officer: AsReader, excuse_id: UUID) -> ExcuseCase:
    """所及区划内的一份说明。"""
    return (await handling.cases(session, [await handling.one(session, officer, excuse_id)]))[0]


@excuses.post("/{excuse_id}/text", summary="查看情况说明", dependencies=[OnceForStaff])
async def read_excuse_text(
    session: Session, officer: AsArbiter, excuse_id: UUID, given: ExcuseReason
) -> ExcuseText:
    """涉及健康等个人情况,加密保存;每次查看连同理由记入台账。"""
    return ExcuseText(text=await handling.read_text(session, officer, excuse_id, given.reason))


@excuses.get(
    "/{excuse_id}/files/{file_id}",
    summary="说明的凭证",
    response_class=Picture,
    responses=answers(**{"200": {"description": "照片"}}),
)
async def read_excuse_file(session: Session, officer: AsArbiter, excuse_id: UUID, file_id: UUID) -> Picture:
    """诊断证明、预警截图等;仅核实的工作人员可看。"""
    excuse = await handling.one(session, officer, excuse_id)
    data = await picture_of(session, excuse.id, file_id)
    return Picture(data)


@excuses.post(
    "/{excuse_id}/accept",
    summary="采纳说明",
    dependencies=[OnceForStaff],
    responses=answers(ExcuseStateConflict, CaseHeld),
)
async def accept_excuse(
    session: Session,
    officer: AsArbiter,
    excuse_id: UUID,
    given: Nothing = _NOTHING,  # noqa: ARG001 - an empty body
) -> ExcuseCase:
    """该次取消或缺勤不再计入信用;用工主体应付的部分随之免除。"""
    return await _decided(session, officer, excuse_id, None)


@excuses.post(
    "/{excuse_id}/reject",
    summary="不采纳说明",
    dependencies=[OnceForStaff],
    responses=answers(ExcuseStateConflict, CaseHeld),
)
async def reject_excuse(
    session: Session, officer: AsArbiter, excuse_id: UUID, given: ExcuseReason
) -> ExcuseCase:
    """理由通知本人;对信用的影响仍可申诉。"""
    return await _decided(session, officer, excuse_id, given.reason)


async def _decided(session: Session, officer: Officer, excuse_id: UUID, reason: str | None) -> ExcuseCase:
    excuse = await handling.decide(session, officer, excuse_id, reason=reason)
    return (await handling.cases(session, [excuse]))[0]


async def _find(session: Session, officer: Officer, engagement_id: UUID) -> queries.Row:
    statement = queries.engagements_in_reach(officer, None, None, None)
    row = (await session.execute(statement.where(Engagement.id == engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    return row
