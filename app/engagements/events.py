"""What happens to applications and engagements."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class Applied(Event):
    """Somebody waits for the employer's answer."""

    application_id: UUID


@dataclass(frozen=True)
class AppliedAtFair(Event):
    """Somebody asks from a fair; whether that fair showed the job is the fairs' to say, at once."""

    application_id: UUID


@dataclass(frozen=True)
class WorkerTakenOn(Event):
    engagement_id: UUID
    promoted: bool


@dataclass(frozen=True)
class ApplicationDeclined(Event):
    """The employer declined, or the posting closed before an answer."""

    choice_id: UUID


@dataclass(frozen=True)
class RequestWithdrawn(Event):
    """The worker took back what the employer had not answered."""

    choice_id: UUID


@dataclass(frozen=True)
class PlaceKeptNoMore(Event):
    """Nobody used it in time, or the posting closed."""

    shift_id: UUID
    worker_id: UUID


@dataclass(frozen=True)
class PlaceFreed(Event):
    shift_id: UUID


@dataclass(frozen=True)
class EngagementCancelled(Event):
    engagement_id: UUID
    by: str


@dataclass(frozen=True)
class ChangeProposed(Event):
    change_id: UUID


@dataclass(frozen=True)
class ChangeAnswered(Event):
    change_id: UUID


@dataclass(frozen=True)
class ExcuseMade(Event):
    excuse_id: UUID


@dataclass(frozen=True)
class ExcuseDecided(Event):
    excuse_id: UUID
    accepted: bool
