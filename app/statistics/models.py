"""The figures by day, what they are kept from, targets, thresholds and warnings."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, enumeration
from app.statistics.figures import Figure

ALL_TRADES = "*"


class DailyFigure(Base):
    """One figure of a day, a township (or the city, where none is known), and a trade.

    What is counted by trade is there once more over all trades. Rows with a key group count the same people
    again by group: the two are never added up.
    """

    __tablename__ = "daily_figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    division: Mapped[str] = mapped_column(primary_key=True)
    figure: Mapped[Figure] = mapped_column(enumeration(Figure), primary_key=True)
    trade: Mapped[str] = mapped_column(primary_key=True, doc="empty where it is about no trade")
    key_group: Mapped[str] = mapped_column(primary_key=True, doc="empty: everybody")
    value: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        # A county's or a township's own figures over a long time.
        Index(
            "ix_daily_figures_division_day",
            "division",
            "day",
            postgresql_ops={"division": "varchar_pattern_ops"},
            postgresql_where=text("trade = '*'"),
        ),
        # The whole city's, over all trades, from the index alone.
        Index(
            "ix_daily_figures_all_trades",
            "day",
            "division",
            "figure",
            "key_group",
            postgresql_include=["value"],
            postgresql_where=text("trade = '*'"),
        ),
    )


class Part(StrEnum):
    """What somebody did on a day."""

    WORKER = "worker"
    EMPLOYER = "employer"
    PLACED = "placed"


class ActiveDay(Base):
    """Who was active where on a day: people can't be added up over days, so that they are told apart."""

    __tablename__ = "active_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    division: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(enumeration(Part), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, doc="the worker's, or the employer's")


class FactKind(StrEnum):
    REGISTRATION = "registration"
    PLACEMENT = "placement"


class Fact(Base):
    """Of which key groups somebody was when registered or placed; outlives the account without a name.

    When an account closes, `subject_id` goes and `person_id` becomes a random one: the figures stay, and
    lead to nobody.
    """

    __tablename__ = "anonymous_facts"

    id: Mapped[Id]
    kind: Mapped[FactKind] = mapped_column(enumeration(FactKind))
    subject_id: Mapped[UUID | None] = mapped_column(doc="the worker or engagement that it was counted for")
    person_id: Mapped[UUID] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(Date)
    division: Mapped[str]
    trade: Mapped[str]
    key_groups: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_anonymous_facts_day", "day", "kind", "division"),
    )


class DirtyDay(Base):
    """A day of a township whose figures are to be counted anew; triggers write them (migrations).

    It only takes rows, several for the same day, so that two who hire in one township never wait for
    each other.
    """

    __tablename__ = "dirty_days"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    division: Mapped[str]


class PublicDashboard(Base):
    """What the public sees, finished: made by the clock, so that reading it costs nothing. One row."""

    __tablename__ = "public_dashboards"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class TargetYear(Base):
    """The targets that the city set for a year."""

    __tablename__ = "target_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    targets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (CheckConstraint("year BETWEEN 2000 AND 2200", name="year_within_reason"),)


class Thresholds(Base):
    """From when on a county is warned; the city's own row holds where a county says nothing."""

    __tablename__ = "warning_thresholds"

    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), primary_key=True)
    limits: Mapped[dict[str, int]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(default=1)


class WarningKind(StrEnum):
    UNFILLED_RISING = "unfilled_rising"
    WAGES_OVERDUE = "wages_overdue"
    MASS_CANCELLATIONS = "mass_cancellations"
    DISPUTES_RISING = "disputes_rising"


class EarlyWarning(Base):
    """What went past a county's threshold, once a day."""

    __tablename__ = "early_warnings"

    id: Mapped[Id]
    county: Mapped[str] = mapped_column(ForeignKey("divisions.code"))
    kind: Mapped[WarningKind] = mapped_column(enumeration(WarningKind))
    day: Mapped[date] = mapped_column(Date)
    value: Mapped[int] = mapped_column(BigInteger, doc="what was found")
    threshold: Mapped[int] = mapped_column(BigInteger, doc="what it went past")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="the sums and ids behind it")
    raised_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("county", "kind", "day"),)
