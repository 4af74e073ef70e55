"""What happens to streams."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class StreamStarted(Event):
    """On air: for the first time, or again after a drop."""

    stream_id: UUID


@dataclass(frozen=True)
class StreamDropped(Event):
    """Nothing comes any more; it may come back within the minute."""

    stream_id: UUID


@dataclass(frozen=True)
class StreamEnded(Event):
    """Over: ended by hand, or away for more than a minute."""

    stream_id: UUID


@dataclass(frozen=True)
class RecordingKept(Event):
    """One run's recording can be watched."""

    run_id: UUID
    stream_id: UUID
