"""What happens to accounts."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class AccountClosing(Event):
    """Told in the transaction that closes: a floor above may refuse, or erase what it holds."""

    account_id: UUID


@dataclass(frozen=True)
class ConsentChanged(Event):
    account_id: UUID
    purpose: str
    given: bool
