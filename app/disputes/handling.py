"""What staff do with a dispute: accept, write, mediate, resolve, move up, hand over, answer a bad mark."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.cases import holds
from app.cases.models import CaseKind
from app.core import clock
from app.core.events import emit
from app.core.problems import Fault, refuse_field
from app.disputes import deadlines, deciding
from app.disputes.events import DisputeMessaged, RatingAnswered
from app.disputes.models import LIVE, Addressee, Dispute, DisputeState
from app.disputes.problems import (
    DisputeElsewhere,
    DisputeStateConflict,
    NoStationAbove,
    RespondentMayNotKnow,
    StationUnfit,
)
from app.disputes.queries import one_in_reach
from app.disputes.schemas import HandOver, Mediation, Resolution
from app.disputes.sides import respondent_knows
from app.disputes.speaking import say
from app.disputes.steps import close, give_until, locked, move_up, must_be, note, station_above
from app.stations.models import Station

WAITING = (DisputeState.OPENED, DisputeState.ESCALATED)
IN_HAND = (DisputeState.ACCEPTED, DisputeState.MEDIATING)


async def accept(session: AsyncSession, officer: Officer, dispute_id: UUID) -> Dispute:
    """Take a dispute in hand; the station that it was offered to becomes the one that has it.

    What was in hand already keeps its state and its deadline through a hand-over.
    """
    dispute = await _in_hand(session, officer, dispute_id)
    before = _facts(dispute)
    if dispute.handed_to == officer.station.id:
        must_be(dispute, LIVE)
        dispute.station_id, dispute.station_division = officer.station.id, officer.station.division
        dispute.handed_to = dispute.handed_to_division = None
    else:
        _must_act(officer, dispute)
        must_be(dispute, WAITING)
    if dispute.state in WAITING:
        dispute.state = DisputeState.ACCEPTED
        await give_until(session, dispute, deadlines.allowed(dispute.kind, deadlines.Stage.RESOLVING))
    dispute.staff_id = officer.staff.id
    await note(session, dispute, "accepted", staff_id=officer.staff.id)
    await _written(session, officer, dispute, "accept", before)
    return dispute


async def write(
    session: AsyncSession, officer: Officer, dispute_id: UUID, text: str, to: Addressee
) -> Dispute:
    """Write to one side or both. The respondent of a kind that is kept from it can't be written to."""
    dispute = await _in_hand(session, officer, dispute_id)
    _must_act(officer, dispute)
    must_be(dispute, LIVE)
    if to is not Addressee.COMPLAINANT and not respondent_knows(dispute):
        kind = RespondentMayNotKnow
        raise kind(faults=[Fault("/to", kind.code, kind.title, kind.title_en)])
    message = await say(session, dispute, text, to, staff_id=officer.staff.id)
    await emit(session, DisputeMessaged(message.id))
    facts = _facts(dispute)
    await _written(
        session, officer, dispute, "message", facts, {"message_id": str(message.id), "to": to.value}
    )
    return dispute


async def mediate(session: AsyncSession, officer: Officer, dispute_id: UUID, held: Mediation) -> Dispute:
    """Keep the record of a mediation, sealed, for it names people; as many as it takes."""
    if held.held_at > clock.now():
        raise refuse_field("/held_at", "in_the_future", "调解时间不能晚于现在", "It has not been held yet")
    dispute = await _in_hand(session, officer, dispute_id)
    _must_act(officer, dispute)
    must_be(dispute, IN_HAND)
    before = _facts(dispute)
    dispute.state = DisputeState.MEDIATING
    sealed = held.model_dump(mode="json")
    step = await note(session, dispute, "mediated", staff_id=officer.staff.id, sealed=sealed)
    await _written(session, officer, dispute, "mediate", before, {"step_id": str(step.id)})
    return dispute


async def resolve(session: AsyncSession, officer: Officer, dispute_id: UUID, given: Resolution) -> Dispute:
    """End a dispute with an outcome, and decide what was contested by it: pay, or who was there."""
    known = await one_in_reach(session, officer, dispute_id)
    await holds.act_on(session, officer, CaseKind.DISPUTES, dispute_id)
    _must_act(officer, known)
    must_be(known, IN_HAND)
    contested = await deciding.contested_in(session, known)
    await deciding.decide(session, dispute_id, contested, given, officer.staff.id)
    dispute = await locked(session, dispute_id)
    _must_act(officer, dispute)
    must_be(dispute, IN_HAND)
    before = _facts(dispute)
    await close(session, dispute, DisputeState.RESOLVED, given.outcome, given.text, staff_id=officer.staff.id)
    decided = given.model_dump(mode="json", include={"outcome", "to_worker_fen", "paid_fen", "attended"})
    await _written(session, officer, dispute, "resolve", before, decided)
    return dispute


