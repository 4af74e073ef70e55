"""Fairs, their booths, and the jobs that are shown at each."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Since, enumeration
from app.fairs.problems import BoothStateConflict, FairStateConflict
from app.streams.models import Stream
from app.workers.models import KeyGroup


class FairMode(StrEnum):
    ONLINE = "online"
    HALL = "hall"
    BOTH = "both"


class FairState(StrEnum):
    """`planned` is seen by staff and invited employers alone; from `bookable` on by everybody."""

    PLANNED = "planned"
    BOOKABLE = "bookable"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


PUBLIC = (FairState.BOOKABLE, FairState.LIVE, FairState.ENDED, FairState.CANCELLED)
AHEAD = (FairState.PLANNED, FairState.BOOKABLE)


class Organiser(StrEnum):
    """A commercial one needs a recruitment licence (recruitment-conduct rules)."""

    PUBLIC = "public"
    AGENCY = "agency"


class BoothState(StrEnum):
    """`declined` by the employer who was invited, `rejected` by the station that was asked.

    `cancelled` with its fair: the employer is free for another one.
    """

    INVITED = "invited"
    APPLIED = "applied"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


HELD = (BoothState.INVITED, BoothState.APPLIED, BoothState.ACCEPTED)


class Fair(Base):
    """One hiring event."""

    __tablename__ = "fairs"

    id: Mapped[Id]
    title: Mapped[str]
    text: Mapped[str | None]
    mode: Mapped[FairMode] = mapped_column(enumeration(FairMode))
    state: Mapped[FairState] = mapped_column(enumeration(FairState), default=FairState.PLANNED)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="whose fair it is; a theme, too")
    county_code: Mapped[str | None]
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), doc="who holds it")
    key_group: Mapped[KeyGroup | None] = mapped_column(enumeration(KeyGroup))
    trade: Mapped[str | None] = mapped_column(ForeignKey("trades.code"))
    host_name: Mapped[str | None] = mapped_column(doc="as shown to everybody")
    host_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id"), doc="where the host is one of the staff"
    )
    host_key: Mapped[str | None] = mapped_column(
        Text, Computed("coalesce(host_id::text, host_name)", persisted=True)
    )
    venue: Mapped[str | None] = mapped_column(doc="the hall's address")
    room: Mapped[str | None] = mapped_column(doc="in the venue of the station")
    organiser: Mapped[Organiser] = mapped_column(enumeration(Organiser), default=Organiser.PUBLIC)
    agency_name: Mapped[str | None]
    licence_no: Mapped[str | None] = mapped_column(doc="人力资源服务许可证")
    cover_key: Mapped[str | None] = mapped_column(doc="where the file store has the cover picture")
    stream_id: Mapped[UUID | None] = mapped_column(ForeignKey(Stream.id), unique=True)
    opened_at: Mapped[datetime | None] = mapped_column(doc="since when it can be booked")
    live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None] = mapped_column(doc="told to everybody")
    sequence: Mapped[int] = mapped_column(default=0, doc="iCalendar's: rises with what a calendar shows")
    told: Mapped[int] = mapped_column(default=0, doc="the last number in the fair's live feed")
    peak_viewers: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Instant]
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at_some_time"),
        CheckConstraint(
            "organiser <> 'agency' OR (agency_name IS NOT NULL AND licence_no IS NOT NULL)",
            name="agency_has_a_licence",
        ),
        # Clashes: the constraints have the last word.
        ExcludeConstraint(
            (sql("host_key"), "="),
            (sql("tstzrange(starts_at, ends_at)"), "&&"),
            where=sql("state <> 'cancelled' AND host_key IS NOT NULL"),
            using="gist",
            name="ex_fairs_host",
        ),
        ExcludeConstraint(
            (sql("station_id"), "="),
            (sql("room"), "="),
            (sql("tstzrange(starts_at, ends_at)"), "&&"),
            where=sql("state <> 'cancelled' AND room IS NOT NULL"),
            using="gist",
            name="ex_fairs_room",
        ),
        # What the statistics count by.
        Index("ix_fairs_live_at", "live_at", postgresql_where=sql("live_at IS NOT NULL")),
        # The list of everybody, and the stations' own.
        # What the clock looks for: on, and long past its end.
        Index("ix_fairs_on", "ends_at", postgresql_where=sql("state IN ('planned', 'bookable', 'live')")),
        Index("ix_fairs_starts_at", "starts_at", "id", postgresql_where=sql("state <> 'planned'")),
        Index(
            "ix_fairs_division", "division", "starts_at", postgresql_ops={"division": "varchar_pattern_ops"}
        ),
    )

    def must_be(self, *states: FairState) -> None:
        """Refuse unless the fair is in one of the states."""
        if self.state not in states:
            raise FairStateConflict(state=self.state.value)


class Booth(Base):
    """An employer's slot in a fair."""

    __tablename__ = "fair_booths"

    id: Mapped[Id]
    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    state: Mapped[BoothState] = mapped_column(enumeration(BoothState))
    order: Mapped[int] = mapped_column(doc="in which the employers come")
    label: Mapped[str | None] = mapped_column(doc="of the stand in the hall")
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    reason: Mapped[str | None] = mapped_column(doc="why it was turned down; for the other side")
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), doc="who invited or decided")
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        Index(
            "uq_fair_booths_live",
            "fair_id",
            "employer_id",
            unique=True,
            postgresql_where=sql("state IN ('invited', 'applied', 'accepted')"),
        ),
        ExcludeConstraint(
            (sql("employer_id"), "="),
            (sql("tstzrange(starts_at, ends_at)"), "&&"),
            where=sql("state = 'accepted'"),
            using="gist",
            name="ex_fair_booths_employer",
        ),
        Index("ix_fair_booths_fair_id_order", "fair_id", "order"),
        Index("ix_fair_booths_employer_id_id", "employer_id", "id"),
    )

    def must_be(self, *states: BoothState) -> None:
        """Refuse unless the booth is in one of the states."""
        if self.state not in states:
            raise BoothStateConflict(state=self.state.value)


class FairJob(Base):
    """A job that is shown at a booth, and when it is planned to be."""

    __tablename__ = "fair_jobs"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True, index=True)
    booth_id: Mapped[UUID] = mapped_column(ForeignKey("fair_booths.id", ondelete="CASCADE"), index=True)
    order: Mapped[int] = mapped_column(doc="within the booth")
    planned_at: Mapped[datetime | None]
