"""What happens to wages."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class HoursConfirmed(Event):
    """By the employer, or by the clock from the attendance where the employer did not."""

    engagement_id: UUID
    by_clock: bool


@dataclass(frozen=True)
class HoursContested(Event):
    record_id: UUID


@dataclass(frozen=True)
class PayReported(Event):
    report_id: UUID


@dataclass(frozen=True)
class PayAnswered(Event):
    """The worker confirmed or contested a reported payment, or seven days passed."""

    report_id: UUID


@dataclass(frozen=True)
class PaySettled(Event):
    record_id: UUID


@dataclass(frozen=True)
class PayOverdue(Event):
    record_id: UUID


@dataclass(frozen=True)
class PayDecided(Event):
    """Staff decided what was contested."""

    record_id: UUID
