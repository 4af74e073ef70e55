"""What the parties do: write to the station, withdraw, rate its service."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.attendance.models import ClaimKind
from app.core import clock, limits
from app.core.events import emit
from app.core.keyring import seal, unseal
from app.core.problems import NotFound
from app.core.types import new_id
from app.days.queries import working_days_after
from app.disputes import deadlines, deciding
from app.disputes.events import DisputeMessaged, DisputeRated
from app.disputes.models import LIVE, Addressee, Dispute, DisputeState, Message
from app.disputes.problems import OpenedByTheMarket, RatedAlready, RatingTooLate
from app.disputes.queries import contested_claim_of, seen_by, wages_are_overdue
from app.disputes.sides import by_employer
from app.disputes.steps import close, locked, must_be, note

MESSAGES_A_DAY = limits.Rate("dispute_messages", 60, timedelta(days=1))


async def write(
    session: AsyncSession, account_id: UUID, dispute_id: UUID, text: str, files: Sequence[UUID]
) -> Message:
    """Write to the station that has the dispute; at most sixty messages a day. Refuses a closed one."""
    await seen_by(session, account_id, dispute_id)
    await limits.take(session, MESSAGES_A_DAY, str(account_id))
    dispute = await locked(session, dispute_id)
    must_be(dispute, LIVE)
    message = await say(session, dispute, text, Addressee.STATION, account_id=account_id)
    await put_to(session, account_id, files, Belongs.MESSAGE, message.id)
    await emit(session, DisputeMessaged(message.id))
    return message


async def say(
    session: AsyncSession,
    dispute: Dispute,
    text: str,
    to: Addressee,
    *,
    account_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> Message:
    """Keep one message, sealed."""
    message = Message(
        id=new_id(),
        dispute_id=dispute.id,
        account_id=account_id,
        staff_id=staff_id,
        addressee=to,
        created_at=clock.now(),
    )
    message.text_sealed = seal(text, _place(message.id))
    session.add(message)
    await session.flush()
    return message


def text_of(message: Message) -> str:
    return unseal(message.text_sealed, _place(message.id))


def complaint_of(dispute: Dispute) -> str | None:
    """Return the complaint; None where nobody complained."""
    return unseal(dispute.text_sealed, f"disputes/text/{dispute.id}") if dispute.text_sealed else None


async def withdraw(session: AsyncSession, account_id: UUID, dispute_id: UUID, text: str | None) -> Dispute:
    """End one's own complaint while it is live: who withdraws takes the other side's word.

    What that side claimed stands; where an employer complained of the absence that it claimed itself, the
    worker was there, as he answered.
    Refuses while wages are overdue, whoever opened the case: they are watched until they are settled
    (rule 8), and nobody is to be talked out of them.
    """
    known = await _complainants(session, account_id, dispute_id)
    must_be(known, LIVE)
    if known.complainant_id is None or await wages_are_overdue(session, known):
        raise OpenedByTheMarket
    if claim := await contested_claim_of(session, known):
        accuses = by_employer(known) is (claim.kind is ClaimKind.NO_SHOW)
        await deciding.decide_claim(session, claim, holds=not accuses, attended=accuses)
    dispute = await locked(session, dispute_id)
    must_be(dispute, LIVE)
    if text:
        await say(session, dispute, text, Addressee.STATION, account_id=account_id)
    await close(session, dispute, DisputeState.WITHDRAWN)
    return dispute


async def rate(
    session: AsyncSession, account_id: UUID, dispute_id: UUID, stars: int, text: str | None
) -> Dispute:
    """Rate the service (好差评) once, within thirty days; two stars and fewer must be answered by staff."""
    await _complainants(session, account_id, dispute_id)
    dispute = await locked(session, dispute_id)
    must_be(dispute, (DisputeState.RESOLVED,))
    now = clock.now()
    if dispute.closed_at is None or now > dispute.closed_at + deadlines.RATE_WITHIN:
        raise RatingTooLate
    if dispute.rating is not None:
        raise RatedAlready
    dispute.rating, dispute.rating_text, dispute.rated_at = stars, text, now
    bad = stars <= deadlines.BAD
    if bad:
        days = deadlines.ANSWER_BAD_RATING.working_days
        # `due_at` too: the one index by which the clock finds what was missed.
        dispute.rating_answer_due_at = dispute.due_at = (
            await working_days_after(session, now, days)
        ).astimezone(UTC)
    await note(session, dispute, "rated", details={"stars": stars})
    await emit(session, DisputeRated(dispute.id, bad))
    return dispute


async def _complainants(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> Dispute:
    dispute, side = await seen_by(session, account_id, dispute_id)
    if side is not Addressee.COMPLAINANT:
        raise NotFound
    return dispute


def _place(message_id: UUID) -> str:
    return f"dispute_messages/text/{message_id}"
