"""Referrals: a station sends a worker to a job, a place is kept for a while, and what came of it is kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, enumeration
from app.referrals.problems import ReferralStateConflict


class ReferralState(StrEnum):
    """`sent` and `applied` wait for what comes; of what has lapsed, the reason may still be told."""

    SENT = "sent"
    APPLIED = "applied"
    HIRED = "hired"
    NOT_HIRED = "not_hired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


LIVE = (ReferralState.SENT, ReferralState.APPLIED)


class WhyNot(StrEnum):
    """Why nothing came of it."""

    PAY = "pay"
    DISTANCE = "distance"
    SKILLS = "skills"
    HAS_WORK = "has_work"
    NOT_REACHED = "not_reached"
    EMPLOYER_REFUSED = "employer_refused"
    OTHER = "other"


WHY_NOT = {
    WhyNot.PAY: "薪资不符",
    WhyNot.DISTANCE: "距离过远",
    WhyNot.SKILLS: "技能不符",
    WhyNot.HAS_WORK: "已找到工作",
    WhyNot.NOT_REACHED: "联系不上",
    WhyNot.EMPLOYER_REFUSED: "雇主不用",
    WhyNot.OTHER: "其他",
}


class Referral(Base):
    """One worker sent to one shift by one clerk."""

    __tablename__ = "referrals"

    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="of the station that sent")
    state: Mapped[ReferralState] = mapped_column(enumeration(ReferralState), default=ReferralState.SENT)
    reason: Mapped[WhyNot | None] = mapped_column(enumeration(WhyNot, "why_not"))
    note: Mapped[str | None] = mapped_column(doc="for the worker, who is told it; nothing personal")
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    sent_at: Mapped[Instant]
    kept_until: Mapped[Instant] = mapped_column(doc="how long the place is nobody else's")
    changed_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("state <> 'hired' OR engagement_id IS NOT NULL", name="hired_by_an_engagement"),
        CheckConstraint("state <> 'not_hired' OR reason IS NOT NULL", name="not_hired_for_a_reason"),
        # One live referral of a worker to a shift; what happens to either finds it here.
        Index(
            "uq_referrals_live",
            "worker_id",
            "shift_id",
            unique=True,
            postgresql_where=text("state IN ('sent', 'applied')"),
        ),
        Index("ix_referrals_division", "division", "id", postgresql_ops={"division": "varchar_pattern_ops"}),
        # A clerk's month: the quota and the figures.
        Index("ix_referrals_staff_id_sent_at", "staff_id", "sent_at"),
        Index("ix_referrals_worker_id_id", "worker_id", "id"),
        Index("ix_referrals_job_id", "job_id"),
        # The statistics count by the day.
        Index("ix_referrals_sent_at", "sent_at"),
    )

    def must_be(self, *states: ReferralState) -> None:
        """Refuse unless the referral is in one of the states."""
        if self.state not in states:
            raise ReferralStateConflict(state=self.state.value, allowed=[state.value for state in states])


class ReferralQuota(Base):
    """How many a clerk may send in a calendar month; none set: no bound."""

    __tablename__ = "referral_quotas"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    monthly: Mapped[int]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("monthly BETWEEN 0 AND 10000", name="within_reason"),)
