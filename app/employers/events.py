"""What happens to employers."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class EmployerVerified(Event):
    employer_id: UUID


@dataclass(frozen=True)
class EmployerReturned(Event):
    """Rejected, with a reason to mend."""

    employer_id: UUID


@dataclass(frozen=True)
class EmployerStopped(Event):
    """Suspended, banned, or its verification ran out: its postings may not be seen."""

    employer_id: UUID


@dataclass(frozen=True)
class EmployerDescribed(Event):
    """Its name or what is shown of it changed."""

    employer_id: UUID


@dataclass(frozen=True)
class EmployerLeft(Event):
    """Nobody acts for it any more once the account is closed: a floor above may refuse."""

    employer_id: UUID
