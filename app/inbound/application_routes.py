"""The province's door for what became of applications."""

from uuid import UUID

from fastapi import APIRouter

from app.attendance.problems import ClaimOpen, NothingToAnswer
from app.core.contract import answers
from app.core.db import Session
from app.core.problems import Invalid
from app.engagements.problems import (
    REASONS,
    ApplicationStateConflict,
    EngagementStateConflict,
    ShiftOver,
)
from app.inbound import outcomes
from app.inbound.outcome_schemas import OutcomeGiven, OutcomeView
from app.inbound.problems import StaleVersion, VersionConflict
from app.pay.problems import (
    MoreThanOwed,
    NotBegun,
    NotCorrectable,
    NothingOwed,
    NothingWorked,
    OwedBeyondReason,
)
from app.sync.asking import AsOutcomeSender, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1/inbound/applications", tags=["省级岗位"], route_class=Called)


@router.put(
    "/{application_id}",
    summary="回传报名结果",
    responses=answers(
        InsufficientScope,
        Invalid,
        StaleVersion,
        VersionConflict,
        ApplicationStateConflict,
        EngagementStateConflict,
        *REASONS,
        ShiftOver,
        ClaimOpen,
        NothingToAnswer,
        NotBegun,
        NothingWorked,
        NotCorrectable,
        OwedBeyondReason,
        NothingOwed,
        MoreThanOwed,
    ),
)
async def put_application_outcome(
    session: Session, caller: AsOutcomeSender, application_id: UUID, given: OutcomeGiven
) -> OutcomeView:
    """省级岗位的录用、不录用、取消、完工与付款,按版本幂等,可重发、可乱序;一次所涉班次全部生效或全部不生效。

    录用即在本市订立用工约定;工资从完工起跟踪到劳动者确认收到为止。劳动者由本市通知。
    """
    return await outcomes.take(session, caller.actor, application_id, given)
