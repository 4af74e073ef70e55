"""Where a reader stands in the feed: the number of a change and its mark, as one text."""

from typing import NamedTuple, Self

# Fifteen digits stay below bigint's bound.
PATTERN = r"^[0-9a-f]{1,15}-[0-9a-f]{12}$"


class Position(NamedTuple):
    """A change by its number; the random mark tells it from one of another history with that number."""

    id: int
    mark: str

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Read a cursor that fits the pattern."""
        id_, mark = cursor.split("-")
        return cls(int(id_, 16), mark)

    def __str__(self) -> str:
        return f"{self.id:x}-{self.mark}"


# Before the first change.
START = Position(0, "0" * 12)
