"""Cases that members of staff have in hand."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Instant, enumeration


class CaseKind(StrEnum):
    """What waits for staff; the value stands in the path of its queue."""

    EMPLOYERS = "employers"
    REAL_NAMES = "real_names"
    JOBS = "jobs"
    CERTIFICATES = "certificates"
    APPEALS = "appeals"
    DISPUTES = "disputes"
    OVERDUE_PAY = "overdue_pay"
    EXCUSES = "excuses"


class Hold(Base):
    """A case that one member of staff works on until a time; the primary key lets nobody else."""

    __tablename__ = "case_holds"

    kind: Mapped[CaseKind] = mapped_column(enumeration(CaseKind), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True, doc="the id of what is to be decided")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), doc="where they worked then")
    since: Mapped[Instant]
    until: Mapped[Instant] = mapped_column(doc="not renewed by then, it is free for everybody")

    __table_args__ = (
        CheckConstraint("since < until", name="held_for_a_time"),
        Index("ix_case_holds_until", "until"),
        Index("ix_case_holds_staff_id", "staff_id"),
    )
