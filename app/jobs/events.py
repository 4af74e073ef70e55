"""What happens to postings."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class JobPublished(Event):
    job_id: UUID


@dataclass(frozen=True)
class JobReturned(Event):
    """Staff sent it back with reasons."""

    job_id: UUID


@dataclass(frozen=True)
class JobClosed(Event):
    job_id: UUID
    because: str


@dataclass(frozen=True)
class ShiftMoved(Event):
    """Times of a shift changed; those taken on keep their terms until they consent."""

    shift_id: UUID
    starts_at_before: str
    ends_at_before: str


@dataclass(frozen=True)
class ConditionsChanged(Event):
    """The posting's conditions changed; those taken on keep their terms until they consent.

    `names` are those of conditions.py in engagements: title, description, place, pay and so on.
    """

    job_id: UUID
    names: list[str]


@dataclass(frozen=True)
class PlacesAdded(Event):
    shift_id: UUID
