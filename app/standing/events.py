"""What happens to ratings and appeals."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class Reviewed(Event):
    """One side has rated the other; nobody but the author sees it yet."""

    review_id: UUID


@dataclass(frozen=True)
class ReviewsShown(Event):
    """Both ratings of an engagement are visible."""

    engagement_id: UUID


@dataclass(frozen=True)
class AppealMade(Event):
    appeal_id: UUID


@dataclass(frozen=True)
class AppealMissed(Event):
    """Staff did not decide in time: what is appealed against does not count until they do."""

    appeal_id: UUID


@dataclass(frozen=True)
class AppealDecided(Event):
    appeal_id: UUID
    upheld: bool
