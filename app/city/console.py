"""What the city sets: the operators' door."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.access.asking import AsOperator, AsReader, OnceForStaff
from app.city import outbox as stuck_work
from app.city import trades as own_trades
from app.city import wages as own_wages
from app.city.problems import MessageOutdated, TradeCodeTaken, WageInForce, WorkNotStuck
from app.city.schemas import (
    BelowView,
    Retried,
    RetryOfMany,
    Stuck,
    TradeCase,
    TradeCaseList,
    TradeChanges,
    TradeDraft,
    UnsentMessage,
    UnsentPage,
    WageGiven,
    WageList,
    WageSet,
    WageView,
    WorkCount,
    WorkCounts,
    WorkPage,
    WorkView,
)
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, Malformed, Stale
from app.identity.messages import phone_of
from app.identity.models import SmsMessage
from app.identity.phones import masked
from app.trades.models import Trade
from app.trades.queries import trades as every_trade

wages = APIRouter(prefix="/admin/v1/minimum-wages", tags=["最低工资"], route_class=Transacted)
trades = APIRouter(prefix="/admin/v1/trades", tags=["工种"], route_class=Transacted)
outbox = APIRouter(prefix="/admin/v1/outbox", tags=["待办工作"], route_class=Transacted)

County = Annotated[str, Path(pattern=r"^[0-9]{6}$", description="县级区划代码", examples=["141002"])]
Task = Annotated[
    str | None, Query(max_length=128, pattern=r"^[A-Za-z0-9_.]+$", description="只看此类,如 sms.send")
]


@wages.get("", summary="最低工资标准", responses=answers(Invalid))
async def list_minimum_wages(
    session: Session,
    officer: AsReader,  # noqa: ARG001 - the door's guard: the table is public
    county_code: Annotated[
        str | None, Query(pattern=r"^[0-9]{6}$", description="只看此县", examples=["141002"])
    ] = None,
) -> WageList:
    """各县历次的最低小时工资,含将来生效的。"""
    found = await session.scalars(own_wages.history(county_code))
    return WageList(items=[WageView.model_validate(one) for one in found])


@wages.put(
    "/{county_code}/{effective_from}",
    summary="设定最低工资标准",
    responses=answers(WageInForce),
)
async def set_minimum_wage(
    session: Session,
    officer: AsOperator,
    county_code: County,
    effective_from: Annotated[date, Path(description="自此日起生效", examples=["2099-01-01"])],
    given: WageGiven,
) -> WageSet:
    """只设明日及以后生效的,已生效的不改;低于新标准的岗位按机构列出,并提醒所在机构;记入台账。"""
    wage = await own_wages.set_wage(
        session, officer.actor, county_code, effective_from, given.hourly_fen, given.source
    )
    below = await own_wages.below(session, county_code, effective_from)
    return WageSet(
        **WageView.model_validate(wage).model_dump(),
        jobs_below=sum(one.jobs for one in below),
        stations=[BelowView(station_id=one.station_id, jobs=one.jobs) for one in below],
    )


@trades.get("", summary="工种")
async def list_trade_cases(
    session: Session,
    officer: AsReader,  # noqa: ARG001 - the door's guard: the list is public
) -> TradeCaseList:
    """全部工种,含停用的和搜索用的其他叫法。"""
    found = await session.scalars(every_trade())
    return TradeCaseList(items=[TradeCase.model_validate(one) for one in found])


@trades.post(
    "",
    summary="新增工种",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(TradeCodeTaken),
)
async def add_trade(
    session: Session, officer: AsOperator, response: Response, given: TradeDraft
) -> TradeCase:
    """代码一经使用即固定;前两位相同的属同一类别。记入台账。"""
    return _shown(response, await own_trades.add(session, officer.actor, officer.station.division, given))


@trades.patch("/{code}", summary="修改或停用工种", responses=answers(Stale, Malformed))
async def change_trade(
    session: Session,
    officer: AsOperator,
    response: Response,
    code: Annotated[str, Path(pattern=r"^[0-9]{4}$", description="工种代码", examples=["9901"])],
    changes: TradeChanges,
    if_match: IfMatch = None,
) -> TradeCase:
    """停用的不能再发布新岗位,已有的岗位不变;证书和禁忌的更改对之后的报名生效。记入台账。"""
    place = officer.station.division
    trade = await own_trades.change(session, officer.actor, place, code, changes, version_in(if_match))
    return _shown(response, trade)


@outbox.get("", summary="卡住的工作", responses=answers(Invalid))
async def list_outbox(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard
    state: Annotated[Stuck | None, Query(description="只看此状态")] = None,
    task: Task = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> WorkPage:
    """已承诺而未做成的:通知、短信、推送、定时任务等;失败的原因只有类别和代码位置。"""
    found, following = await stuck_work.stuck(session, state, task, limit, cursor)
    return WorkPage(items=[WorkView.model_validate(one) for one in found], next_cursor=following)


@outbox.get("/counts", summary="卡住的工作各有多少")
async def count_outbox(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard
) -> WorkCounts:
    """按类别和状态。"""
    return WorkCounts(items=[WorkCount(**one) for one in await stuck_work.counts(session)])


@outbox.post("/retry", summary="重试一类工作", dependencies=[OnceForStaff])
async def retry_all_work(session: Session, officer: AsOperator, given: RetryOfMany) -> Retried:
    """失败的和等待再试的立即重试,一次至多一千项;记入台账。"""
    return Retried(retried=await stuck_work.retry_all(session, officer, given.task))


@outbox.post(
    "/{work_id}/retry",
    summary="重试一项工作",
    dependencies=[OnceForStaff],
    responses=answers(WorkNotStuck),
)
async def retry_work(
    session: Session,
    officer: AsOperator,
    work_id: Annotated[int, Path(ge=1, le=2**63 - 1, description="编号")],
) -> Retried:
    """立即重试,次数重新计;记入台账。"""
    return Retried(retried=await stuck_work.retry(session, officer, work_id))


@outbox.get("/messages", summary="未能发出的短信", responses=answers(Invalid))
async def list_unsent_messages(
    session: Session,
    officer: AsOperator,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> UnsentPage:
    """服务商拒绝的,号码部分隐去,不列内容。"""
    scope = f"unsent/{officer.staff.id}"
    found, following = await newest(session, stuck_work.unsent(), SmsMessage.id, limit, cursor, scope)
    return UnsentPage(items=[_message(one) for one in found], next_cursor=following)


@outbox.post(
    "/messages/{message_id}/retry",
    summary="重发短信",
    dependencies=[OnceForStaff],
    responses=answers(MessageOutdated, WorkNotStuck),
)
async def resend_message(session: Session, officer: AsOperator, message_id: UUID) -> UnsentMessage:
    """验证码除外:早已过时。记入台账。"""
    return _message(await stuck_work.send_again(session, officer, message_id))


def _shown(response: Response, trade: Trade) -> TradeCase:
    tag(response, trade.version)
    return TradeCase.model_validate(trade)


def _message(message: SmsMessage) -> UnsentMessage:
    return UnsentMessage(
        id=message.id,
        template=message.template,
        phone=masked(phone_of(message)),
        created_at=message.created_at,
        failure=message.failure,
    )
