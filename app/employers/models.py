"""Employers: the legal persons that post gigs, who acts for them, and who is banned."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.types import Base, Id, Instant, Since, enumeration
from app.employers.problems import NotVerified


class EmployerKind(StrEnum):
    ENTERPRISE = "enterprise"
    SOLE_TRADER = "sole_trader"
    INDIVIDUAL = "individual"


class EmployerState(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    BANNED = "banned"


class MemberRole(StrEnum):
    """An owner may do all; a recruiter posts jobs and takes people on."""

    OWNER = "owner"
    RECRUITER = "recruiter"


class Employer(Base):
    """A legal person as one account registered it; several accounts may register the same one."""

    __tablename__ = "employers"

    id: Mapped[Id]
    kind: Mapped[EmployerKind] = mapped_column(enumeration(EmployerKind))
    name: Mapped[str] = mapped_column(doc="as shown: an individual's is masked")
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, doc="an individual's full name")
    uscc: Mapped[str | None]
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    legal_index: Mapped[bytes] = mapped_column(
        LargeBinary, index=True, doc="blind index of the USCC or ID number: the legal person"
    )
    contact_sealed: Mapped[bytes] = mapped_column(LargeBinary, doc="JSON of the contact's name and phone")
    place: Mapped[WKBElement] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    address: Mapped[str | None]
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"))
    county_code: Mapped[str]
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    state: Mapped[EmployerState] = mapped_column(enumeration(EmployerState), default=EmployerState.PENDING)
    reason: Mapped[str | None]
    trusted: Mapped[bool] = mapped_column(default=False, doc="may publish before review")
    waiting_since: Mapped[Since] = mapped_column(doc="when it last began to wait for verification")
    verified_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]
    hires: Mapped[int] = mapped_column(default=0, doc="people taken on, ever")
    source: Mapped[str] = mapped_column(
        default="city", server_default="city", doc="`province`: of its vacancies, nobody here acts for it"
    )
    # Kept by the floors above, which know of ratings and disputes.
    rating: Mapped[Decimal | None] = mapped_column(Numeric(2, 1), doc="mean of the last ratings by workers")
    disputes_lost: Mapped[int] = mapped_column(default=0, doc="decided for the worker")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("state <> 'verified' OR verified_until IS NOT NULL", name="verified_until_a_day"),
        CheckConstraint("(kind = 'individual') = (uscc IS NULL)", name="identified_by_kind"),
        Index(
            "ix_employers_state_division",
            "state",
            "division",
            "id",
            postgresql_ops={"division": "varchar_pattern_ops"},
        ),
        Index("ix_employers_created_at", "created_at"),
        Index(
            "uq_employers_of_province",
            "legal_index",
            unique=True,
            postgresql_where=text("source = 'province'"),
        ),
        # What staff work through: the oldest first.
        Index(
            "ix_employers_waiting",
            "waiting_since",
            "id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_employers_verified_until",
            "verified_until",
            postgresql_where=text("state = 'verified'"),
        ),
    )

    @property
    def is_verified(self) -> bool:
        return self.state is EmployerState.VERIFIED

    def wait(self, reason: str | None = None) -> None:
        """Wait for staff to verify, from now on."""
        self.state, self.reason, self.waiting_since = EmployerState.PENDING, reason, clock.now()

    def must_be_verified(self) -> None:
        """Refuse unless the employer is verified now."""
        if not self.is_verified:
            raise NotVerified


class Member(Base):
    """An account that acts for an employer."""

    __tablename__ = "employer_members"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    role: Mapped[MemberRole] = mapped_column(enumeration(MemberRole))
    since: Mapped[Since]


class Document(Base):
    """A picture of a licence or another proof."""

    __tablename__ = "employer_documents"

    id: Mapped[Id]
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    kind: Mapped[str]
    picture_key: Mapped[str]
    created_at: Mapped[Since]


class Ban(Base):
    """A banned legal person, under whatever account it comes."""

    __tablename__ = "bans"

    legal_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    reason: Mapped[str]
    since: Mapped[Instant]
