"""One step of a dispute's life: noted, told, and the deadline that follows it."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.keyring import seal, unseal
from app.core.problems import NotFound
from app.core.types import new_id
from app.days.queries import working_days_after
from app.disputes import deadlines
from app.disputes.deadlines import Allowed
from app.disputes.events import DisputeClosed, DisputeMoved
from app.disputes.models import Dispute, DisputeState, Outcome, Step
from app.disputes.problems import DisputeStateConflict
from app.stations.models import Station

# Told as DisputeMoved; what opens, closes or is said has an event of its own.
MOVES = frozenset({"accepted", "handed_over", "mediated", "escalated", "deadline_missed"})


async def locked(session: AsyncSession, dispute_id: UUID) -> Dispute:
    """Lock a dispute, the last in the order of locks, and read it anew."""
    dispute = await session.scalar(
        select(Dispute)
        .where(Dispute.id == dispute_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if dispute is None:
        raise NotFound
    return dispute


def must_be(dispute: Dispute, states: Sequence[DisputeState]) -> None:
    """Refuse (409, naming the state and what is allowed) unless the dispute is in one of the states."""
    if dispute.state not in states:
        allowed = [state.value for state in states]
        raise DisputeStateConflict(state=dispute.state.value, allowed=allowed)


async def note(
    session: AsyncSession,
    dispute: Dispute,
    what: str,
    *,
    staff_id: UUID | None = None,
    details: dict[str, Any] | None = None,
    sealed: dict[str, Any] | None = None,
) -> Step:
    """Write a step at the station that has the dispute; what is `sealed` may name people."""
    id_ = new_id()
    kept = dict(details or {})
    if sealed is not None:
        text = json.dumps(sealed, ensure_ascii=False)
        kept["sealed"] = base64.b64encode(seal(text, _place(id_))).decode()
    step = Step(
        id=id_,
        dispute_id=dispute.id,
        what=what,
        staff_id=staff_id,
        station_id=dispute.station_id,
        details=kept,
        at=clock.now(),
    )
    session.add(step)
    dispute.version += 1
    await session.flush()
    if what in MOVES:
        await emit(session, DisputeMoved(dispute.id, step.id, what))
    return step


def opened(step: Step) -> dict[str, Any] | None:
    """Return what a step keeps sealed: a mediation's record, who was there and what was said."""
    if "sealed" not in step.details:
        return None
    content: dict[str, Any] = json.loads(unseal(base64.b64decode(step.details["sealed"]), _place(step.id)))
    return content


async def give_until(session: AsyncSession, dispute: Dispute, allowed: Allowed) -> None:
    """Set the deadline of the present step, from now."""
    now = clock.now()
    if (span := allowed.by_the_clock) is not None:
        dispute.due_at = now + span
    else:
        until = await working_days_after(session, now, allowed.working_days)
        dispute.due_at = until.astimezone(UTC)  # as it is read back


async def move_up(session: AsyncSession, dispute: Dispute, above: Station, **noted: Any) -> Step:
    """Give the dispute to the station above, which has the time for accepting and resolving again."""
    before = dispute.station_id
    dispute.state = DisputeState.ESCALATED
    dispute.station_id, dispute.station_division = above.id, above.division
    dispute.handed_to = dispute.handed_to_division = dispute.staff_id = None
    await give_until(session, dispute, deadlines.allowed(dispute.kind, deadlines.Stage.ACCEPTING))
    details = noted.pop("details", {}) | {"from_station": str(before)}
    return await note(session, dispute, "escalated", details=details, **noted)


async def station_above(session: AsyncSession, dispute: Dispute) -> Station | None:
    """Return the station above the one that has it; none above the city's centre."""
    own = await session.get_one(Station, dispute.station_id)
    return await session.get(Station, own.parent_id) if own.parent_id else None


async def close(
    session: AsyncSession,
    dispute: Dispute,
    state: DisputeState,
    outcome: Outcome | None = None,
    text: str | None = None,
    *,
    staff_id: UUID | None = None,
) -> None:
    """End a dispute: resolved with an outcome, or withdrawn."""
    dispute.state, dispute.outcome, dispute.outcome_text = state, outcome, text
    dispute.closed_at, dispute.due_at = clock.now(), None
    dispute.handed_to = dispute.handed_to_division = None
    details = {"outcome": outcome.value} if outcome else {}
    await note(session, dispute, state.value, staff_id=staff_id, details=details)
    await emit(session, DisputeClosed(dispute.id))


def _place(step_id: UUID) -> str:
    return f"dispute_steps/details/{step_id}"
