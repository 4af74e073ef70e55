"""A vacancy that came down, in our words: what it is mapped to, whatever it was written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Posting:
    """A vacancy in our words, but for its codes: those are looked up, the city mends the table.

    `terms` are the fields of a posting (JobDraft) that need nothing looked up; what was not said is left
    out of it. `place` may be missing where `division` says about where.
    """

    title: str
    trade: str
    division: str | None
    place: Mapping[str, Any] | None
    shifts: list[dict[str, Any]]
    valid_until: datetime | None
    terms: Mapping[str, Any]
    employer: str
    uscc: str
    city_job_id: UUID | None

    @property
    def begins_at(self) -> datetime:
        """When its first shift begins."""
        return min(datetime.fromisoformat(one["starts_at"]) for one in self.shifts)

    def to_come(self, now: datetime) -> list[dict[str, Any]]:
        """Return the shifts that have not begun."""
        return [one for one in self.shifts if datetime.fromisoformat(one["starts_at"]) > now]

    @property
    def over_at(self) -> datetime:
        """From when on nobody could begin any more."""
        last = max(datetime.fromisoformat(one["starts_at"]) for one in self.shifts)
        return min(last, self.valid_until or last)
