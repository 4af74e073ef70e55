"""Queues of cases: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access.asking import AsArbiter, AsDecider, AsReader, AsReviewer, OnceForStaff
from app.cases.models import CaseKind
from app.cases.problems import CaseHeld, CaseNotHeld
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid
from app.queues import deciding, queries, taking, views
from app.queues.problems import QueueEmpty
from app.queues.queries import HeldBy, Wanted
from app.queues.schemas import CaseQueuePage, DecidedList, DecisionsGiven, QueueList, WaitingCase

router = APIRouter(prefix="/admin/v1/queues", tags=["待办"], route_class=Transacted)


@router.get("", summary="各类待办")
async def count_queues(session: Session, officer: AsReader) -> QueueList:
    """所及区划内各类事项的待办、已领取、超期件数与最久等待。"""
    return QueueList(items=await views.counts(session, officer))


@router.get("/{kind}", summary="一类待办", responses=answers(Invalid))
async def list_queue(
    session: Session,
    officer: AsReader,
    kind: CaseKind,
    division: Annotated[
        str | None, Query(description="只列此区划及以下", pattern=r"^[0-9]{2,12}$", examples=["141002"])
    ] = None,
    held: Annotated[
        HeldBy | None, Query(description="mine 本人已领取,free 无人领取,others 他人已领取")
    ] = None,
    overdue: Annotated[bool, Query(description="只列已超过办理期限的")] = False,
    waiting_longer_than_h: Annotated[
        int | None, Query(ge=0, le=87_600, description="只列等待超过这么多小时的")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CaseQueuePage:
    """等待最久的在前;不同类别形状相同,详情见 link。"""
    taking.seen_by(officer, kind)
    of = await queries.queue(session, officer, kind)
    wanted = Wanted(division, held, overdue, waiting_longer_than_h)
    cases, following = await queries.page(session, of, wanted, limit, cursor)
    return CaseQueuePage(items=[views.case(one, of.now) for one in cases], next_cursor=following)


@router.post("/{kind}/next", summary="领取下一件", dependencies=[OnceForStaff], responses=answers(QueueEmpty))
async def take_next_case(session: Session, officer: AsArbiter, kind: CaseKind) -> WaitingCase:
    """领取等待最久、无人领取的一件,三十分钟内他人不能办理;多人同时领取各得一件。"""
    return views.case(await taking.next_one(session, officer, kind))


@router.post(
    "/{kind}/decide",
    summary="批量办理",
    dependencies=[OnceForStaff],
)
async def decide_cases(
    session: Session, officer: AsReviewer, kind: CaseKind, given: DecisionsGiven
) -> DecidedList:
    """用工主体、实名、岗位、证书可批量;逐件办理、逐件记入台账,一件不成不影响其余。"""
    done = await deciding.decide(session, officer, kind, given.case_ids, given.reason)
    return DecidedList(items=[views.decided(one) for one in done])


@router.post(
    "/{kind}/{case_id}/claim", summary="领取", dependencies=[OnceForStaff], responses=answers(CaseHeld)
)
async def claim_case(session: Session, officer: AsArbiter, kind: CaseKind, case_id: UUID) -> WaitingCase:
    """三十分钟内他人不能办理;再次领取即续期。办结后自动释放。"""
    return views.case(await taking.claim(session, officer, kind, case_id))


@router.post(
    "/{kind}/{case_id}/release",
    summary="放回",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[OnceForStaff],
    responses=answers(CaseHeld, CaseNotHeld),
)
async def release_case(session: Session, officer: AsDecider, kind: CaseKind, case_id: UUID) -> None:
    """放回本人领取的;负责人可放回他人领取的。"""
    await taking.release(session, officer, kind, case_id)
