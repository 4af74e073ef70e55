"""What an outcome decides beside the dispute: the contested pay, and who was there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import claims
from app.attendance.models import Claim, ClaimKind
from app.core.problems import Fault, Invalid
from app.disputes.models import Dispute, DisputeKind, Outcome
from app.disputes.problems import DecisionMissing, NothingToDecide
from app.disputes.queries import contested_claim_of
from app.disputes.schemas import Resolution
from app.pay import deciding as paying
from app.pay.models import OwedFor, PayRecord

# Whom an outcome supports: the side that the claim is made by, or the side that answered it.
_FOR_THE_WORKER = frozenset({Outcome.FOR_WORKER, Outcome.AGREED})


@dataclass(frozen=True)
class Contested:
    """What of an engagement waits for the outcome of a dispute."""

    claim: Claim | None
    record: PayRecord | None

    @property
    def pay(self) -> bool:
        return self.record is not None and self.record.contested_fen > 0


async def contested_in(session: AsyncSession, dispute: Dispute) -> Contested:
    """Return what an outcome of this dispute must decide."""
    claim = await contested_claim_of(session, dispute)
    return Contested(claim, await _record_of(session, dispute))


async def decide(
    session: AsyncSession, dispute_id: UUID, contested: Contested, given: Resolution, by: UUID
) -> None:
    """Decide pay and presence as the resolution of a member of staff says, before the dispute is locked.

    Refuses (422) an outcome that leaves something contested undecided, and a decision about nothing.
    """
    # What is settled by this very decision does not resolve the dispute by itself as well.
    session.info["resolving"] = dispute_id
    await _decide_pay(session, contested, given)
    await _decide_presence(session, contested.claim, given, by)


async def decide_claim(
    session: AsyncSession, claim: Claim, *, holds: bool, attended: bool, by: UUID | None = None
) -> None:
    """Let a contested claim stand or fall; `by` is the member of staff who decides."""
    await claims.decide(session, claim.id, holds=holds, attended=attended, by=by)


async def _decide_pay(session: AsyncSession, contested: Contested, given: Resolution) -> None:
    record = contested.record
    if given.to_worker_fen is None:
        if contested.pay and given.outcome is not Outcome.REFERRED:
            raise _fault(DecisionMissing, "/to_worker_fen")
    elif record is None or not contested.pay:
        raise _fault(NothingToDecide, "/to_worker_fen")
    else:
        await paying.decide(session, record.id, to_worker_fen=given.to_worker_fen)
    if given.paid_fen:
        if record is None:
            raise _fault(NothingToDecide, "/paid_fen")
        await paying.settle_by_staff(session, record.id, given.paid_fen)


async def _decide_presence(session: AsyncSession, claim: Claim | None, given: Resolution, by: UUID) -> None:
    if claim is None:
        if given.attended is not None:
            raise _fault(NothingToDecide, "/attended")
        return
    if given.outcome is Outcome.REFERRED:
        raise _fault(DecisionMissing, "/outcome")
    worker_is_right = given.outcome in _FOR_THE_WORKER
    if claim.kind is ClaimKind.TURNED_AWAY:
        await decide_claim(session, claim, holds=worker_is_right, attended=False, by=by)
        return
    if worker_is_right and given.attended is None:
        raise _fault(DecisionMissing, "/attended")
    await decide_claim(session, claim, holds=not worker_is_right, attended=bool(given.attended), by=by)


async def _record_of(session: AsyncSession, dispute: Dispute) -> PayRecord | None:
    """Return the pay record of a case of arrears; it may have come after the complaint."""
    if dispute.kind is not DisputeKind.WAGE_ARREARS or dispute.engagement_id is None:
        return None
    if dispute.pay_record_id:
        return await session.get(PayRecord, dispute.pay_record_id, populate_existing=True)
    found = select(PayRecord).where(
        PayRecord.engagement_id == dispute.engagement_id, PayRecord.owed_for == OwedFor.WAGE
    )
    return await session.scalar(found)


def _fault(problem: type[Invalid], pointer: str) -> Invalid:
    return problem(faults=[Fault(pointer, problem.code, problem.title, problem.title_en)])
