"""What happens at the counter."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class DoneForPerson(Event):
    """Staff did for a person what the app can do; `operation` is the app's name for it, `deed` people's."""

    deed_id: UUID
    assistance_id: UUID
    operation: str
    deed: str
