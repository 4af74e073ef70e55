"""Pay: the mobile app's door."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Query, Response, UploadFile

from app.attachments.problems import AttachmentUnknown
from app.attachments.queries import picture_of
from app.attendance.problems import ClaimOpen
from app.core import sheets
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.papers import Picture
from app.core.problems import Invalid
from app.employers.queries import acting_for
from app.engagements.problems import EngagementStateConflict
from app.identity.asking import AsAccount, Once
from app.pay import batches, confirming, late, queries, reporting, sheet, views
from app.pay.batches import HoursLine, PaymentLine
from app.pay.models import PayRecord, PayState
from app.pay.problems import (
    AnsweredAlready,
    ClaimsNoMore,
    ContestedAlready,
    ContestTooLate,
    MoreThanOwed,
    NotBegun,
    NotCorrectable,
    NothingContested,
    NothingOwed,
    NothingReported,
    NothingWorked,
    OwedBeyondReason,
    SheetUnreadable,
)
from app.pay.reporting import Answer, Payment
from app.pay.schemas import (
    BatchTaken,
    CancellationCost,
    HoursBatch,
    HoursContest,
    HoursGiven,
    PayList,
    PaymentAnswer,
    PaymentBatch,
    PaymentGiven,
    PaymentSaid,
    PayPage,
    PayRecordView,
    PaySums,
)
from app.pay.settling import book_of
from app.workers.asking import AsWorker
from app.workers.problems import NoProfile

router = APIRouter(prefix="/v1/engagements", tags=["工资"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me/pay", tags=["工资"], route_class=Transacted)
of_employers = APIRouter(prefix="/v1/employers", tags=["工资"], route_class=Transacted)
Format = Annotated[Literal["json", "xlsx"], Query(alias="format", description="json 或 xlsx")]
State = Annotated[PayState | None, Query(description="只列此状态的记录")]


@router.get("/{engagement_id}/pay", summary="这次用工的工资")
async def read_pay(session: Session, account: AsAccount, engagement_id: UUID) -> PayList:
    """仅双方可见;确认工时后才有。应付的每一分钱都在待支付、待确认、已结清、有异议、无须支付五项之一。"""
    await queries.as_party(session, account.id, engagement_id)
    return PayList(items=await views.of_engagement(session, engagement_id))


@router.post(
    "/{engagement_id}/confirm-hours",
    summary="确认工时或件数",
    dependencies=[Once],
    responses=answers(
        EngagementStateConflict, NotBegun, NotCorrectable, NothingWorked, ClaimOpen, OwedBeyondReason
    ),
)
async def confirm_hours(
    session: Session, account: AsAccount, engagement_id: UUID, given: HoursGiven
) -> PayRecordView:
    """由用工主体确认,应付工资随即算出;没有付款与异议之前可以更正(到期后只能改多),劳动者会收到通知。

    没有到岗的不能确认为零;劳动者已报到场被拒的,先答复。
    签退后二十四小时或到结算期限仍未确认的,按考勤自动确认。
    """
    await queries.as_employer(session, account.id, engagement_id)
    book = await book_of(session, engagement_id)
    return await views.one(session, await confirming.confirm(session, book, given.minutes, given.pieces))


@router.post(
    "/{engagement_id}/contest-hours",
    summary="对工时有异议",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, NothingOwed, ContestedAlready, ContestTooLate, ClaimsNoMore),
)
async def contest_hours(
    session: Session, account: AsAccount, engagement_id: UUID, given: HoursContest
) -> PayRecordView:
    """由劳动者在确认后七天内提出一次;差额计入应付并标为有异议,用工主体同意或由工作人员处理。"""
    await queries.as_worker(session, account.id, engagement_id)
    said = (given.minutes, given.pieces, given.text)
    _, record = await confirming.contest(session, engagement_id, *said)
    return await views.one(session, record)


@router.post(
    "/{engagement_id}/accept-hours",
    summary="同意劳动者所说的工时",
    dependencies=[Once],
    responses=answers(NothingOwed, NothingContested),
)
async def accept_hours(session: Session, account: AsAccount, engagement_id: UUID) -> PayRecordView:
    """由用工主体同意;有异议的差额转为待支付。"""
    await queries.as_employer(session, account.id, engagement_id)
    _, record = await confirming.concede(session, engagement_id)
    return await views.one(session, record)


@router.post(
    "/{engagement_id}/pay-report",
    summary="报告已付款",
    dependencies=[Once],
    responses=answers(NothingOwed, MoreThanOwed, AttachmentUnknown),
)
async def report_pay(
    session: Session, account: AsAccount, engagement_id: UUID, given: PaymentGiven
) -> PayRecordView:
    """由用工主体报告,可分次;劳动者确认收到才算结清,七天内未答视为收到。"""
    await queries.as_employer(session, account.id, engagement_id)
    book = await book_of(session, engagement_id)
    record = await reporting.report(session, account.id, book, _payment(given), given.files)
    return await views.one(session, record)


@router.post(
    "/{engagement_id}/pay-confirmation",
    summary="确认收到或没有收到",
    dependencies=[Once],
    responses=answers(NothingReported, AnsweredAlready),
)
async def confirm_pay(
    session: Session, account: AsAccount, engagement_id: UUID, given: PaymentAnswer
) -> PayRecordView:
    """由劳动者答复最早一笔未答复的付款,或所指的一笔;没有收到的部分转为有异议。"""
    await queries.as_worker(session, account.id, engagement_id)
    said = Answer(given.received, given.amount_fen, given.text)
    _, record = await reporting.answer(session, engagement_id, said, given.report_id)
    return await views.one(session, record)


@router.post(
    "/{engagement_id}/pay-reports/{report_id}/accept-contest",
    summary="同意劳动者所说的到账情况",
    dependencies=[Once],
    responses=answers(NothingContested),
)
async def accept_contest(
    session: Session, account: AsAccount, engagement_id: UUID, report_id: UUID
) -> PayRecordView:
    """由用工主体同意;没有到账的部分重新待支付。"""
    await queries.as_employer(session, account.id, engagement_id)
    _, record = await reporting.concede(session, engagement_id, report_id)
    return await views.one(session, record)


@router.get(
    "/{engagement_id}/pay-reports/{report_id}/files/{file_id}",
    summary="付款凭证图片",
    response_class=Picture,
    responses=answers(**{"200": {"description": "图片"}}),
)
async def read_pay_file(
    session: Session, account: AsAccount, engagement_id: UUID, report_id: UUID, file_id: UUID
) -> Picture:
    """仅双方可见。"""
    await queries.as_party(session, account.id, engagement_id)
    made = await queries.report_on(session, engagement_id, report_id)
    data = await picture_of(session, made.id, file_id)
    return Picture(data)


@router.get(
    "/{engagement_id}/cancellation-cost",
    summary="此刻取消须付多少",
    responses=answers(EngagementStateConflict),
)
async def read_cancellation_cost(
    session: Session, account: AsAccount, engagement_id: UUID
) -> CancellationCost:
    """仅用工主体可见:按开工当日有效的标准,临时取消须支付约定报酬的一部分。"""
    await queries.as_employer(session, account.id, engagement_id)
    return CancellationCost.model_validate(await late.cost_now(session, engagement_id))


@of_me.get("", summary="我的工资", responses=answers(NoProfile, Invalid))
async def list_my_pay(
    session: Session, worker: AsWorker, state: State = None, limit: Limit = 20, cursor: Cursor = None
) -> PayPage:
    """最新的在前,附全部记录的合计。"""
    statement, scope = queries.of_worker(worker.id, state), f"pay/{worker.id}/{state}"
    rows, following = await newest(session, statement, PayRecord.id, limit, cursor, scope)
    sums = PaySums(**await queries.sums_of(session, PayRecord.worker_id, worker.id))
    return PayPage(items=await views.records(session, rows), next_cursor=following, sums=sums)


@of_employers.get(
    "/{employer_id}/pay",
    summary="用工主体应付的工资",
    response_model=PayPage,
    responses=answers(Invalid, **{"200": {"description": "一页,或 xlsx 表格", "content": {sheets.XLSX: {}}}}),
)
async def list_employer_pay(
    session: Session,
    account: AsAccount,
    employer_id: UUID,
    state: State = None,
    format_: Format = "json",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> PayPage | Response:
    """成员可见,最新的在前。format=xlsx 得到表格(至多一万行),填好后四列可经 pay-reports.xlsx 交回。"""
    await acting_for(session, account, employer_id)
    statement, scope = queries.of_employer(employer_id, state), f"pay-of/{employer_id}/{state}"
    if format_ == "xlsx":
        return _table(await sheet.form(session, statement), "pay")
    rows, following = await newest(session, statement, PayRecord.id, limit, cursor, scope)
    sums = PaySums(**await queries.sums_of(session, PayRecord.employer_id, employer_id))
    return PayPage(items=await views.records(session, rows), next_cursor=following, sums=sums)


@of_employers.post(
    "/{employer_id}/pay-reports",
    summary="批量报告已付款",
    dependencies=[Once],
    responses=answers(Invalid),
)
async def report_pay_of_many(
    session: Session, account: AsAccount, employer_id: UUID, given: PaymentBatch
) -> BatchTaken:
    """整批检查:有一行不对就一行不记,并逐行指出。"""
    await acting_for(session, account, employer_id)
    lines = [PaymentLine(one.engagement_id, _payment(one)) for one in given.items]
    amount = await batches.report_all(session, account.id, employer_id, lines)
    return BatchTaken(taken=len(lines), amount_fen=amount)


@of_employers.post(
    "/{employer_id}/pay-reports.xlsx",
    summary="用表格批量报告已付款",
    dependencies=[Once],
    responses=answers(SheetUnreadable),
)
async def report_pay_by_sheet(
    session: Session,
    account: AsAccount,
    employer_id: UUID,
    file: Annotated[UploadFile, File(description="由 GET …/pay?format=xlsx 导出并填好的 xlsx,5 MB 以内")],
) -> BatchTaken:
    """至多五百行填有金额的;整张检查,有一行不对就一行不记,并指出行与列。"""
    await acting_for(session, account, employer_id)
    content = await file.read()
    taken, amount = await sheet.report_sheet(session, account.id, employer_id, content)
    return BatchTaken(taken=taken, amount_fen=amount)


@of_employers.post(
    "/{employer_id}/confirm-hours",
    summary="批量确认工时或件数",
    dependencies=[Once],
    responses=answers(Invalid),
)
async def confirm_hours_of_many(
    session: Session, account: AsAccount, employer_id: UUID, given: HoursBatch
) -> BatchTaken:
    """整批检查:有一行不对就一行不记,并逐行指出。"""
    await acting_for(session, account, employer_id)
    lines = [HoursLine(one.engagement_id, one.minutes, one.pieces) for one in given.items]
    amount = await batches.confirm_all(session, employer_id, lines)
    return BatchTaken(taken=len(lines), amount_fen=amount)


def _payment(said: PaymentSaid) -> Payment:
    return Payment(said.amount_fen, said.method, said.reference, said.paid_at, said.owed_for)


def _table(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=sheets.XLSX, headers=headers)
