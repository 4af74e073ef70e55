"""Cancelling, excuses and proposals of change: the mobile app's door."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from app.attachments.problems import AttachmentUnknown
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import NotFound, TooMany
from app.engagements import cancelling, excuses, proposing, queries, views
from app.engagements.cancelling_schemas import (
    CancelledView,
    Cancelling,
    CostsView,
    ExcuseGiven,
    ExcuseView,
    ProposalGiven,
)
from app.engagements.models import Engagement, Side
from app.engagements.problems import (
    ChangePending,
    EmployersToPropose,
    EngagementStateConflict,
    ExcuseMadeAlready,
    ExcuseTooLate,
    MinorNight,
    NothingChanges,
    ShiftOver,
    ShiftStarted,
    WordingRefused,
)
from app.engagements.schemas import EngagementView
from app.geo.places import ShownIn
from app.geo.points import Datum
from app.geo.problems import OutsideTheCity
from app.identity.asking import AsAccount, Once
from app.identity.models import Account
from app.jobs.problems import BelowMinimumWage, ShiftInvalid

router = APIRouter(prefix="/v1/engagements", tags=["用工"], route_class=Transacted)
_NO_REASON = Cancelling()


@router.get(
    "/{engagement_id}/cancel-preview",
    summary="取消的后果",
    responses=answers(EngagementStateConflict, ShiftStarted, ShiftOver),
)
async def preview_cancelling(session: Session, account: AsAccount, engagement_id: UUID) -> CostsView:
    """现在取消会怎样,先看再定;不改变任何事。不能取消的,说明原因。"""
    engagement, side = await _mine(session, account, engagement_id)
    return CostsView.model_validate(await cancelling.cost_of(session, engagement, side))


@router.post(
    "/{engagement_id}/cancel",
    summary="取消用工",
    dependencies=[Once],
    responses=answers(EngagementStateConflict, ShiftStarted, ShiftOver, AttachmentUnknown),
)
async def cancel_engagement(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    given: Cancelling = _NO_REASON,
    datum: ShownIn = Datum.gcj02,
) -> CancelledView:
    """劳动者开工前可取消,提前 24 小时以上不影响信用,空出的位置由候补递补;用工主体在人未到岗时都可取消。"""
    _, side = await _mine(session, account, engagement_id)
    refill = given.refill and side is Side.EMPLOYER
    _, cost = await cancelling.call_off(session, engagement_id, side, given.reason, refill=refill)
    if given.excuse:
        await excuses.make(session, engagement_id, account.id, side, given.excuse)
    shown = await _shown(session, account, engagement_id, datum)
    return CancelledView(**dict(shown), costs=CostsView.model_validate(cost))


@router.post(
    "/{engagement_id}/excuse",
    summary="提交说明",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(EngagementStateConflict, ExcuseMadeAlready, ExcuseTooLate, AttachmentUnknown),
)
async def give_excuse(
    session: Session, account: AsAccount, engagement_id: UUID, given: ExcuseGiven
) -> ExcuseView:
    """己方取消或被记爽约后七日内,可说明疾病、意外、亲属丧事或气象预警;工作人员三个工作日内核实,采纳的不计。"""
    _, side = await _mine(session, account, engagement_id)
    made = await excuses.make(session, engagement_id, account.id, side, given)
    return ExcuseView.model_validate(made)


@router.post(
    "/{engagement_id}/changes",
    summary="提出变更",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(
        EngagementStateConflict,
        ShiftStarted,
        ChangePending,
        TooMany,
        EmployersToPropose,
        NothingChanges,
        WordingRefused,
        ShiftInvalid,
        BelowMinimumWage,
        OutsideTheCity,
        MinorNight,
    ),
)
async def propose_change(
    session: Session,
    account: AsAccount,
    engagement_id: UUID,
    given: ProposalGiven,
    datum: ShownIn = Datum.gcj02,
) -> EngagementView:
    """开工前任何一方可提;对方同意后生成新一版约定,不同意则原约定不变。新的变更取代未答复的旧变更。"""
    _, side = await _mine(session, account, engagement_id)
    await proposing.propose(session, engagement_id, side, given)
    return await _shown(session, account, engagement_id, datum)


async def _mine(session: Session, account: Account, engagement_id: UUID) -> tuple[Engagement, Side]:
    row = (await session.execute(queries.engagement_seen_by(account.id, engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[0].side_of(account.id)


async def _shown(session: Session, account: Account, engagement_id: UUID, datum: Datum) -> EngagementView:
    row = (await session.execute(queries.engagement_seen_by(account.id, engagement_id))).one()
    return (await views.engagements(session, [row], account, datum))[0]
