"""Who is on which side of a dispute, and what each side may see: pure."""

from uuid import UUID

from app.disputes.models import Addressee, Dispute, DisputeKind, Message

# What the other side is never told of: who blows the whistle is protected.
HIDDEN_FROM_THE_RESPONDENT = frozenset({DisputeKind.FRAUD, DisputeKind.FEE, DisputeKind.DISCRIMINATION})


def by_employer(dispute: Dispute) -> bool:
    """Tell whether the employer complains of the worker: a party to an engagement who is not the worker."""
    return (
        dispute.engagement_id is not None
        and dispute.complainant_id is not None
        and dispute.complainant_id != dispute.worker_id
    )


def side_of(dispute: Dispute, account_id: UUID, *, acts_for_employer: bool) -> Addressee | None:
    """Return the side on which an account stands, or None where it may not know of the dispute at all.

    A case that the market opened is the worker's.
    """
    complains = dispute.complainant_id == account_id
    if by_employer(dispute):
        complains = complains or acts_for_employer
        responds = dispute.worker_id == account_id
    else:
        complains = complains or (dispute.complainant_id is None and dispute.worker_id == account_id)
        responds = acts_for_employer
    if complains:
        return Addressee.COMPLAINANT
    return Addressee.RESPONDENT if responds and respondent_knows(dispute) else None


def respondent_knows(dispute: Dispute) -> bool:
    return dispute.engagement_id is not None and dispute.kind not in HIDDEN_FROM_THE_RESPONDENT


def author_side(dispute: Dispute, message: Message) -> Addressee:
    """Return who wrote a message: a side, or the station."""
    if message.account_id is None:
        return Addressee.STATION
    workers = message.account_id == dispute.worker_id
    if by_employer(dispute):
        return Addressee.RESPONDENT if workers else Addressee.COMPLAINANT
    complains = workers or message.account_id == dispute.complainant_id
    return Addressee.COMPLAINANT if complains else Addressee.RESPONDENT


def may_read(dispute: Dispute, message: Message, side: Addressee) -> bool:
    """Tell whether a side may read a message: its own, and what the station wrote to it; no other."""
    if message.account_id is None:
        return message.addressee in (side, Addressee.BOTH)
    return author_side(dispute, message) is side
