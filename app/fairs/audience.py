"""What happens before the people: marks, questions, who comes and who looks at what."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration
from app.fairs.problems import QuestionStateConflict


class Mark(Base):
    """From here on a job is shown."""

    __tablename__ = "fair_marks"

    id: Mapped[Id]
    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"))
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    at: Mapped[Instant]
    at_s: Mapped[int | None] = mapped_column(doc="the stream's own time: seconds sent until then")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("at_s >= 0", name="in_the_stream"),
        Index("ix_fair_marks_fair_id_at", "fair_id", "at"),
    )


class QuestionState(StrEnum):
    """`asked` waits for the moderator; `shown` and `answered` are seen by everybody."""

    ASKED = "asked"
    SHOWN = "shown"
    ANSWERED = "answered"
    HIDDEN = "hidden"


class Question(Base):
    """A viewer's question, and the host's answer."""

    __tablename__ = "fair_questions"

    id: Mapped[Id]
    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer: Mapped[str | None]
    state: Mapped[QuestionState] = mapped_column(enumeration(QuestionState), default=QuestionState.ASKED)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), doc="who moderated it last")
    asked_at: Mapped[Instant]
    changed_at: Mapped[Instant]

    text = SealedText()

    __table_args__ = (
        CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_with_words"),
        Index("ix_fair_questions_fair_id_id", "fair_id", "id"),
    )

    def must_be(self, *states: QuestionState) -> None:
        """Refuse unless the question is in one of the states."""
        if self.state not in states:
            raise QuestionStateConflict(state=self.state.value)


class ToldKind(StrEnum):
    """What the live feed tells of; what it says is read from `about` at the time of reading."""

    STATE = "state"
    SHOW = "show"
    QUESTION = "question"
    HIDDEN = "hidden"


class Told(Base):
    """One line of a fair's live feed: numbered under the fair's lock, so no number comes late."""

    __tablename__ = "fair_feed"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ToldKind] = mapped_column(enumeration(ToldKind))
    state: Mapped[str | None] = mapped_column(doc="the fair's, where that is told")
    about: Mapped[UUID | None] = mapped_column(doc="the mark or the question")
    at: Mapped[Instant]


class Listening(Base):
    """How many listen to a fair at one process, said again every few seconds."""

    __tablename__ = "fair_listening"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    process: Mapped[UUID] = mapped_column(primary_key=True)
    listeners: Mapped[int]
    at: Mapped[Instant]

    FRESH: ClassVar = timedelta(seconds=15)


class Reservation(Base):
    """Who wants to be reminded of a fair."""

    __tablename__ = "fair_reservations"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    created_at: Mapped[Since]


class Viewer(Base):
    """Somebody who looked at a fair, counted once; `viewer` is a keyed hash (viewing.py)."""

    __tablename__ = "fair_viewers"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    viewer: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    live_at: Mapped[datetime | None] = mapped_column(doc="first seen while it was on")
    replay_at: Mapped[datetime | None] = mapped_column(doc="first seen afterwards")

    __table_args__ = (CheckConstraint("live_at IS NOT NULL OR replay_at IS NOT NULL", name="at_some_time"),)


class Opened(Base):
    """A viewer opened a job from the fair, counted once; whose it was, only the row of viewers knows."""

    __tablename__ = "fair_opens"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    viewer: Mapped[UUID] = mapped_column(primary_key=True)
    mark_id: Mapped[UUID | None] = mapped_column(ForeignKey("fair_marks.id", ondelete="SET NULL"), index=True)
    at: Mapped[Instant]
