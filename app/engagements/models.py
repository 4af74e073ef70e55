"""Applications, the shifts they ask for, and engagements: one worker taken on for one shift."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration
from app.engagements.problems import EngagementStateConflict


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


class Side(StrEnum):
    WORKER = "worker"
    EMPLOYER = "employer"


class ExcuseKind(StrEnum):
    """What excuses: 疾病、意外、亲属丧事、气象预警."""

    ILLNESS = "illness"
    ACCIDENT = "accident"
    BEREAVEMENT = "bereavement"
    WEATHER = "weather"


class ExcuseState(StrEnum):
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


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
    fair_id: Mapped[UUID | None] = mapped_column(doc="the fair at which it was asked, if at one")
    mark_id: Mapped[UUID | None] = mapped_column(doc="the minute of that fair; both are the fairs' to check")
    created_at: Mapped[Since]

    __table_args__ = (
        Index("ix_applications_job_id_id", "job_id", "id"),
        Index("ix_applications_worker_id_id", "worker_id", "id"),
        Index("ix_applications_created_at", "created_at"),
        Index("ix_applications_fair_id", "fair_id", "job_id", postgresql_where=text("fair_id IS NOT NULL")),
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


class KeptPlace(Base):
    """A place of a shift that nobody else gets until then; `shifts.reserved` counts them."""

    __tablename__ = "kept_places"

    id: Mapped[Id]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"), index=True)
    until: Mapped[Instant]

    __table_args__ = (UniqueConstraint("worker_id", "shift_id"),)


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
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="of the place of work")
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    state: Mapped[EngagementState] = mapped_column(
        enumeration(EngagementState), default=EngagementState.AGREED
    )
    cancelled_by: Mapped[Side | None] = mapped_column(enumeration(Side))
    cancelled_at: Mapped[datetime | None]
    cancel_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    notice_minutes: Mapped[int | None] = mapped_column(
        doc="from the cancellation to the start; negative after it"
    )
    asked_at: Mapped[datetime | None] = mapped_column(doc="both sides were asked why nobody checked in")
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    minutes: Mapped[int | None] = mapped_column(doc="worked, as confirmed")
    pieces: Mapped[int | None] = mapped_column(doc="made, as confirmed")
    confirmed_at: Mapped[datetime | None]
    before_dispute: Mapped[EngagementState | None] = mapped_column(
        enumeration(EngagementState, "before_dispute")
    )
    terms_hash: Mapped[str]
    agreed_at: Mapped[Instant]

    cancel_reason = SealedText()

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
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at_some_time"),
        CheckConstraint("checked_in_at <= checked_out_at", name="in_before_out"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'paid') OR (confirmed_at IS NOT NULL AND"
            " (minutes IS NOT NULL OR pieces IS NOT NULL))",
            name="confirmed_with_figures",
        ),
        CheckConstraint(
            "minutes BETWEEN 0 AND 2880 AND pieces BETWEEN 0 AND 100000", name="figures_in_reason"
        ),
        CheckConstraint("(state = 'disputed') = (before_dispute IS NOT NULL)", name="disputed_from_a_state"),
        Index("ix_engagements_worker_id_id", "worker_id", "id"),
        Index("ix_engagements_shift_id", "shift_id"),
        Index("ix_engagements_employer_id_id", "employer_id", "id"),
        Index("ix_engagements_reminders", "starts_at", postgresql_where=text("state = 'agreed'")),
        # What the statistics count by: the day of agreement, and who lately called off how often.
        Index("ix_engagements_agreed_at", "agreed_at"),
        Index(
            "ix_engagements_called_off", "cancelled_at", postgresql_where=text("cancelled_by = 'employer'")
        ),
        # What the clock looks for: begun and not ended, or ended and not confirmed.
        Index(
            "ix_engagements_under_way",
            "ends_at",
            postgresql_where=text("state IN ('checked_in', 'checked_out')"),
        ),
        Index(
            "ix_engagements_division",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
    )

    def must_be(self, *states: EngagementState) -> None:
        """Refuse unless the engagement is in one of the states."""
        if self.state not in states:
            allowed = [state.value for state in states]
            raise EngagementStateConflict(state=self.state.value, allowed=allowed)

    def side_of(self, account_id: UUID) -> Side:
        """Return on which side a party's account stands: who is not the worker acts for the employer."""
        return Side.WORKER if account_id == self.worker_id else Side.EMPLOYER


class Excuse(Base):
    """Why a cancellation or an absence should not count, with evidence; staff decide."""

    __tablename__ = "excuses"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    by: Mapped[Side] = mapped_column(enumeration(Side))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[ExcuseKind] = mapped_column(enumeration(ExcuseKind))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="of the place of work")
    state: Mapped[ExcuseState] = mapped_column(enumeration(ExcuseState), default=ExcuseState.CLAIMED)
    made_at: Mapped[Instant]
    due_at: Mapped[Instant]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("engagement_id", "by"),
        CheckConstraint("(state = 'claimed') = (decided_at IS NULL)", name="decided_at_some_time"),
        # What staff decide, the oldest first.
        Index("ix_excuses_waiting", "made_at", "id", postgresql_where=text("state = 'claimed'")),
        Index(
            "ix_excuses_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
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

    __table_args__ = (
        UniqueConstraint("engagement_id", "version"),
        # Whoever holds a print looks its hash up.
        Index("ix_terms_hash", "hash"),
    )


class Change(Base):
    """A change of conditions that one side asks the other to consent to; the difference is kept (rule 6)."""

    __tablename__ = "engagement_changes"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    by: Mapped[Side] = mapped_column(enumeration(Side), doc="who proposes; the other side answers")
    binding: Mapped[bool] = mapped_column(doc="the posting itself changed: refusing ends the engagement")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str | None] = mapped_column(doc="why, in the words of who proposes; both sides see it")
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
