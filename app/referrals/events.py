"""What happens to referrals."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class WorkerReferred(Event):
    """A station sent a worker to so many shifts of a job; this is the first of them."""

    referral_id: UUID
    shifts: int


@dataclass(frozen=True)
class ReferralOver(Event):
    """The place is kept no longer: nobody used it in time, or the station took the referral back."""

    referral_id: UUID
