"""What happens to disputes."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class DisputeOpened(Event):
    dispute_id: UUID


@dataclass(frozen=True)
class DisputeMoved(Event):
    """A step was made: accepted, handed_over, mediated, escalated, deadline_missed."""

    dispute_id: UUID
    step_id: UUID
    what: str


@dataclass(frozen=True)
class DisputeMessaged(Event):
    message_id: UUID


@dataclass(frozen=True)
class DisputeClosed(Event):
    """Resolved or withdrawn."""

    dispute_id: UUID


@dataclass(frozen=True)
class DisputeRated(Event):
    dispute_id: UUID
    bad: bool


@dataclass(frozen=True)
class RatingAnswered(Event):
    dispute_id: UUID
