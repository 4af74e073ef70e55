"""Disputes: the stations' door."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.access.asking import AsMediator, AsReader, OnceForStaff
from app.cases.problems import CaseHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Picture
from app.core.problems import Invalid
from app.disputes import bundle, handling, queries, reading, register, views
from app.disputes.models import Dispute, DisputeKind, DisputeState
from app.disputes.problems import (
    DecisionMissing,
    DisputeElsewhere,
    DisputeStateConflict,
    NoStationAbove,
    NothingToDecide,
    RespondentMayNotKnow,
    StationUnfit,
)
from app.disputes.schemas import (
    CasePage,
    CaseView,
    CaseWords,
    EvidenceAsked,
    HandOver,
    Mediation,
    RatingAnswer,
    Reasoned,
    Resolution,
    StaffMessage,
)

router = APIRouter(prefix="/admin/v1/disputes", tags=["维权"], route_class=Transacted)
_PRIVATE = {"Cache-Control": "no-store"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE_OR_SHEET: dict[str, Any] = {
    "200": {"description": "一页;format=xlsx 时为电子表格", "content": {_XLSX: {}}},
}


@router.get(
    "",
    summary="维权事项",
    response_model=CasePage,
    responses=answers(Invalid, **_PAGE_OR_SHEET),
)
async def list_disputes(
    session: Session,
    officer: AsReader,
    state: Annotated[DisputeState | None, Query(description="只列此状态")] = None,
    kind: Annotated[DisputeKind | None, Query(description="只列此类")] = None,
    mine: Annotated[bool, Query(description="只列由本机构负责或拟移交本机构的")] = False,
    overdue: Annotated[bool, Query(description="只列本步已逾期的")] = False,
    format_: Annotated[register.Format, Query(alias="format", description="json 或 xlsx")] = (
        register.Format.JSON
    ),
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CasePage | Response:
    """工作地点在所及区划、或由所及机构负责、或拟移交给所及机构的;xlsx 为同一筛选的全部,一万条为限。"""
    statement = queries.in_reach_of(officer, state, kind, mine=mine, overdue=overdue)
    if format_ is register.Format.XLSX:
        data = await register.xlsx(session, statement)
        return Response(data, media_type=_XLSX, headers=_PRIVATE)
    scope = f"disputes/{officer.station.id}/{state}/{kind}/{mine}/{overdue}"
    found, following = await newest(session, statement, Dispute.id, limit, cursor, scope)
    return CasePage(items=await views.case_items(session, found), next_cursor=following)


@router.get("/{dispute_id}", summary="维权事项(管理)")
async def read_case(session: Session, officer: AsReader, dispute_id: UUID) -> CaseView:
    """进度与步骤;投诉与消息的内容另行查看。"""
    return await views.case(session, await queries.one_in_reach(session, officer, dispute_id))


@router.post("/{dispute_id}/read", summary="查看投诉与消息内容", dependencies=[OnceForStaff])
async def read_case_words(session: Session, officer: AsMediator, dispute_id: UUID) -> CaseWords:
    """加密内容,每次查看记入台账。"""
    return await reading.read_words(session, officer, dispute_id)


@router.get(
    "/{dispute_id}/files/{file_id}",
    summary="维权事项的图片(管理)",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_case_file(session: Session, officer: AsMediator, dispute_id: UUID, file_id: UUID) -> Picture:
    """投诉与消息所附的图片。"""
    data = await reading.picture_for_staff(session, officer, dispute_id, file_id)
    return Picture(data)


@router.post(
    "/{dispute_id}/accept",
    summary="受理",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere),
)
async def accept_dispute(session: Session, officer: AsMediator, dispute_id: UUID) -> CaseView:
    """开始计办理期限;拟移交本机构的,受理后由本机构负责,在办的期限不变。"""
    return await views.case(session, await handling.accept(session, officer, dispute_id))


@router.post(
    "/{dispute_id}/messages",
    summary="致函当事人",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere, RespondentMayNotKnow),
)
async def write_to_parties(
    session: Session, officer: AsMediator, dispute_id: UUID, given: StaffMessage
) -> CaseView:
    """写给投诉人、被投诉人或双方;举报类事项不得写给被投诉人。"""
    return await views.case(session, await handling.write(session, officer, dispute_id, given.text, given.to))


@router.post(
    "/{dispute_id}/mediate",
    summary="记录调解",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere, Invalid),
)
async def mediate_dispute(
    session: Session, officer: AsMediator, dispute_id: UUID, given: Mediation
) -> CaseView:
    """受理后可多次;记录加密保存。"""
    return await views.case(session, await handling.mediate(session, officer, dispute_id, given))


@router.post(
    "/{dispute_id}/resolve",
    summary="办结",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere, DecisionMissing, NothingToDecide),
)
async def resolve_dispute(
    session: Session, officer: AsMediator, dispute_id: UUID, given: Resolution
) -> CaseView:
    """写明结果;工资或到岗事实有争议的,一并决定。"""
    return await views.case(session, await handling.resolve(session, officer, dispute_id, given))


@router.post(
    "/{dispute_id}/escalate",
    summary="升级",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere, NoStationAbove),
)
async def escalate_dispute(
    session: Session, officer: AsMediator, dispute_id: UUID, given: Reasoned
) -> CaseView:
    """报上一级机构办理,期限重新计算;逾期的由系统自动升级。"""
    return await views.case(session, await handling.escalate(session, officer, dispute_id, given.reason))


@router.post(
    "/{dispute_id}/hand-over",
    summary="移交",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere, StationUnfit),
)
async def hand_dispute_over(
    session: Session, officer: AsMediator, dispute_id: UUID, given: HandOver
) -> CaseView:
    """首问负责:对方机构受理前,仍由本机构负责,期限照计。"""
    return await views.case(session, await handling.hand_over(session, officer, dispute_id, given))


@router.post(
    "/{dispute_id}/answer-rating",
    summary="答复差评",
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, DisputeStateConflict, DisputeElsewhere),
)
async def answer_dispute_rating(
    session: Session, officer: AsMediator, dispute_id: UUID, given: RatingAnswer
) -> CaseView:
    """一星、二星须在十五个工作日内答复,评价人可见。"""
    return await views.case(session, await handling.answer_rating(session, officer, dispute_id, given.text))


@router.post(
    "/{dispute_id}/evidence",
    summary="导出证据材料",
    response_class=Response,
    responses=answers(
        **{"200": {"description": "PDF 或 ZIP", "content": {"application/pdf": {}, "application/zip": {}}}}
    ),
)
async def export_evidence(
    request: Request, session: Session, officer: AsMediator, dispute_id: UUID, given: EvidenceAsked
) -> Response:
    """含真实姓名、联系电话与全部消息,连同理由记入台账。"""
    base_url: str = request.app.state.settings.base_url
    data, media_type = await bundle.for_staff(
        session, officer, dispute_id, given.format, given.reason, base_url
    )
    return Response(data, media_type=media_type, headers=_PRIVATE)
