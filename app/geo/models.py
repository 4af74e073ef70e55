"""Divisions: city, counties, townships and the development zone, with codes that nest by prefix."""

from enum import StrEnum

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, enumeration


class Level(StrEnum):
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    ZONE = "zone"


class Division(Base):
    """A division by its code (GB/T 2260 and the statistics bureau's nine digits), cut at its own level."""

    __tablename__ = "divisions"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[Level] = mapped_column(enumeration(Level))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"), index=True)
    boundary: Mapped[WKBElement | None] = mapped_column(
        Geography("MULTIPOLYGON", 4326, spatial_index=False), deferred=True
    )
    seat: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    position_source: Mapped[str | None] = mapped_column(
        doc="geonames, or approximate until station staff set the real one"
    )

    __table_args__ = (
        Index("ix_divisions_boundary", "boundary", postgresql_using="gist"),
        CheckConstraint("code ~ '^1410([0-9]{2}([0-9]{3})?)?$'", name="code_is_linfens"),
        CheckConstraint("parent_code IS NULL OR starts_with(code, parent_code)", name="code_nests"),
    )
