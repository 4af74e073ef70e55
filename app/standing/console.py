"""Appeals: the stations' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.access.asking import AsArbiter, Officer, OnceForStaff
from app.attachments.queries import picture_of
from app.cases.problems import CaseHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Picture
from app.core.problems import Invalid
from app.core.types import Schema, Text
from app.standing import appeals, queries, views
from app.standing.models import Appeal, AppealState
from app.standing.problems import AppealStateConflict
from app.standing.schemas import AppealView

router = APIRouter(prefix="/admin/v1/appeals", tags=["评价"], route_class=Transacted)


class AppealCase(AppealView):
    """An appeal as staff see it."""

    worker: str = Field(description="劳动者展示的称呼")
    employer: str = Field(description="用工主体名称")
    division: str = Field(description="工作地点的区划代码")


class AppealCasePage(Schema):
    items: list[AppealCase] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class AppealRead(Schema):
    appeal: AppealCase = Field(description="申诉")
    text: str = Field(description="申诉理由")
    files: list[UUID] = Field(description="证据图片编号")


class AppealReason(Schema):
    reason: Text = Field(description="办理意见,申诉人可见", examples=["病历属实,予以支持。"])


class AppealUpheld(AppealReason):
    attended: bool = Field(
        False, description="仅用于爽约申诉:劳动者当天确实到岗,按约定时间补记考勤;否则按有正当理由处理"
    )


class AppealReading(Schema):
    """Nothing needs to be said to read an appeal."""


_READING = AppealReading()


@router.get("", summary="申诉队列", responses=answers(Invalid))
async def list_appeals(
    session: Session,
    officer: AsArbiter,
    state: Annotated[AppealState | None, Query(description="只列此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AppealCasePage:
    """所及区划内的信用申诉;不含理由原文。"""
    scope = f"staff-appeals/{officer.station.division}/{state}"
    statement = queries.in_reach_of(officer, state)
    rows, following = await newest(session, statement, Appeal.id, limit, cursor, scope)
    return AppealCasePage(items=[_case(*row) for row in rows], next_cursor=following)


@router.get("/{appeal_id}", summary="申诉")
async def read_appeal_case(session: Session, officer: AsArbiter, appeal_id: UUID) -> AppealCase:
    """所及区划内的一件申诉;不含理由原文。"""
    return await _find(session, officer, appeal_id)


@router.post("/{appeal_id}/read", summary="阅读申诉理由", dependencies=[OnceForStaff])
async def read_appeal(
    session: Session,
    officer: AsArbiter,
    appeal_id: UUID,
    given: AppealReading = _READING,  # noqa: ARG001 - a body may be sent, and is empty
) -> AppealRead:
    """理由可能涉及病情等个人情况,每次阅读记入台账。"""
    found, text, files = await appeals.read(session, officer, appeal_id)
    case = await _find(session, officer, found.id)
    return AppealRead(appeal=case, text=text, files=files)


@router.get(
    "/{appeal_id}/files/{file_id}",
    summary="申诉的证据图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_appeal_file(session: Session, officer: AsArbiter, appeal_id: UUID, file_id: UUID) -> Picture:
    """上传时已去除拍摄位置等信息。"""
    await _find(session, officer, appeal_id)
    data = await picture_of(session, appeal_id, file_id)
    return Picture(data)


@router.post(
    "/{appeal_id}/uphold",
    summary="支持申诉",
    dependencies=[OnceForStaff],
    responses=answers(AppealStateConflict, CaseHeld),
)
async def uphold_appeal(
    session: Session, officer: AsArbiter, appeal_id: UUID, given: AppealUpheld
) -> AppealCase:
    """扣分全部撤销:低分评价撤下,爽约视为没有发生。"""
    await appeals.decide(
        session, officer, appeal_id, upheld=True, reason=given.reason, attended=given.attended
    )
    return await _find(session, officer, appeal_id)


@router.post(
    "/{appeal_id}/refuse",
    summary="不支持申诉",
    dependencies=[OnceForStaff],
    responses=answers(AppealStateConflict, CaseHeld),
)
async def refuse_appeal(
    session: Session, officer: AsArbiter, appeal_id: UUID, given: AppealReason
) -> AppealCase:
    """扣分保留,意见告知申诉人。"""
    await appeals.decide(session, officer, appeal_id, upheld=False, reason=given.reason)
    return await _find(session, officer, appeal_id)


async def _find(session: Session, officer: Officer, appeal_id: UUID) -> AppealCase:
    return _case(*await queries.one_in_reach(session, officer, appeal_id))


def _case(found: Appeal, worker: str, employer: str) -> AppealCase:
    seen = views.appeal(found)
    return AppealCase(**seen.model_dump(), worker=worker, employer=employer, division=found.division)
