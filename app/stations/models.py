"""Stations: the city's centre, county institutions, township stations; and their staff."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.keyring import seal, unseal
from app.core.types import Base, Id, Instant, Since, enumeration


class StationKind(StrEnum):
    CENTRE = "centre"
    COUNTY = "county"
    ZONE = "zone"
    TOWNSHIP = "township"
    MARKET = "market"


# The tree goes down by rank alone, so it can have no cycle.
RANKS = {
    StationKind.CENTRE: 0,
    StationKind.COUNTY: 1,
    StationKind.ZONE: 1,
    StationKind.TOWNSHIP: 2,
    StationKind.MARKET: 3,
}
# What has an area to be responsible for; a walk-in market serves whoever comes in.
WITH_AREAS = (StationKind.COUNTY, StationKind.ZONE, StationKind.TOWNSHIP)


class Service(StrEnum):
    """What one can have done at a station."""

    JOB_SEEKING = "job_seeking"
    POSTING = "posting"
    RIGHTS = "rights"
    TRAINING = "training"
    ASSISTANCE = "assistance"
    SELF_SERVICE = "self_service"


class Role(StrEnum):
    CLERK = "clerk"
    REVIEWER = "reviewer"
    MEDIATOR = "mediator"
    MANAGER = "manager"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Station(Base):
    """A place where staff serve a division and all below it."""

    __tablename__ = "stations"

    id: Mapped[Id]
    kind: Mapped[StationKind] = mapped_column(enumeration(StationKind))
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"), index=True)
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), index=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    opening_hours: Mapped[str | None] = mapped_column(doc="in words; made from `hours` once staff set them")
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, doc="weekday, from, until")
    hours_notice: Mapped[str | None] = mapped_column(doc="what differs just now, in words")
    services: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    position_source: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    successor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("stations.id"), doc="who took everything over when it was closed"
    )
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (successor_id IS NULL)", name="closed_with_a_successor"),
        Index("ix_stations_position", "position", postgresql_using="gist"),
        Index("uq_stations_open_name", "name", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index(
            "uq_stations_open_township",
            "division",
            unique=True,
            postgresql_where=text("kind = 'township' AND closed_at IS NULL"),
        ),
    )

    @property
    def rank(self) -> int:
        return RANKS[self.kind]


class Area(Base):
    """A township that was assigned to a station; without one its own or the nearest is responsible."""

    __tablename__ = "station_areas"

    township: Mapped[str] = mapped_column(ForeignKey("divisions.code"), primary_key=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), index=True)


class Staff(Base):
    """A person who acts for one station."""

    __tablename__ = "staff"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(enumeration(Role))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), index=True)
    password_hash: Mapped[str]
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_until: Mapped[datetime | None] = mapped_column(doc="how long a temporary one can be used")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    @property
    def totp_secret(self) -> str:
        return unseal(self.totp_sealed, f"staff/totp/{self.id}")

    @totp_secret.setter
    def totp_secret(self, secret: str) -> None:
        self.totp_sealed = seal(secret, f"staff/totp/{self.id}")


class StaffSession(Base):
    """One sign-in of a member of staff."""

    __tablename__ = "staff_sessions"

    id: Mapped[Id]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[Since]
    seen_at: Mapped[Instant]
    ended_at: Mapped[datetime | None]
