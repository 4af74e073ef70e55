"""What happened in the city's own affairs."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True)
class MinimumWageSet(Event):
    county_code: str
    effective_from: str
    hourly_fen: int
