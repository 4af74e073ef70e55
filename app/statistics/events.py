"""What the statistics tell of."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class WarningRaised(Event):
    """A county went past one of its thresholds; once a day and kind."""

    warning_id: UUID
