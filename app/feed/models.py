"""What the province has of us, how it came to that, what is to be looked at again, and the comparisons."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Instant, Since, enumeration


class Kind(StrEnum):
    """The types of the exchange. An application is one for a provincial vacancy (app/inbound)."""

    JOB = "job"
    EMPLOYER = "employer"
    ENGAGEMENT = "engagement"
    FAIR = "fair"
    STATION = "station"
    APPLICATION = "application"


class ChangeKind(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"


class Reason(StrEnum):
    """Why something is no longer the province's to have."""

    FILLED = "filled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    EMPLOYER_STOPPED = "employer_stopped"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    DECLINED = "declined"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LEFT_SCOPE = "left_scope"


class Touched(Base):
    """Something that may look different to the province now; written by triggers (migration 0019).

    Rows and not a cursor: a transaction that commits late leaves its row when it commits, so none can be
    skipped, and one that stays open holds nobody up (docs/decisions/0021-the-feed.md). `kind` is one of
    Kind, or `worker`, who stands in engagements and applications.
    """

    __tablename__ = "province_touched"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    entity_id: Mapped[UUID]
    at: Mapped[Since]


class Record(Base):
    """One thing as the province should have it: what snapshot and digest are made from.

    `division` and `day` are its group in the digest. Its `data` says both ("division", at least to the
    county, and "day"), so that who has the data alone can make the digest (docs/province-digest.md).
    """

    __tablename__ = "province_records"

    kind: Mapped[Kind] = mapped_column(enumeration(Kind), primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    division: Mapped[str] = mapped_column(
        doc="the county's code, six digits, of the place of work or the seat; else the city's"
    )
    day: Mapped[date] = mapped_column(Date, doc="in Shanghai: published, verified, agreed, begun, opened")
    data: Mapped[str] = mapped_column(doc="canonical JSON (mapping/canonical.py), as it is handed out")
    hash: Mapped[bytes] = mapped_column(LargeBinary, doc="SHA-256 of `data`")
    version: Mapped[int] = mapped_column(BigInteger, doc="id of the change that made it so")

    __table_args__ = (
        CheckConstraint("char_length(division) <= 6", name="of_a_county"),
        # The digest's groups, and the rows of one.
        Index("ix_province_records_groups", "kind", "division", "day", "entity_id", "hash"),
    )


class FeedChange(Base):
    """One change, numbered without gaps in the order of commits by the one publisher (publishing.py).

    It holds no data: the page shows what the record is now, so a change that was read late never shows
    what was withdrawn since.
    """

    __tablename__ = "province_changes"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(doc="random; a cursor carries it, so that another history is noticed")
    kind: Mapped[Kind] = mapped_column(enumeration(Kind))
    entity_id: Mapped[UUID]
    change: Mapped[ChangeKind] = mapped_column(enumeration(ChangeKind))
    reason: Mapped[str | None] = mapped_column(doc="why it was removed")
    at: Mapped[Instant] = mapped_column(doc="when it happened")
    published_at: Mapped[datetime] = mapped_column(index=True)
    division: Mapped[str | None] = mapped_column(doc="of the group that it stood in before; none if created")
    day: Mapped[date | None] = mapped_column(Date, doc="likewise")

    __table_args__ = (
        # Compaction: whether a later change of the same thing follows.
        Index("ix_province_changes_entity", "kind", "entity_id", "id"),
    )


class Comparison(Base):
    """What a client's copy of one type differed in when it was last compared."""

    __tablename__ = "province_comparisons"

    client_id: Mapped[str] = mapped_column(ForeignKey("province_clients.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(enumeration(Kind), primary_key=True)
    at: Mapped[Instant]
    position: Mapped[int] = mapped_column(BigInteger, doc="the last change that the copy had")
    behind: Mapped[int] = mapped_column(BigInteger, doc="how many changes there were after that")
    groups: Mapped[int] = mapped_column(doc="of both sides together")
    differing: Mapped[int]
    moving: Mapped[int] = mapped_column(doc="changed after the copy's position: not judged")
    shown: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, doc="the first differing groups, as claimed")
