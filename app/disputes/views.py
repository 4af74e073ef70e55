"""Disputes put into the shapes that the parties and the stations see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.disputes import deadlines
from app.disputes.models import LIVE, Addressee, Dispute, DisputeState, Message
from app.disputes.queries import History, contested_claim_of, history_of, stations_of
from app.disputes.schemas import (
    CaseItem,
    CaseStep,
    CaseView,
    CaseWords,
    DisputeItem,
    DisputeView,
    MediationRecord,
    MessageView,
    StationBrief,
    StepView,
)
from app.disputes.sides import author_side, side_of
from app.disputes.speaking import complaint_of, text_of
from app.disputes.steps import opened
from app.stations.models import Station

STEPS = {
    "opened": "已提交",
    "joined": "劳动者本人加入",
    "accepted": "已受理",
    "handed_over": "拟移交其他机构,接收前仍由原机构负责",
    "mediated": "已组织调解",
    "escalated": "已升级到上一级机构",
    "deadline_missed": "未在期限内办理",
    "pay_overdue": "工资已逾期",
    "pay_settled": "工资已结清",
    "claim_contested": "到岗事实有争议",
    "resolved": "已办结",
    "withdrawn": "投诉人已撤回",
    "rated": "已评价",
    "rating_answered": "差评已答复",
}


def items(
    disputes: Sequence[Dispute], stations: dict[UUID, Station], account_id: UUID, *, for_employer: bool
) -> list[DisputeItem]:
    """Return disputes as one person's list, as a worker or as who acts for an employer."""
    shown = []
    for dispute in disputes:
        side = side_of(dispute, account_id, acts_for_employer=for_employer)
        if side:
            shown.append(DisputeItem(**_brief(dispute, stations), side=side))
    return shown


async def of_party(session: AsyncSession, dispute: Dispute, side: Addressee) -> DisputeView:
    """Return a dispute to one side: its own words and what the station passed on."""
    history = await history_of(session, dispute)
    complains = side is Addressee.COMPLAINANT
    return DisputeView(
        **_brief(dispute, history.stations),
        side=side,
        text=complaint_of(dispute) if complains else None,
        files=[file.id for file in history.files.get(dispute.id, [])] if complains else [],
        outcome_text=dispute.outcome_text,
        steps=[
            StepView(**step)
            for step in _steps(history)
            # A mark for the station is between the complainant and the station.
            if complains or step["what"] not in ("rated", "rating_answered")
        ],
        messages=[message_view(dispute, message, history) for message in history.readable(dispute, side)],
        can_rate_until=_can_rate_until(dispute) if complains else None,
        rating=dispute.rating if complains else None,
        rating_text=dispute.rating_text if complains else None,
        rating_answer=dispute.rating_answer if complains else None,
        rating_answer_due_at=dispute.rating_answer_due_at if complains else None,
    )


def cases(disputes: Sequence[Dispute], stations: dict[UUID, Station]) -> list[CaseItem]:
    return [CaseItem(**_case(dispute, stations)) for dispute in disputes]


async def case_items(session: AsyncSession, disputes: Sequence[Dispute]) -> list[CaseItem]:
    """Return a page of the stations' list, with one more statement."""
    return cases(disputes, await stations_of(session, disputes))


async def case(session: AsyncSession, dispute: Dispute) -> CaseView:
    """Return a dispute to staff, without a sealed word."""
    history = await history_of(session, dispute)
    stations = history.stations | await stations_of(session, [dispute])
    about = {step.id: step for step in history.steps}
    return CaseView(
        **_case(dispute, stations),
        steps=[
            CaseStep(
                **shown,
                staff_id=about[shown["id"]].staff_id,
                details={k: v for k, v in about[shown["id"]].details.items() if k != "sealed"},
            )
            for shown in _steps(history)
        ],
        messages=len(history.messages),
        files=[file.id for file in history.files.get(dispute.id, [])],
        outcome_text=dispute.outcome_text,
        rating_text=dispute.rating_text,
        rating_answer=dispute.rating_answer,
        claim_contested=await contested_claim_of(session, dispute) is not None,
    )


def words(dispute: Dispute, history: History) -> CaseWords:
    """Return all that was said; the caller has written the reading into the ledger."""
    return CaseWords(
        text=complaint_of(dispute),
        messages=[message_view(dispute, message, history) for message in history.messages],
        mediations=[
            MediationRecord(step_id=step.id, **kept)
            for step in history.steps
            if (kept := opened(step)) is not None
        ],
    )


def message_view(dispute: Dispute, message: Message, history: History) -> MessageView:
    return MessageView(
        id=message.id,
        author=author_side(dispute, message),
        to=message.addressee,
        text=text_of(message),
        at=message.created_at,
        files=[file.id for file in history.files.get(message.id, [])],
    )


def _brief(dispute: Dispute, stations: dict[UUID, Station]) -> dict[str, Any]:
    live = dispute.state in LIVE
    return {
        "id": dispute.id,
        "kind": dispute.kind,
        "state": dispute.state,
        "opened_by_market": dispute.complainant_id is None,
        "engagement_id": dispute.engagement_id,
        "employer_id": dispute.employer_id,
        "station": StationBrief.model_validate(stations[dispute.station_id]),
        "due_at": dispute.due_at if live else None,
        "opened_at": dispute.opened_at,
        "closed_at": dispute.closed_at,
        "outcome": dispute.outcome,
    }


def _case(dispute: Dispute, stations: dict[UUID, Station]) -> dict[str, Any]:
    offered = stations[dispute.handed_to] if dispute.handed_to else None
    due = dispute.due_at
    return _brief(dispute, stations) | {
        "worker_id": dispute.worker_id,
        "pay_record_id": dispute.pay_record_id,
        "division": dispute.division,
        "handed_to": StationBrief.model_validate(offered) if offered else None,
        "staff_id": dispute.staff_id,
        "missed": dispute.missed,
        "overdue": dispute.state in LIVE and due is not None and due <= clock.now(),
        "rating": dispute.rating,
        "rating_answer_due_at": dispute.rating_answer_due_at,
    }


def _steps(history: History) -> list[dict[str, Any]]:
    return [
        {
            "id": step.id,
            "what": step.what,
            "text": STEPS.get(step.what, step.what),
            "at": step.at,
            "station": history.stations[step.station_id].name if step.station_id else None,
        }
        for step in history.steps
    ]


def _can_rate_until(dispute: Dispute) -> Any:
    if dispute.state is not DisputeState.RESOLVED or dispute.rating or dispute.closed_at is None:
        return None
    until = dispute.closed_at + deadlines.RATE_WITHIN
    return until if until > clock.now() else None
