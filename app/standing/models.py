"""Mutual ratings, and appeals against what a standing holds against somebody."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.core.types import Base, Id, Instant, enumeration
from app.engagements.models import Side


class Review(Base):
    """What one side says of the other; blind until both have spoken or seven days have passed."""

    __tablename__ = "reviews"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    by: Mapped[Side] = mapped_column(enumeration(Side))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), doc="who wrote it")
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    stars: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    text: Mapped[str | None]
    written_at: Mapped[Instant]
    visible_from: Mapped[Instant] = mapped_column(doc="seven days on, or now once the other side has spoken")
    removed_at: Mapped[datetime | None] = mapped_column(doc="an appeal against it held")

    __table_args__ = (
        UniqueConstraint("engagement_id", "by"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_are_five"),
        Index("ix_reviews_worker_id_id", "worker_id", "id"),
        Index("ix_reviews_employer_id_id", "employer_id", "id"),
    )


class AppealState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


class Appeal(Base):
    """One side asks staff to undo what its standing holds against it for an engagement."""

    __tablename__ = "appeals"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    by: Mapped[Side] = mapped_column(enumeration(Side))
    against: Mapped[str] = mapped_column(doc="the reason's code in the standing")
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="of the place of work")
    state: Mapped[AppealState] = mapped_column(enumeration(AppealState), default=AppealState.OPEN)
    made_at: Mapped[Instant]
    due_at: Mapped[Instant]
    missed_at: Mapped[datetime | None] = mapped_column(
        doc="not decided in time: it does not count until it is"
    )
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("engagement_id", "by", "against"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_some_time"),
        Index("ix_appeals_open", "due_at", postgresql_where=sql("state = 'open'")),
        # What staff decide, the oldest first.
        Index("ix_appeals_waiting", "made_at", "id", postgresql_where=sql("state = 'open'")),
        Index("ix_appeals_account_id_id", "account_id", "id"),
        Index(
            "ix_appeals_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
    )
