"""What the last engagements say of workers or employers, gathered in three or four statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Claim, ClaimKind, ClaimState
from app.core import clock, wall
from app.disputes.models import Dispute, DisputeKind, DisputeState, Outcome
from app.employers.models import Employer
from app.engagements.models import (
    Change,
    ChangeState,
    Engagement,
    EngagementState,
    Excuse,
    ExcuseState,
    Side,
)
from app.engagements.notice import FREE_FROM_MINUTES, minutes_of
from app.pay.models import PayRecord, PayReport, PayState
from app.standing.models import Appeal, AppealState, Review
from app.standing.score import WINDOW, Fact, Held, ReasonCode, Ruling, Standing, standing
from app.workers.models import Worker

OTHER = {Side.WORKER: Side.EMPLOYER, Side.EMPLOYER: Side.WORKER}
LOST = {Side.WORKER: Outcome.FOR_EMPLOYER, Side.EMPLOYER: Outcome.FOR_WORKER}
# Pieces of one matter cost once: a lost dispute about what is held already adds nothing.
_SAME_MATTER = {
    DisputeKind.NO_SHOW: ReasonCode.NO_SHOW,
    DisputeKind.WAGE_ARREARS: ReasonCode.PAID_LATE,
    DisputeKind.OTHER: ReasonCode.TURNED_AWAY,
}
_OF_CLAIMS = (DisputeKind.NO_SHOW, DisputeKind.OTHER)


class Known(NamedTuple):
    """A standing, with the state of every appeal against what it lists."""

    standing: Standing
    appeals: dict[tuple[UUID, str], AppealState]


class _Around(NamedTuple):
    """What other tables say of one engagement."""

    late: list[tuple[datetime, bool]]
    disputes: list[tuple[DisputeKind, bool, datetime]]
    appeals: dict[str, Ruling]


async def standings(session: AsyncSession, side: Side, owner_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Return the standing of each worker or employer, however many, in three or four statements.

    Past the wall: a score counts what who reads it may not see, as a report by a protected person.
    """
    async with wall.lifted(session):
        rows = (await session.execute(_ended(side, owner_ids))).all()
        ids = [row.id for row in rows]
        late = await _paid_late(session, ids) if side is Side.EMPLOYER else {}
        disputes = await _disputes(session, side, ids)
        appeals = await _appeals(session, side, ids)
    facts: dict[UUID, list[Fact]] = {owner: [] for owner in owner_ids}
    for row in rows:
        ruled = {code: _ruling_of(appeal) for code, appeal in appeals[row.id].items()}
        around = _Around(late.get(row.id, []), disputes.get(row.id, []), ruled)
        facts[row.owner_id].append(_fact(row, side, around))
    states = {(id_, code): one.state for id_, by_code in appeals.items() for code, one in by_code.items()}
    return {owner: Known(standing(found, side), states) for owner, found in facts.items()}


