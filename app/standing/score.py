"""The standing of a side, from what its last engagements say of it. Pure; explained in docs/standing.md.

Nothing about the person goes in: no age, no sex, no group, no place, only what was done and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engagements.models import Side
from app.engagements.notice import Grade, grade_of

WINDOW = 50
FULL = 100
NEW_BELOW = 5
# So many engagements done well, after it, and a penalty is gone.
RECOVERY = 10
_FOR_NOTICE = {
    Grade.FREE: 0,
    Grade.WITHIN_A_DAY: 3,
    Grade.WITHIN_SIX_HOURS: 6,
    Grade.WITHIN_TWO_HOURS: 10,
    Grade.AFTER_THE_START: 10,
}


class ReasonCode(StrEnum):
    """What can be held against a side for one engagement; each once."""

    NO_SHOW = "no_show"
    CANCELLED_LATE = "cancelled_late"
    TURNED_AWAY = "turned_away"
    PAID_LATE = "paid_late"
    RATED_LOW = "rated_low"
    DISPUTE_LOST = "dispute_lost"


class Ruling(StrEnum):
    """Whether a penalty counts: undone by staff, or waiting for staff who are late, it does not."""

    COUNTS = "counts"
    WAITS = "waits"
    UNDONE = "undone"


@dataclass(frozen=True)
class Held:
    """One thing held against a side. `measure`: minutes of notice, stars, or 1 for pay still owed."""

    code: ReasonCode
    at: datetime
    measure: int = 0
    ruling: Ruling = Ruling.COUNTS


@dataclass(frozen=True)
class Fact:
    """One engagement that ended, as far as it speaks of one side."""

    engagement_id: UUID
    at: datetime
    done: bool
    held: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Reason:
    """What one thing costs now, of the points it cost at first; it needs `recovers_after` more good ones."""

    engagement_id: UUID
    held: Held
    points: int
    remaining: int
    recovers_after: int


@dataclass(frozen=True)
class Standing:
    """A score from 0 to 100: what is missing to 100 is the sum of the reasons' `remaining`, exactly."""

    score: int
    counted: int
    reasons: tuple[Reason, ...]

    @property
    def new(self) -> bool:
        """Tell whether too little is known to say much; such a score is full unless something weighs."""
        return self.counted < NEW_BELOW


def points(held: Held, side: Side) -> int:
    """Return what a thing costs at first (docs/standing.md has the table)."""
    match held.code:
        case ReasonCode.NO_SHOW:
            return 20
        case ReasonCode.CANCELLED_LATE:
            return _FOR_NOTICE[grade_of(held.measure)]
        case ReasonCode.TURNED_AWAY:
            return 15
        case ReasonCode.PAID_LATE:
            return 15 if held.measure else 5
        case ReasonCode.RATED_LOW:
            return {1: 6, 2: 3}.get(held.measure, 0)
        case ReasonCode.DISPUTE_LOST:
            return 15 if side is Side.WORKER else 10


def standing(facts: Sequence[Fact], side: Side) -> Standing:
    """Return the standing that the last fifty facts give; their order in the sequence does not matter.

    A penalty loses a tenth with every later engagement that is done and has nothing held against the
    side, rounded in its favour. Below zero nothing counts.
    """
    last = sorted(facts, key=lambda fact: (fact.at, fact.engagement_id))[-WINDOW:]
    reasons: list[Reason] = []
    score, well_done = FULL, 0
    for fact in reversed(last):
        good = fact.done
        for held in sorted(fact.held, key=lambda one: one.code):
            cost = points(held, side)
            if held.ruling is Ruling.UNDONE or cost == 0:
                continue
            left = 0
            if held.ruling is Ruling.COUNTS:
                good = False
                left = min(_left(cost, well_done), score)
            score -= left
            reasons.append(Reason(fact.engagement_id, held, cost, left, _to_go(cost, well_done)))
        well_done += good
    return Standing(score, len(last), tuple(reasons))


def _left(cost: int, well_done: int) -> int:
    return cost * max(0, RECOVERY - well_done) // RECOVERY


def _to_go(cost: int, well_done: int) -> int:
    """Return how many more engagements done well end the penalty."""
    return next(more for more in range(RECOVERY + 1) if _left(cost, well_done + more) == 0)
