"""What is owed for work, until when, and what both sides say was paid. The market holds no money."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration


class OwedFor(StrEnum):
    WAGE = "wage"
    LATE_CANCELLATION = "late_cancellation"


class PayState(StrEnum):
    DUE = "due"
    REPORTED = "reported"
    SETTLED = "settled"
    CONTESTED = "contested"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


class PayMethod(StrEnum):
    CASH = "cash"
    BANK = "bank"
    WECHAT = "wechat"
    ALIPAY = "alipay"


class PayRecord(Base):
    """What one engagement is owed, every fen of it in one of five places (docs/pay.md)."""

    __tablename__ = "pay_records"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    owed_for: Mapped[OwedFor] = mapped_column(enumeration(OwedFor))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="of the place of work")
    county_code: Mapped[str]
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    owed_fen: Mapped[int]
    open_fen: Mapped[int] = mapped_column(doc="nothing is said to have been paid of this")
    reported_fen: Mapped[int] = mapped_column(default=0, doc="paid, the employer says; no answer yet")
    settled_fen: Mapped[int] = mapped_column(default=0)
    contested_fen: Mapped[int] = mapped_column(default=0, doc="one side says one thing, the other another")
    cancelled_fen: Mapped[int] = mapped_column(default=0, doc="decided not to be owed")
    state: Mapped[PayState] = mapped_column(enumeration(PayState), default=PayState.DUE)
    due_at: Mapped[Instant]
    overdue_at: Mapped[datetime | None] = mapped_column(doc="when it was found unpaid; stays")
    settled_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None] = mapped_column(doc="the employer was told that it falls due")
    claimed_minutes: Mapped[int | None] = mapped_column(doc="what the worker says instead")
    claimed_pieces: Mapped[int | None]
    claimed_text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Since]

    claimed_text = SealedText()

    __table_args__ = (
        UniqueConstraint("engagement_id", "owed_for"),
        CheckConstraint(
            "owed_fen = open_fen + reported_fen + settled_fen + contested_fen + cancelled_fen",
            name="every_fen_is_somewhere",
        ),
        CheckConstraint(
            "owed_fen >= 0 AND open_fen >= 0 AND reported_fen >= 0 AND settled_fen >= 0"
            " AND contested_fen >= 0 AND cancelled_fen >= 0",
            name="no_sum_is_negative",
        ),
        CheckConstraint(
            "state NOT IN ('settled', 'cancelled') OR open_fen + reported_fen + contested_fen = 0",
            name="settled_leaves_nothing",
        ),
        Index("ix_pay_records_worker_id_id", "worker_id", "id"),
        Index("ix_pay_records_employer_id_id", "employer_id", "id"),
        # What the clock looks for: still to be paid, by its date.
        Index(
            "ix_pay_records_falling_due",
            "due_at",
            postgresql_where=sql("overdue_at IS NULL AND state IN ('due', 'contested')"),
        ),
        # What the stations work through: overdue and not paid yet, the oldest first.
        Index(
            "ix_pay_records_overdue",
            "due_at",
            "id",
            postgresql_where=sql("overdue_at IS NOT NULL AND state IN ('overdue', 'contested')"),
        ),
        Index(
            "ix_pay_records_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
    )

    @property
    def settles(self) -> bool:
        """Nothing is left to be paid, answered or decided."""
        return self.open_fen + self.reported_fen + self.contested_fen == 0

    @property
    def must_state(self) -> PayState:
        """The state that the sums say; what is contested and past its date is known by overdue_at."""
        if self.contested_fen:
            return PayState.CONTESTED
        if self.open_fen:
            return PayState.OVERDUE if self.overdue_at else PayState.DUE
        if self.reported_fen:
            return PayState.REPORTED
        if self.owed_fen and self.cancelled_fen == self.owed_fen:
            return PayState.CANCELLED
        return PayState.SETTLED

    def move(self, source: "Part", target: "Part", fen: int) -> None:
        """Move fen from one place to another; all else stays. A sum below nothing is our mistake."""
        held = getattr(self, source)
        if not 0 <= fen <= held:
            raise ValueError(f"{source} does not hold that much")
        setattr(self, source, held - fen)
        setattr(self, target, getattr(self, target) + fen)

    def owe_more(self, fen: int) -> None:
        """Owe more than was confirmed, the more of it contested."""
        self.owed_fen += fen
        self.contested_fen += fen

    def owe_anew(self, fen: int) -> None:
        """Owe another sum, before anything was said of it."""
        self.owed_fen = self.open_fen = fen


Part = Literal["open_fen", "reported_fen", "settled_fen", "contested_fen", "cancelled_fen"]


class ReportState(StrEnum):
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    UNCONTESTED = "uncontested"
    CONTESTED = "contested"
    DECIDED = "decided"


class PayReport(Base):
    """One payment as the employer reports it, and what the worker says to it."""

    __tablename__ = "pay_reports"

    id: Mapped[Id]
    record_id: Mapped[UUID] = mapped_column(ForeignKey("pay_records.id"))
    amount_fen: Mapped[int]
    method: Mapped[PayMethod] = mapped_column(enumeration(PayMethod))
    reference_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    paid_at: Mapped[Instant]
    reported_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id"), doc="none: the province says it, of work at one of its vacancies"
    )
    reported_at: Mapped[Instant]
    state: Mapped[ReportState] = mapped_column(enumeration(ReportState), default=ReportState.REPORTED)
    received_fen: Mapped[int | None] = mapped_column(doc="what the worker says arrived")
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None] = mapped_column(doc="the worker was asked again")
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    text = SealedText()

    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_is_positive"),
        CheckConstraint("received_fen BETWEEN 0 AND amount_fen", name="received_within_amount"),
        Index("ix_pay_reports_record_id_id", "record_id", "id"),
        Index("ix_pay_reports_unanswered", "reported_at", postgresql_where=sql("state = 'reported'")),
    )

    @property
    def missing_fen(self) -> int:
        """What the worker says did not arrive."""
        return self.amount_fen - (self.received_fen or 0)


class LateCancellationShare(Base):
    """The share of the agreed pay that an employer owes who cancels late; kept by the city."""

    __tablename__ = "late_cancellation_shares"

    effective_from: Mapped[date] = mapped_column(Date, primary_key=True)
    within_minutes: Mapped[int] = mapped_column(
        primary_key=True, doc="holds for notice below this; 0: after the start"
    )
    share_percent: Mapped[int]
    source: Mapped[str]

    __table_args__ = (CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_is_a_share"),)