async def scores_of(session: AsyncSession, worker_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return the standing of each of some workers, in three statements."""
    found = await standings(session, Side.WORKER, worker_ids)
    return {worker_id: known.standing for worker_id, known in found.items()}


def _ended(side: Side, owner_ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """Return each owner's last engagements that ended and speak of that side.

    Indexes: engagements (worker_id, id) or (employer_id, id); claims, excuses and reviews by engagement.
    """
    owner = Worker if side is Side.WORKER else Employer
    column = Engagement.worker_id if side is Side.WORKER else Engagement.employer_id
    last = (
        select(Engagement.id)
        .where(column == owner.id, _speaks_of(side))
        .order_by(Engagement.id.desc())
        .limit(WINDOW)
        .correlate(owner)
        .lateral()
    )
    shown = and_(
        Review.engagement_id == Engagement.id,
        Review.by == OTHER[side],
        Review.removed_at.is_(None),
        Review.visible_from <= clock.now(),
    )
    excused = and_(Excuse.engagement_id == Engagement.id, Excuse.by == side)
    stands = and_(Claim.engagement_id == Engagement.id, Claim.state == ClaimState.STANDS)
    refused = select(func.max(Change.proposed_at)).where(
        Change.engagement_id == Engagement.id, Change.binding, Change.state == ChangeState.REFUSED
    )
    return (
        select(
            owner.id.label("owner_id"),
            Engagement.id,
            Engagement.state,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.cancelled_by,
            Engagement.cancelled_at,
            Engagement.notice_minutes,
            Claim.kind.label("claim"),
            func.coalesce(Claim.answered_at, Claim.answer_until).label("claim_at"),
            Excuse.state.label("excuse"),
            Excuse.due_at.label("excuse_due_at"),
            Review.stars,
            Review.visible_from,
            refused.scalar_subquery().label("refused_from"),
        )
        .select_from(owner)
        .join(last, true())
        .join(Engagement, Engagement.id == last.c.id)
        .outerjoin(Claim, stands)
        .outerjoin(Excuse, excused)
        .outerjoin(Review, shown)
        .where(owner.id.in_(owner_ids))
    )


def _speaks_of(side: Side) -> ColumnElement[bool]:
    """Tell apart what ended and says something of the side: not what the other side called off.

    Cancelling in good time costs nothing and proves nothing: it does not fill the window either.
    """
    # How an absence is closed that was excused, and what was said wrongly: nobody called anything off.
    taken_back = select(Claim.id).where(
        Claim.engagement_id == Engagement.id,
        or_(
            Claim.state == ClaimState.OVERTURNED,
            and_(Claim.state == ClaimState.WITHDRAWN, Claim.kind == ClaimKind.NO_SHOW),
        ),
    )
    cancelled_late = and_(
        Engagement.state == EngagementState.CANCELLED,
        Engagement.cancelled_by == side,
        Engagement.notice_minutes < FREE_FROM_MINUTES,
        ~taken_back.exists(),
    )
    lost = select(Dispute.id).where(Dispute.engagement_id == Engagement.id, Dispute.outcome == LOST[side])
    return or_(
        Engagement.state.in_([EngagementState.CONFIRMED, EngagementState.PAID]),
        and_(Engagement.state == EngagementState.DISPUTED, Engagement.confirmed_at.is_not(None)),
        Engagement.state == EngagementState.NO_SHOW if side is Side.WORKER else false(),
        cancelled_late,
        lost.exists(),
    )


async def _paid_late(
    session: AsyncSession, engagement_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[datetime, bool]]]:
    """Return when pay was found overdue and whether it still is; not what turned out not to be owed.

    Nor what was reported by its date and only contested since: the worker's word alone is no lateness.
    What the station or the employer itself then finds to be missing is open, and is.
    """
    found: dict[UUID, list[tuple[datetime, bool]]] = defaultdict(list)
    # index record_id, id; of a payment without an answer the whole is taken to have come
    in_time = (
        select(func.coalesce(func.sum(func.coalesce(PayReport.received_fen, PayReport.amount_fen)), 0))
        .where(PayReport.record_id == PayRecord.id, PayReport.reported_at < PayRecord.due_at)
        .correlate(PayRecord)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(PayRecord.engagement_id, PayRecord.overdue_at, PayRecord.state).where(
            PayRecord.engagement_id.in_(engagement_ids),
            PayRecord.overdue_at.is_not(None),
            or_(PayRecord.open_fen > 0, PayRecord.settled_fen + PayRecord.reported_fen > in_time),
        )
    )
    for engagement_id, overdue_at, state in rows:
        if overdue_at is not None:
            found[engagement_id].append((overdue_at, state is PayState.OVERDUE))
    return found


async def _disputes(
    session: AsyncSession, side: Side, engagement_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[DisputeKind, bool, datetime]]]:
    """Return the disputes that were resolved: kind, whether this side lost, when.

    Who complains pays nothing for it, however it ends: only what others complained of can be lost.
    """
    found: dict[UUID, list[tuple[DisputeKind, bool, datetime]]] = defaultdict(list)
    rows = await session.execute(
        select(
            Dispute.engagement_id,
            Dispute.kind,
            Dispute.outcome,
            Dispute.closed_at,
            Dispute.complainant_id,
            Dispute.worker_id,
        ).where(Dispute.engagement_id.in_(engagement_ids), Dispute.state == DisputeState.RESOLVED)
    )
    for engagement_id, kind, outcome, closed_at, complainant_id, worker_id in rows:
        by_market = complainant_id is None
        by_worker = complainant_id == worker_id
        own = not by_market and by_worker is (side is Side.WORKER)
        if engagement_id is not None and closed_at is not None:
            found[engagement_id].append((kind, outcome is LOST[side] and not own, closed_at))
    return found


async def _appeals(
    session: AsyncSession, side: Side, engagement_ids: Sequence[UUID]
) -> dict[UUID, dict[str, Appeal]]:
    found: dict[UUID, dict[str, Appeal]] = defaultdict(dict)
    statement = select(Appeal).where(Appeal.engagement_id.in_(engagement_ids), Appeal.by == side)
    for appeal in await session.scalars(statement):
        found[appeal.engagement_id][appeal.against] = appeal
    return found


def _ruling_of(appeal: Appeal) -> Ruling:
    if appeal.state is AppealState.UPHELD:
        return Ruling.UNDONE
    late = appeal.state is AppealState.OPEN and appeal.missed_at is not None
    return Ruling.WAITS if late else Ruling.COUNTS


def _fact(row: Row[*tuple[Any, ...]], side: Side, around: _Around) -> Fact:
    held = _of_attendance(row, side, around) + _of_rating(row) + _of_pay(around)
    known = {one.code for one in held}
    for kind, lost, at in around.disputes:
        if lost and _SAME_MATTER.get(kind) not in known and ReasonCode.DISPUTE_LOST not in known:
            held.append(Held(ReasonCode.DISPUTE_LOST, at))
            known.add(ReasonCode.DISPUTE_LOST)
    ruled = tuple(_ruled(one, row, around) for one in held)
    # The worker's part is done once the work is; the employer's once it is paid.
    done = [EngagementState.PAID] + ([EngagementState.CONFIRMED] if side is Side.WORKER else [])
    return Fact(row.id, row.cancelled_at or row.ends_at, row.state in done, ruled)


def _of_attendance(row: Row[*tuple[Any, ...]], side: Side, around: _Around) -> list[Held]:
    """Return a no-show, a turning away or a late cancelling: one of them, the gravest, and once final."""
    if row.claim:
        # Staff may have decided on it later than it was answered.
        final = max([row.claim_at, *(at for kind, _, at in around.disputes if kind in _OF_CLAIMS)])
        if row.claim is ClaimKind.NO_SHOW and side is Side.WORKER:
            return [Held(ReasonCode.NO_SHOW, final)]
        if row.claim is ClaimKind.TURNED_AWAY and side is Side.EMPLOYER:
            return [Held(ReasonCode.TURNED_AWAY, final)]
    if row.cancelled_by is not side or row.notice_minutes is None:
        return []
    notice = row.notice_minutes
    if row.refused_from:
        # The worker's answer to a change is the employer's cancelling: what counts is when it was asked.
        notice = max(notice, minutes_of(row.starts_at, row.refused_from))
    return [Held(ReasonCode.CANCELLED_LATE, row.cancelled_at, notice)]


def _of_rating(row: Row[*tuple[Any, ...]]) -> list[Held]:
    return [Held(ReasonCode.RATED_LOW, row.visible_from, row.stars)] if row.stars else []


def _of_pay(around: _Around) -> list[Held]:
    """Return late pay once, at its worst: one matter, whatever the number of records."""
    if not around.late:
        return []
    still = any(owed for _, owed in around.late)
    return [Held(ReasonCode.PAID_LATE, min(at for at, _ in around.late), int(still))]


def _ruled(held: Held, row: Row[*tuple[Any, ...]], around: _Around) -> Held:
    """Let an appeal or an excuse decide whether it counts; what staff are late with does not, till then."""
    ruling = around.appeals.get(held.code, Ruling.COUNTS)
    if ruling is Ruling.COUNTS and held.code in (ReasonCode.NO_SHOW, ReasonCode.CANCELLED_LATE):
        if row.excuse is ExcuseState.ACCEPTED:
            ruling = Ruling.UNDONE
        elif row.excuse is ExcuseState.CLAIMED and row.excuse_due_at < clock.now():
            ruling = Ruling.WAITS
    return Held(held.code, held.at, held.measure, ruling)
