"""Stations: the city's centre, county institutions, township stations; and their staff."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.keyring import seal, unseal
from app.core.types import Base, Id, Instant, Since, enumeration


class StationKind(StrEnum):
    CENTRE = "centre"
    COUNTY = "county"
    ZONE = "zone"
    TOWNSHIP = "township"
    MARKET = "market"


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
    name: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"), index=True)
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), index=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    opening_hours: Mapped[str | None]
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    position_source: Mapped[str | None]
    created_at: Mapped[Since]

    __table_args__ = (Index("ix_stations_position", "position", postgresql_using="gist"),)


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
