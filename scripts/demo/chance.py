"""Chance that comes out the same each time: one stream for each part of the city."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

SEED = "平阳"
T = TypeVar("T")


class Chance(Random):
    """The stream of one part; parts don't disturb each other."""

    def __init__(self, part: str, seed: str = SEED) -> None:
        super().__init__(f"{seed}/{part}")

    def id_at(self, moment: datetime) -> UUID:
        """Return a UUIDv7 of that moment, so that ids sort as things happened."""
        body = int(moment.timestamp() * 1000) << 80 | self.getrandbits(80)
        return UUID(int=body & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

    def between(self, earliest: datetime, latest: datetime) -> datetime:
        """Return a moment to the second."""
        return earliest + timedelta(seconds=int(self.random() * (latest - earliest).total_seconds()))

    def of(self, weights: Mapping[T, float]) -> T:
        """Choose by weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def happens(self, share: float) -> bool:
        return self.random() < share
