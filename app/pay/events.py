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


@dataclass(frozen=True)
class PayConceded(Event):
    """The employer took the worker's word, on the hours or on what arrived: it is owed."""

    record_id: UUID


@dataclass(frozen=True)
class CancellationOwed(Event):
    """The employer cancelled late and owes a share of the agreed pay."""

    record_id: UUID


@dataclass(frozen=True)
class PayFallsDue(Event):
    """It is due by midnight and something is open; once a record."""

    record_id: UUID


@dataclass(frozen=True)
class PayAwaitsAnswer(Event):
    """Three days after a report that the worker has not answered; once a report."""

    report_id: UUID
