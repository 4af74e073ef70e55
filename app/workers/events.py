"""What happens to workers."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class WorkerVerified(Event):
    worker_id: UUID


@dataclass(frozen=True)
class RealNameWithdrawn(Event):
    """Staff found that the name or number is not the person's."""

    worker_id: UUID


@dataclass(frozen=True)
class CertificateDecidedOn(Event):
    worker_id: UUID
    certificate_id: UUID
    verified: bool
