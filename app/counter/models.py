"""Help at the counter: for whom staff act and by which consent; who is reached through a station."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration


class Consent(StrEnum):
    """How the person agreed: a code by SMS, or a sheet signed by hand."""

    CODE = "code"
    SHEET = "sheet"


class AssistanceState(StrEnum):
    AWAITING = "awaiting"
    ACTIVE = "active"
    ENDED = "ended"
    LAPSED = "lapsed"


class Assistance(Base):
    """A person at the counter and the officer who acts for them, until it ends or its time is over.

    Whose phone it is stays sealed until the code proves that the person is there; only then does the
    account show, so that nobody learns from the counter who has one.
    """

    __tablename__ = "assistances"

    id: Mapped[Id]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"))
    consent: Mapped[Consent] = mapped_column(enumeration(Consent))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sheet_key: Mapped[str | None]
    created_at: Mapped[Instant]
    confirmed_at: Mapped[datetime | None]
    until: Mapped[Instant]
    ended_at: Mapped[datetime | None]

    phone = SealedText()

    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR account_id IS NOT NULL", name="confirmed_for_somebody"),
        CheckConstraint("(consent = 'sheet') = (sheet_key IS NOT NULL)", name="a_sheet_has_its_picture"),
        CheckConstraint("consent <> 'sheet' OR confirmed_at IS NOT NULL", name="a_sheet_confirms"),
        Index(
            "ix_assistances_division_id", "division", "id", postgresql_ops={"division": "varchar_pattern_ops"}
        ),
        Index("ix_assistances_staff_id", "staff_id", "id"),
        Index("ix_assistances_account_id", "account_id"),
        Index("ix_assistances_phone", "until", postgresql_where=sql("phone_sealed IS NOT NULL")),
    )

    @property
    def state(self) -> AssistanceState:
        if self.ended_at:
            return AssistanceState.ENDED
        if self.until <= clock.now():
            return AssistanceState.LAPSED
        return AssistanceState.ACTIVE if self.confirmed_at else AssistanceState.AWAITING


class Reached(Base):
    """A person without a phone: the station that calls, and how (a neighbour's phone, the village shop)."""

    __tablename__ = "reached_through_stations"

    id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True, doc="the account's")
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), index=True)
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[Since]

    contact = SealedText()


class Errand(Base):
    """What would have gone by SMS to a person without a phone: the station tells it, and says how."""

    __tablename__ = "errands"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    kind: Mapped[str]
    key: Mapped[str]
    text: Mapped[str]
    due_at: Mapped[datetime | None]
    created_at: Mapped[Instant]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    how_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    how = SealedText()

    __table_args__ = (
        Index("uq_errands_account_id_kind_key", "account_id", "kind", "key", unique=True),
        Index("ix_errands_open", "station_id", "id", postgresql_where=sql("done_at IS NULL")),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    )
