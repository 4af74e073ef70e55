"""Referrals, their quotas, candidates for a job and people to help: the stations' door."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field, StringConstraints

from app.access.asking import AsHelper, AsManager, AsReader, OnceForStaff
from app.core import clock
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.core.types import Schema, Text, refusal
from app.engagements.problems import REASONS, JobNotOpen
from app.referrals import candidates, helping, queries, sending, views
from app.referrals.models import Referral, ReferralState
from app.referrals.problems import ReferralQuotaReached, ReferralStateConflict, ReferredAlready
from app.referrals.schemas import (
    CandidatePage,
    QuotaGiven,
    QuotaPage,
    QuotaView,
    ReferralFiguresPage,
    ReferralGiven,
    ReferralList,
    ReferralOutcome,
    ReferralPage,
    ReferralView,
    ToHelpPage,
)
from app.stations.models import Staff
from app.workers.models import KeyGroup

router = APIRouter(prefix="/admin/v1", tags=["推荐"], route_class=Transacted)


def _a_month(given: str) -> str:
    if not "2000" < given < "2100":
        raise refusal("month_out_of_range", "月份应在本世纪内", "The month should be of this century")
    return given


_Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$"), AfterValidator(_a_month)]
Month = Annotated[_Month | None, Query(description="月份,如 2026-12", examples=["2026-12"])]


class TakingBack(Schema):
    reason: Text = Field(description="撤回的理由,记入台账", examples=["本人改去另一岗位"])


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


@router.post(
    "/referrals",
    summary="推荐劳动者到岗位",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(Invalid, ReferralQuotaReached, ReferredAlready, *REASONS),
)
async def send_referral(session: Session, officer: AsHelper, given: ReferralGiven) -> ReferralList:
    """为所及区划内的劳动者在本县岗位留名额,到时未用即放开;本人与用工主体都会收到通知。

    全部班次都成立才推荐。本人报名(手机或窗口代办)时用掉所留的名额;不能报名的原因与本人报名时相同。
    """
    sent = await sending.send(session, officer, given)
    rows = await queries.with_what_came(session, [one.id for one in sent])
    return ReferralList(items=[views.referral(row) for row in rows])


@router.get("/referrals", summary="推荐记录", responses=answers(Invalid))
async def list_referrals(
    session: Session,
    officer: AsReader,
    state: Annotated[ReferralState | None, Query(description="只列此状态")] = None,
    mine: Annotated[bool, Query(description="只列本人推荐的")] = False,
    month: Month = None,
    worker_id: Annotated[UUID | None, Query(description="只列此劳动者")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ReferralPage:
    """所及机构的推荐及其结果;录用后的进展随用工自动更新。"""
    scope = f"referrals/{officer.staff.id if mine else officer.station.division}/{state}/{month}/{worker_id}"
    statement = queries.in_reach_of(
        officer, state=state, mine=mine, month=_first_of(month) if month else None, worker_id=worker_id
    )
    ids, following = await newest(session, statement, Referral.id, limit, cursor, scope)
    rows = await queries.with_what_came(session, ids)
    return ReferralPage(items=[views.referral(row) for row in rows], next_cursor=following)


@router.get("/referrals/figures", summary="推荐成效", responses=answers(Invalid))
async def list_referral_figures(
    session: Session,
    officer: AsReader,
    month: Month = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ReferralFiguresPage:
    """每位工作人员当月推荐的次数与录用率;不填月份为本月。"""
    first = _first_of(month) if month else clock.today().replace(day=1)
    scope = f"referral-figures/{officer.station.division}/{first}"
    senders = queries.senders(officer, first)
    ids, following = await newest(session, senders, Referral.staff_id, limit, cursor, scope)
    rows = await queries.figures_of(session, officer, first, ids)
    items = [views.figures(staff, first, sent, came, counts) for staff, sent, came, *counts in rows]
    return ReferralFiguresPage(items=items, next_cursor=following)


@router.get("/referrals/quotas", summary="推荐名额", responses=answers(Invalid))
async def list_referral_quotas(
    session: Session, officer: AsReader, limit: Limit = 20, cursor: Cursor = None
) -> QuotaPage:
    """所及机构中可推荐的工作人员,每自然月的名额与已用次数。"""
    scope = f"referral-quotas/{officer.station.division}"
    rows, following = await newest(session, queries.quotas(officer), Staff.id, limit, cursor, scope)
    return QuotaPage(items=[views.quota(*row) for row in rows], next_cursor=following)


@router.put("/referrals/quotas", summary="设定推荐名额", responses=answers(Invalid))
async def set_referral_quota(session: Session, officer: AsManager, given: QuotaGiven) -> QuotaView:
    """为所及机构的一位工作人员设定每自然月的名额,当月即按新名额计;null 为不限。"""
    return views.quota(*await sending.set_quota(session, officer, given))


@router.get("/referrals/to-help", summary="待帮扶的人", responses=answers(Invalid))
async def list_people_to_help(
    session: Session,
    officer: AsHelper,
    key_group: Annotated[KeyGroup | None, Query(description="只列此重点群体")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ToHelpPage:
    """所及区划内十四天以上没有活(六十天内有登录或报名)的,以及属重点群体且不在岗的;最久的在前。

    名单随时按实际情况得出:被录用即不再列出。
    """
    return await helping.page(session, officer, key_group, limit, cursor)


@router.get("/referrals/{referral_id}", summary="推荐详情")
async def read_referral(session: Session, officer: AsReader, referral_id: UUID) -> ReferralView:
    """所及机构的一条推荐。"""
    return views.referral(await queries.one_in_reach(session, officer, referral_id))


@router.post(
    "/referrals/{referral_id}/withdraw",
    summary="撤回推荐",
    dependencies=[OnceForStaff],
    responses=answers(ReferralStateConflict),
)
async def withdraw_referral(
    session: Session, officer: AsHelper, referral_id: UUID, given: TakingBack
) -> ReferralView:
    """尚未报名的推荐可以撤回,所留名额随即放开,本人会收到通知。"""
    await sending.take_back(session, officer, referral_id, given.reason)
    return views.referral(await queries.one_in_reach(session, officer, referral_id))


@router.post(
    "/referrals/{referral_id}/outcome",
    summary="登记推荐结果",
    dependencies=[OnceForStaff],
    responses=answers(ReferralStateConflict),
)
async def tell_referral_outcome(
    session: Session, officer: AsHelper, referral_id: UUID, given: ReferralOutcome
) -> ReferralView:
    """系统里没有后续(未报名或已到期)的推荐,由工作人员登记未成的原因;录用与雇主的答复由系统自动记。"""
    await sending.tell_outcome(session, officer, referral_id, given.outcome, given.reason)
    return views.referral(await queries.one_in_reach(session, officer, referral_id))


@router.get("/jobs/{job_id}/candidates", summary="岗位的合适人选", responses=answers(Invalid, JobNotOpen))
async def list_candidates(
    session: Session,
    officer: AsHelper,
    job_id: UUID,
    shift_id: Annotated[UUID | None, Query(description="哪个班次;不填为最近一个有空缺的")] = None,
    within_m: Annotated[int, Query(ge=100, le=300_000, description="住处距工作地点至多多少米")] = 20_000,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CandidatePage:
    """所及区划内符合条件、该时段有空且同意被找到的劳动者,由近及远;没有手机的经就业服务站联系。"""
    return await candidates.page(session, officer, job_id, shift_id, within_m, limit, cursor)
