"""What happens to stations and their staff."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class StationClosed(Event):
    """It takes nothing on any more: each floor above hands its rows over to the successor, at once."""

    station_id: UUID
    successor_id: UUID


@dataclass(frozen=True)
class StaffMoved(Event):
    """To another station or into another role: what they had in hand may be out of their reach."""

    staff_id: UUID


@dataclass(frozen=True)
class StaffDismissed(Event):
    staff_id: UUID
