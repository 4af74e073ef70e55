"""What we know of a thing before it is put into anybody's words; gathered in app/feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Facts:
    """`division` and `day` (in Shanghai) are those under which both sides count it."""

    division: str
    day: date


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A point in WGS-84, degrees."""

    lng: float
    lat: float
    address: str | None


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    id: UUID
    starts_at: datetime
    ends_at: datetime
    headcount: int
    hired: int


@dataclass(frozen=True, slots=True)
class JobFacts(Facts):
    title: str
    trade: str
    description: str
    place: PlaceFacts
    pay_fen: int
    pay_per: str
    expected_minutes: int | None
    pay_settlement: str
    hiring: str
    certificates: Sequence[str]
    requirements_text: str | None
    insurance: str
    employer_id: UUID
    station_id: UUID | None
    shifts: Sequence[ShiftFacts]
    valid_until: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True)
class EmployerFacts(Facts):
    """`name` and `place` are none of an individual: they would be a person's name and home."""

    kind: str
    name: str | None
    uscc: str | None
    place: PlaceFacts | None
    station_id: UUID
    verified_at: datetime
    verified_until: datetime


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A worker who consented to the province's having this."""

    id: UUID
    name_masked: str | None
    key_groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class EngagementFacts(Facts):
    job_id: UUID
    shift_id: UUID
    employer_id: UUID
    station_id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    minutes: int | None
    pieces: int | None
    agreed_at: datetime
    confirmed_at: datetime | None
    pay_state: str | None
    worker: PersonFacts | None


@dataclass(frozen=True, slots=True)
class AskedShiftFacts:
    """A shift that an application asks for; `engagement_state`: of what it led to."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    engagement_state: str | None


@dataclass(frozen=True, slots=True)
class ApplicationFacts(Facts):
    """`source_id`: what the province calls its vacancy."""

    job_id: UUID
    source_id: str
    asked_at: datetime
    shifts: Sequence[AskedShiftFacts]
    worker: PersonFacts


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """A job at a booth, and when it is planned to be shown."""

    job_id: UUID
    planned_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoothFacts:
    id: UUID
    employer_id: UUID
    order: int
    starts_at: datetime
    ends_at: datetime
    jobs: Sequence[ShownFacts]


@dataclass(frozen=True, slots=True)
class FairFacts(Facts):
    title: str
    text: str | None
    mode: str
    state: str
    starts_at: datetime
    ends_at: datetime
    station_id: UUID
    key_group: str | None
    trade: str | None
    venue: str | None
    organiser: str
    agency_name: str | None
    licence_no: str | None
    booths: Sequence[BoothFacts]


@dataclass(frozen=True, slots=True)
class StationFacts(Facts):
    kind: str
    name: str
    parent_id: UUID | None
    phone: str | None
    place: PlaceFacts | None
    address: str | None
    opening_hours: str | None
    hours: Sequence[Mapping[str, Any]]
    services: Sequence[str]
    opened_at: datetime
