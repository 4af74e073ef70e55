"""What happens while a shift goes on."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class CheckedIn(Event):
    attendance_id: UUID


@dataclass(frozen=True)
class CheckedOut(Event):
    attendance_id: UUID


@dataclass(frozen=True)
class RunningLate(Event):
    attendance_id: UUID


@dataclass(frozen=True)
class AttendanceContested(Event):
    attendance_id: UUID


@dataclass(frozen=True)
class NobodyCheckedIn(Event):
    """An hour after the start; both sides are asked."""

    engagement_id: UUID


@dataclass(frozen=True)
class ClaimMade(Event):
    """A no-show or a turning away was said; the other side has 24 hours to answer."""

    claim_id: UUID


@dataclass(frozen=True)
class ClaimContested(Event):
    """The other side answered that it was not so: it becomes a dispute."""

    claim_id: UUID


@dataclass(frozen=True)
class ClaimStands(Event):
    """Nobody answered in time, or staff decided so."""

    claim_id: UUID


@dataclass(frozen=True)
class ClaimEnded(Event):
    """Withdrawn, or overturned by staff: as if it had not been made."""

    claim_id: UUID