async def escalate(session: AsyncSession, officer: Officer, dispute_id: UUID, reason: str) -> Dispute:
    """Give a dispute to the station above; refuses where there is none."""
    dispute = await _in_hand(session, officer, dispute_id, ends=True)
    _must_act(officer, dispute)
    must_be(dispute, LIVE)
    before = _facts(dispute)
    above = await station_above(session, dispute)
    if above is None:
        raise NoStationAbove
    await move_up(session, dispute, above, staff_id=officer.staff.id, details={"reason": reason})
    await _written(session, officer, dispute, "escalate", before, reason=reason)
    return dispute


async def hand_over(session: AsyncSession, officer: Officer, dispute_id: UUID, given: HandOver) -> Dispute:
    """Offer a dispute to another station; who offers it keeps it and its deadline until that one accepts."""
    dispute = await _in_hand(session, officer, dispute_id, ends=True)
    _must_act(officer, dispute)
    must_be(dispute, LIVE)
    target = await session.get(Station, given.station_id)
    if target is None or target.id == dispute.station_id or target.closed_at is not None:
        kind = StationUnfit
        raise kind(faults=[Fault("/station_id", kind.code, kind.title, kind.title_en)])
    before = _facts(dispute)
    dispute.handed_to, dispute.handed_to_division = target.id, target.division
    details = {"to_station": str(target.id), "reason": given.reason}
    await note(session, dispute, "handed_over", staff_id=officer.staff.id, details=details)
    await _written(session, officer, dispute, "hand_over", before, reason=given.reason)
    return dispute


async def answer_rating(session: AsyncSession, officer: Officer, dispute_id: UUID, text: str) -> Dispute:
    """Answer a bad mark, once; late is better than never."""
    dispute = await _in_hand(session, officer, dispute_id, ends=True)
    _must_act(officer, dispute)
    must_be(dispute, (DisputeState.RESOLVED,))
    if dispute.rating_answer_due_at is None or dispute.rating_answered_at is not None:
        raise DisputeStateConflict(
            "没有待答复的差评",
            "There is no bad mark to answer",
            state=dispute.state.value,
            rating=dispute.rating,
        )
    before = _facts(dispute)
    dispute.rating_answer, dispute.rating_answered_at, dispute.due_at = text, clock.now(), None
    await note(session, dispute, "rating_answered", staff_id=officer.staff.id)
    await _written(session, officer, dispute, "answer_rating", before)
    await emit(session, RatingAnswered(dispute.id))
    return dispute


def _must_act(officer: Officer, dispute: Dispute) -> None:
    """Refuse staff below and beside the station that has the dispute."""
    own = officer.station.division
    above = dispute.station_division.startswith(own) and dispute.station_division != own
    if officer.station.id != dispute.station_id and not above:
        raise DisputeElsewhere(station_id=str(dispute.station_id))


async def _in_hand(
    session: AsyncSession, officer: Officer, dispute_id: UUID, *, ends: bool = False
) -> Dispute:
    """Lock a dispute for a step that leaves it with the officer, or that `ends` the work on it here."""
    await one_in_reach(session, officer, dispute_id)
    await holds.act_on(session, officer, CaseKind.DISPUTES, dispute_id, ends=ends)
    return await locked(session, dispute_id)


def _facts(dispute: Dispute) -> dict[str, Any]:
    return {
        "state": dispute.state.value,
        "station_id": str(dispute.station_id),
        "handed_to": str(dispute.handed_to) if dispute.handed_to else None,
    }


async def _written(
    session: AsyncSession,
    officer: Officer,
    dispute: Dispute,
    verb: str,
    before: dict[str, Any],
    also: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write to the ledger, which can't forget: what was said to people stays with the dispute, sealed."""
    await record(
        session,
        officer.actor,
        f"dispute.{verb}",
        object_kind="dispute",
        object_id=dispute.id,
        division=dispute.division,
        before=before,
        after=_facts(dispute) | (also or {}),
        reason=reason,
    )
