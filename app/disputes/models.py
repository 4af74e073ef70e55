"""Disputes: what is complained of, who of the stations has it, until when, and how it ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration


class DisputeKind(StrEnum):
    WAGE_ARREARS = "wage_arrears"
    INJURY = "injury"
    FRAUD = "fraud"
    FEE = "fee"
    DISCRIMINATION = "discrimination"
    NO_SHOW = "no_show"
    OTHER = "other"


class DisputeState(StrEnum):
    OPENED = "opened"
    ACCEPTED = "accepted"
    MEDIATING = "mediating"
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How it ended."""

    FOR_WORKER = "for_worker"
    FOR_EMPLOYER = "for_employer"
    AGREED = "agreed"
    UNFOUNDED = "unfounded"
    REFERRED = "referred"


LIVE = (DisputeState.OPENED, DisputeState.ACCEPTED, DisputeState.MEDIATING, DisputeState.ESCALATED)


class Dispute(Base):
    """One complaint. The station that has it keeps it until another accepts it (首问负责)."""

    __tablename__ = "disputes"

    id: Mapped[Id]
    kind: Mapped[DisputeKind] = mapped_column(enumeration(DisputeKind))
    state: Mapped[DisputeState] = mapped_column(enumeration(DisputeState), default=DisputeState.OPENED)
    complainant_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id"), doc="none where the market itself opened it and nobody complained"
    )
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    pay_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("pay_records.id"))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    division: Mapped[str] = mapped_column(
        ForeignKey("divisions.code"), doc="of the place of work, or of home"
    )
    county_code: Mapped[str | None]
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), doc="who has it")
    station_division: Mapped[str] = mapped_column(doc="that station's, for reach")
    handed_to: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"), doc="asked to take it over")
    handed_to_division: Mapped[str | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), doc="who accepted it")
    due_at: Mapped[datetime | None] = mapped_column(doc="of the present step; missed, it moves up by itself")
    missed: Mapped[int] = mapped_column(default=0, doc="deadlines missed")
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(enumeration(Outcome))
    outcome_text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rating: Mapped[int | None] = mapped_column(doc="好差评, 5 best")
    rating_text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rated_at: Mapped[datetime | None]
    rating_answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rating_answer_due_at: Mapped[datetime | None]
    rating_answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    outcome_text, rating_text, rating_answer = SealedText(), SealedText(), SealedText()

    __table_args__ = (
        CheckConstraint("(state = 'resolved') = (outcome IS NOT NULL)", name="resolved_with_an_outcome"),
        CheckConstraint(
            "(state IN ('resolved', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed_at_some_time"
        ),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_has_five_levels"),
        # One live case of a kind for an engagement, whoever opens it: the market itself, or a person.
        Index(
            "uq_disputes_live",
            "engagement_id",
            "kind",
            unique=True,
            postgresql_where=sql("state NOT IN ('resolved', 'withdrawn') AND kind <> 'other'"),
        ),
        Index("ix_disputes_engagement_id", "engagement_id"),
        Index("ix_disputes_opened_at", "opened_at"),
        Index("ix_disputes_closed_at", "closed_at", postgresql_where=sql("closed_at IS NOT NULL")),
        Index("ix_disputes_complainant_id_id", "complainant_id", "id"),
        Index("ix_disputes_worker_id_id", "worker_id", "id"),
        Index("ix_disputes_employer_id_id", "employer_id", "id"),
        Index(
            "ix_disputes_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
        # What the stations have in hand, the oldest first.
        Index(
            "ix_disputes_live",
            "opened_at",
            "id",
            postgresql_where=sql("state IN ('opened', 'accepted', 'mediating', 'escalated')"),
        ),
        Index(
            "ix_disputes_due_at",
            "due_at",
            postgresql_where=sql("due_at IS NOT NULL"),
        ),
    )


class Addressee(StrEnum):
    """Who may read a message, besides the station and its author."""

    STATION = "station"
    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    BOTH = "both"


class Message(Base):
    """One message about a dispute, sealed."""

    __tablename__ = "dispute_messages"

    id: Mapped[Id]
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("disputes.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), doc="none when staff wrote it")
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    addressee: Mapped[Addressee] = mapped_column(enumeration(Addressee))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name="written_by_one"),
        Index("ix_dispute_messages_dispute_id_id", "dispute_id", "id"),
    )


class Step(Base):
    """One step of a dispute's life: accepted, handed over, mediated, escalated, resolved."""

    __tablename__ = "dispute_steps"

    id: Mapped[Id]
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("disputes.id"))
    what: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), doc="none: a party, or the clock")
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    at: Mapped[Instant]

    __table_args__ = (Index("ix_dispute_steps_dispute_id_id", "dispute_id", "id"),)
