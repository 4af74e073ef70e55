"""Who came and went, how that is known, the site's code, and what one side says against the other."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration


class AttendanceKind(StrEnum):
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    RUNNING_LATE = "running_late"
    TURNED_AWAY = "turned_away"


class Method(StrEnum):
    """How it is known."""

    GEOFENCE = "geofence"
    SITE_CODE = "site_code"
    EMPLOYER = "employer"
    STAFF = "staff"
    WORKER = "worker"
    SYSTEM = "system"


class Standing(StrEnum):
    """Whether the other side agrees with what was noted."""

    ACCEPTED = "accepted"
    CONTESTED = "contested"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class Attendance(Base):
    """One thing noted about a worker at a shift. A position is rounded after 30 days."""

    __tablename__ = "attendance"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[AttendanceKind] = mapped_column(enumeration(AttendanceKind))
    method: Mapped[Method] = mapped_column(enumeration(Method))
    noted_by: Mapped[UUID | None] = mapped_column(doc="account or member of staff; none for the clock")
    at: Mapped[Instant] = mapped_column(doc="when it happened, by the phone that says so")
    received_at: Mapped[Instant]
    late: Mapped[bool] = mapped_column(default=False, doc="sent later than it happened")
    signed: Mapped[bool] = mapped_column(default=False, doc="by the key of a device known to us")
    doubtful: Mapped[bool] = mapped_column(default=False, doc="the position alone does not decide it")
    proof_id: Mapped[str | None] = mapped_column(
        doc="the phone's own id of the event: sent twice, noted once"
    )
    point: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    rounded: Mapped[bool] = mapped_column(default=False)
    distance_m: Mapped[int | None]
    accuracy_m: Mapped[int | None]
    arrives_at: Mapped[datetime | None]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    standing: Mapped[Standing] = mapped_column(enumeration(Standing), default=Standing.ACCEPTED)
    contested_at: Mapped[datetime | None]
    contested_by: Mapped[UUID | None]
    contest_text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    text, contest_text = SealedText(), SealedText()

    __table_args__ = (
        Index("ix_attendance_engagement_id_id", "engagement_id", "id"),
        Index("uq_attendance_proof", "engagement_id", "proof_id", unique=True),
        # Positions that are still exact, for rounding.
        Index(
            "ix_attendance_exact", "received_at", postgresql_where=sql("point IS NOT NULL AND NOT rounded")
        ),
    )


class ClaimKind(StrEnum):
    """爽约 by the worker; 到场被拒 by the employer."""

    NO_SHOW = "no_show"
    TURNED_AWAY = "turned_away"


class ClaimState(StrEnum):
    """Proposed until the other side answers or a day has passed; contested until staff have decided."""

    PROPOSED = "proposed"
    STANDS = "stands"
    CONTESTED = "contested"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"


class Claim(Base):
    """What one side, or the clock, says against the other; it can be answered for 24 hours."""

    __tablename__ = "claims"

    id: Mapped[Id]
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[ClaimKind] = mapped_column(enumeration(ClaimKind))
    state: Mapped[ClaimState] = mapped_column(enumeration(ClaimState), default=ClaimState.PROPOSED)
    made_by: Mapped[UUID | None] = mapped_column(doc="account; none for the clock")
    made_at: Mapped[Instant]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer_until: Mapped[Instant]
    answered_at: Mapped[datetime | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    text, answer = SealedText(), SealedText()

    __table_args__ = (
        Index(
            "uq_claims_standing",
            "engagement_id",
            unique=True,
            postgresql_where=sql("state IN ('proposed', 'contested', 'stands')"),
        ),
        Index("ix_claims_unanswered", "answer_until", postgresql_where=sql("state = 'proposed'")),
        Index("ix_claims_engagement_id", "engagement_id"),
    )


class CodeMode(StrEnum):
    """固定码 is printed once; 动态码 on a screen changes every half minute."""

    FIXED = "fixed"
    ROTATING = "rotating"


class SiteCode(Base):
    """What a site's codes are made from; a new one ends the one before."""

    __tablename__ = "site_codes"

    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    mode: Mapped[CodeMode] = mapped_column(enumeration(CodeMode))
    seed: Mapped[bytes] = mapped_column(LargeBinary, doc="random; a code is its HMAC under the market's key")
    made_at: Mapped[Since]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_site_codes_job_id", "job_id", unique=True, postgresql_where=sql("ended_at IS NULL")),
        CheckConstraint("length(seed) = 16", name="seed_is_long_enough"),
    )
