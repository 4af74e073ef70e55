"""Postings and their shifts, the minimum wages that bound them, and the listings that search reads."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INT4RANGE, JSONB, TSVECTOR, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Point, Since, enumeration
from app.jobs.problems import JobStateConflict, ShiftFull

PROVINCE = "province"  # the source of its vacancies, and of who offers them


class JobState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    CLOSED = "closed"


class ClosedBecause(StrEnum):
    FILLED = "filled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Hiring(StrEnum):
    """抢单 at once, or after the employer's review."""

    INSTANT = "instant"
    REVIEW = "review"


class Per(StrEnum):
    HOUR = "hour"
    DAY = "day"
    PIECE = "piece"
    JOB = "job"


class PaySettlement(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ON_COMPLETION = "on_completion"


class InsuranceBy(StrEnum):
    EMPLOYER = "employer"
    MARKET = "market"
    NONE = "none"


class Job(Base):
    """What, where, for what pay. A draft may be incomplete; what is submitted may not."""

    __tablename__ = "jobs"

    id: Mapped[Id]
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    state: Mapped[JobState] = mapped_column(enumeration(JobState), default=JobState.DRAFT)
    closed_because: Mapped[ClosedBecause | None] = mapped_column(enumeration(ClosedBecause))
    reasons: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, doc="why staff returned or removed it"
    )
    title: Mapped[str | None]
    trade: Mapped[str | None] = mapped_column(ForeignKey("trades.code"))
    description: Mapped[str | None]
    point: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    places: Mapped[dict[str, Any] | None] = mapped_column(JSONB, doc="the place in each datum, as shown")
    county_code: Mapped[str | None]
    division: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"))
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("stations.id"))
    pay_fen: Mapped[int | None]
    pay_per: Mapped[Per | None] = mapped_column(enumeration(Per))
    expected_minutes: Mapped[int | None] = mapped_column(doc="for one piece, or for the whole job")
    pay_settlement: Mapped[PaySettlement | None] = mapped_column(enumeration(PaySettlement))
    hiring: Mapped[Hiring] = mapped_column(enumeration(Hiring), default=Hiring.REVIEW)
    certificates: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    requirements_text: Mapped[str | None]
    insurance: Mapped[InsuranceBy | None] = mapped_column(enumeration(InsuranceBy))
    check_in_radius_m: Mapped[int] = mapped_column(default=300, doc="within which a check-in counts as there")
    valid_until: Mapped[datetime | None]
    words: Mapped[Any | None] = mapped_column(TSVECTOR, deferred=True)
    searched: Mapped[str | None] = mapped_column(deferred=True, doc="the folded text that words come from")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    reviewed: Mapped[bool] = mapped_column(default=False, doc="seen by staff since it was last submitted")
    source: Mapped[str] = mapped_column(default="city", doc="`province`: one of its vacancies")
    source_id: Mapped[str | None] = mapped_column(doc="what the province calls its vacancy")
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'closed') OR (title IS NOT NULL AND trade IS NOT NULL"
            " AND description IS NOT NULL AND places IS NOT NULL AND division IS NOT NULL"
            " AND pay_fen IS NOT NULL AND pay_per IS NOT NULL AND pay_settlement IS NOT NULL"
            " AND insurance IS NOT NULL AND valid_until IS NOT NULL)",
            name="posting_is_complete",
        ),
        CheckConstraint("(state = 'closed') = (closed_because IS NOT NULL)", name="closed_for_a_reason"),
        CheckConstraint("pay_fen > 0", name="pay_is_positive"),
        CheckConstraint("check_in_radius_m BETWEEN 50 AND 5000", name="radius_within_reason"),
        Index("ix_jobs_employer_id_id", "employer_id", "id"),
        Index(
            "ix_jobs_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
        # What staff review, the oldest first: before publication, or after it for trusted employers.
        Index(
            "ix_jobs_to_review",
            "submitted_at",
            "id",
            postgresql_where=text("state IN ('in_review', 'open') AND NOT reviewed"),
        ),
        Index("ix_jobs_open_valid_until", "valid_until", postgresql_where=text("state = 'open'")),
        Index("ix_jobs_published_at", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    )

    @property
    def source_name(self) -> str:
        """The source as people read it; the cards of search say the same (listings.py)."""
        return "省平台" if self.source == PROVINCE else "本市"

    @property
    def where(self) -> tuple[str, UUID]:
        """The township of the place of work, and the station that is responsible for it."""
        if self.division is None or self.station_id is None:
            raise ValueError("a posting without a place")
        return self.division, self.station_id

    def must_be(self, *states: JobState) -> None:
        """Refuse unless the job is in one of the states."""
        if self.state not in states:
            raise JobStateConflict(state=self.state.value)


class Shift(Base):
    """One stretch of work on one day at one job's place."""

    __tablename__ = "shifts"

    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    county_code: Mapped[str | None]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    headcount: Mapped[int]
    hired: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0, doc="places kept for somebody for a while")

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("ends_at <= starts_at + interval '24 hours'", name="within_a_day"),
        # None: the employer cancelled every place of it.
        CheckConstraint("headcount BETWEEN 0 AND 1000", name="headcount_within_reason"),
        # Rule 1: a place that is kept for somebody is nobody else's.
        CheckConstraint(
            "hired >= 0 AND reserved >= 0 AND hired + reserved <= headcount", name="hired_within_headcount"
        ),
        CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        Index("ix_shifts_job_id_starts_at", "job_id", "starts_at"),
        Index("ix_shifts_starts_at", "starts_at"),
    )

    @property
    def free(self) -> int:
        """Places that nobody has, that are kept for nobody, and that nobody waits for."""
        return max(0, self.open - self.waiting)

    @property
    def open(self) -> int:
        """Places that nobody has and that are kept for nobody."""
        return self.headcount - self.hired - self.reserved

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def take_one(self, *, kept: bool = False) -> None:
        """Fill one of the places, or the one that is kept for who takes it.

        The database counts, so that the CHECK judges what is there. What it counted must be read back:
        `refresh(shift, COUNTED)`.
        """
        if kept:
            self.unkeep_one()
        elif self.open <= 0:
            raise ShiftFull
        self.hired = Shift.hired + 1

    def give_back(self) -> None:
        """Free one of the places."""
        self.hired = Shift.hired - 1

    def keep_one(self) -> None:
        """Keep a place for somebody; it is read back as in `take_one`. Refuses what others wait for."""
        if not self.free:
            raise ShiftFull
        self.reserved = Shift.reserved + 1

    def unkeep_one(self) -> None:
        """Keep one place less."""
        self.reserved = Shift.reserved - 1


