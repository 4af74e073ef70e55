"""What happens to fairs."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Event


@dataclass(frozen=True)
class FairOpened(Event):
    """Everybody can see it and book it."""

    fair_id: UUID


@dataclass(frozen=True)
class FairMoved(Event):
    """Its time or place is another one, opened or not; booths that moved with it say so by BoothChanged."""

    fair_id: UUID


@dataclass(frozen=True)
class FairCancelled(Event):
    """Nothing comes of it; the booths that were held are `cancelled` with it, without a word of their own."""

    fair_id: UUID


@dataclass(frozen=True)
class FairLive(Event):
    """It has begun."""

    fair_id: UUID


@dataclass(frozen=True)
class FairEnded(Event):
    fair_id: UUID


@dataclass(frozen=True)
class BoothInvited(Event):
    """A station asks an employer to come."""

    booth_id: UUID


@dataclass(frozen=True)
class BoothApplied(Event):
    """An employer asks for a booth."""

    booth_id: UUID


@dataclass(frozen=True)
class BoothAccepted(Event):
    """The booth is held; `by_station`: the station said so, else the employer who was invited."""

    booth_id: UUID
    by_station: bool


@dataclass(frozen=True)
class BoothEnded(Event):
    """Nothing comes of the booth; `by_station`: the station said so, else the employer."""

    booth_id: UUID
    by_station: bool


@dataclass(frozen=True)
class BoothChanged(Event):
    """The station put the booth at another time or place."""

    booth_id: UUID


@dataclass(frozen=True)
class QuestionAnswered(Event):
    question_id: UUID
