"""Applications, the shifts they ask for, and engagements: one worker taken on for one shift."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Since, enumeration


class ChoiceState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class EngagementState(StrEnum):
    AGREED = "agreed"
    CHECKED_IN = "checked_in"
    CHECKED_OUT = "checked_out"
    CONFIRMED = "confirmed"
    PAID = "paid"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"


class CancelledBy(StrEnum):
    WORKER = "worker"
    EMPLOYER = "employer"


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class Application(Base):
    """A worker asks for some shifts of a job."""

    __tablename__ = "applications"

    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    county_code: Mapped[str | None]
    created_at: Mapped[Since]

    __table_args__ = (
        Index("ix_applications_job_id_id", "job_id", "id"),
        Index("ix_applications_worker_id_id", "worker_id", "id"),
    )


class Choice(Base):
    """One shift that an application asks for, and what became of it."""

    __tablename__ = "application_shifts"

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    state: Mapped[ChoiceState] = mapped_column(enumeration(ChoiceState))
    reason: Mapped[str | None]
    changed_at: Mapped[Instant]

    __table_args__ = (
        # One live request of a worker for a shift.
        Index(
            "uq_application_shifts_live",
            "worker_id",
            "shift_id",
            unique=True,
            postgresql_where=text("state IN ('pending', 'accepted', 'waitlisted')"),
        ),
        # The waiting list of a shift, in the order of asking.
        Index(
            "ix_application_shifts_waiting",
            "shift_id",
            "id",
            postgresql_where=text("state IN ('pending', 'waitlisted')"),
        ),
    )


class Engagement(Base):
    """One worker taken on for one shift, at the times of its terms."""

    __tablename__ = "engagements"

    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    county_code: Mapped[str | None]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    state: Mapped[EngagementState] = mapped_column(
        enumeration(EngagementState), default=EngagementState.AGREED
    )
    cancelled_by: Mapped[CancelledBy | None] = mapped_column(enumeration(CancelledBy))
    cancelled_at: Mapped[datetime | None]
    terms_hash: Mapped[str]
    agreed_at: Mapped[Instant]

    __table_args__ = (
        # Rule 2: the constraint, not a query, keeps a worker from being in two places at once.
        ExcludeConstraint(
            (text("worker_id"), "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("state <> 'cancelled'"),
            using="gist",
            name="ex_engagements_no_overlap",
        ),
        CheckConstraint("(state = 'cancelled') = (cancelled_by IS NOT NULL)", name="cancelled_by_someone"),
        Index("ix_engagements_worker_id_id", "worker_id", "id"),
        Index("ix_engagements_shift_id", "shift_id"),
        Index("ix_engagements_employer_id_id", "employer_id", "id"),
        Index("ix_engagements_reminders", "starts_at", postgresql_where=text("state = 'agreed'")),
    )


class Terms(Base):
    """The conditions as agreed: an immutable copy. A trigger refuses UPDATE and DELETE (migrations)."""

    __tablename__ = "terms"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[str]
    agreed_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("engagement_id", "version"),)


class Change(Base):
    """A change of conditions that the worker is asked to consent to; the difference is kept (rule 6)."""

    __tablename__ = "engagement_changes"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[ChangeState] = mapped_column(enumeration(ChangeState), default=ChangeState.PROPOSED)
    proposed_at: Mapped[Instant]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_engagement_changes_proposed",
            "engagement_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_engagement_changes_engagement_id_id", "engagement_id", "id"),
    )