# What the database counts (`take_one`).
COUNTED = ("hired", "reserved")


class MinimumWage(Base):
    """The minimum hourly wage of a county from a day on, kept by the city (rule 4)."""

    __tablename__ = "minimum_wages"

    county_code: Mapped[str] = mapped_column(ForeignKey("divisions.code"), primary_key=True)
    effective_from: Mapped[date] = mapped_column(Date, primary_key=True)
    hourly_fen: Mapped[int]
    source: Mapped[str]


class Listing(Base):
    """What is open now, one row a job, kept in the transaction that changes the job (performance.md).

    A column for each shape of search, so that the planner cannot take the wrong index: `pt` for place
    alone, `tpt` (x shifted by trade × 10⁷) for one trade, `g` for place with pay or start. `card` is the
    finished JSON of the job card without its closing brace and its place, which is added in the datum
    asked for.
    """

    __tablename__ = "listings"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    g: Mapped[WKBElement] = mapped_column(Geometry("POINT", 4546, spatial_index=False))
    pt: Mapped[str] = mapped_column(Point())
    tpt: Mapped[str] = mapped_column(Point())
    trade: Mapped[str]
    division: Mapped[str]
    area: Mapped[int] = mapped_column(
        doc="the division's nine digits as a number: a county is a range of them"
    )
    hourly_fen: Mapped[int]
    hiring: Mapped[str]
    starts: Mapped[Range[int]] = mapped_column(INT4RANGE, doc="first to last open start, minutes since 1970")
    start_minutes: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    next_starts_at: Mapped[Instant]
    open_until: Mapped[Instant] = mapped_column(doc="the last open start, or the end of validity")
    published_at: Mapped[Instant]
    places_left: Mapped[int]
    words: Mapped[Any] = mapped_column(TSVECTOR)
    searched: Mapped[str] = mapped_column(doc="the text that words come from, for longer phrases")
    card: Mapped[str]
    place_wgs84: Mapped[str]
    place_gcj02: Mapped[str]
    place_bd09: Mapped[str]

    __table_args__ = (
        Index("ix_listings_pt", "pt", postgresql_using="spgist"),
        Index("ix_listings_tpt", "tpt", "hourly_fen", "starts", "area", postgresql_using="gist"),
        Index("ix_listings_g", "g", "hourly_fen", "starts", "area", postgresql_using="gist"),
        Index("ix_listings_newest", text("published_at DESC"), text("job_id DESC")),
        Index("ix_listings_pay", text("hourly_fen DESC"), text("job_id DESC")),
        Index("ix_listings_starts", "next_starts_at", "job_id"),
        Index("ix_listings_trade_newest", "trade", text("published_at DESC"), text("job_id DESC")),
        Index("ix_listings_trade_pay", "trade", text("hourly_fen DESC"), text("job_id DESC")),
        Index("ix_listings_trade_starts", "trade", "next_starts_at", "job_id"),
        Index("ix_listings_open_until", "open_until"),
        Index("ix_listings_words", "words", postgresql_using="gin"),
        # The boards' alone: searches ask by `area`, so that none of them can be led here.
        Index("ix_listings_division", "division", postgresql_ops={"division": "varchar_pattern_ops"}),
        # Room on each page for the new version of a row whose indexed columns stay (a place taken).
        {"postgresql_with": {"fillfactor": "85"}},
    )
