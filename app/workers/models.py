"""Workers: what they look for, who they are, and what they may do."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Since, enumeration
from app.identity.id_numbers import IdKind


class KeyGroup(StrEnum):
    """重点群体, as the worker declares them."""

    GRADUATE = "graduate"
    MIGRANT_WORKER = "migrant_worker"
    VETERAN = "veteran"
    LIFTED_OUT_OF_POVERTY = "lifted_out_of_poverty"
    HARD_TO_EMPLOY = "hard_to_employ"
    DISABLED = "disabled"
    REGISTERED_UNEMPLOYED = "registered_unemployed"
    ZERO_EMPLOYMENT_FAMILY = "zero_employment_family"
    LOW_INCOME = "low_income"
    YOUTH = "youth"


# As people say them.
KEY_GROUPS = {
    KeyGroup.GRADUATE: "高校毕业生",
    KeyGroup.MIGRANT_WORKER: "农民工",
    KeyGroup.VETERAN: "退役军人",
    KeyGroup.LIFTED_OUT_OF_POVERTY: "脱贫人口",
    KeyGroup.HARD_TO_EMPLOY: "就业困难人员",
    KeyGroup.DISABLED: "残疾人",
    KeyGroup.REGISTERED_UNEMPLOYED: "登记失业人员",
    KeyGroup.ZERO_EMPLOYMENT_FAMILY: "零就业家庭",
    KeyGroup.LOW_INCOME: "低保及边缘人口",
    KeyGroup.YOUTH: "失业青年",
}


class CertificateState(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Worker(Base):
    """A person who takes gigs; the id is the account's."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name_shown: Mapped[str]
    home: Mapped[WKBElement | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    home_address: Mapped[str | None]
    division: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"), index=True)
    travel_radius_m: Mapped[int] = mapped_column(default=10_000)
    trades: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    availability: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    expected_pay: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    key_groups: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    version: Mapped[int] = mapped_column(default=1)
    # Real name: sealed under workers/<column>/<id>.
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_pairs: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), default=list, server_default="{}", doc="identity/names.pairs_of"
    )
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_kind: Mapped[IdKind | None] = mapped_column(enumeration(IdKind))
    birth_date: Mapped[date | None] = mapped_column(Date)
    verified_at: Mapped[datetime | None] = mapped_column(doc="by the number alone, at once")
    # Staff compare the name and number with the document afterwards.
    identity_checked_at: Mapped[datetime | None]
    identity_checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    identity_reason: Mapped[str | None] = mapped_column(doc="why staff withdrew the real name")
    created_at: Mapped[Since]

    __table_args__ = (
        Index("ix_workers_home", "home", postgresql_using="gist"),
        Index("ix_workers_name_pairs", "name_pairs", postgresql_using="gin"),
        Index("ix_workers_division_id", "division", "id", postgresql_ops={"division": "varchar_pattern_ops"}),
        Index(
            "ix_workers_pairs_missing",
            "id",
            postgresql_where=text("name_sealed IS NOT NULL AND name_pairs = '{}'"),
        ),
        Index("uq_workers_id_number_index", "id_number_index", unique=True),
        Index("ix_workers_verified_at", "verified_at", postgresql_where=text("verified_at IS NOT NULL")),
        CheckConstraint("travel_radius_m BETWEEN 100 AND 300000", name="travel_radius_within_reason"),
        CheckConstraint(
            "verified_at IS NULL OR (birth_date IS NOT NULL AND id_number_index IS NOT NULL)",
            name="verified_means_known",
        ),
        CheckConstraint(
            "(identity_checked_at IS NULL) = (identity_checked_by IS NULL)"
            " AND (identity_checked_at IS NULL OR verified_at IS NOT NULL)",
            name="checked_by_somebody",
        ),
        # Real names that nobody has compared with the document, the oldest first.
        Index(
            "ix_workers_unchecked",
            "verified_at",
            "id",
            "division",
            postgresql_ops={"division": "varchar_pattern_ops"},
            postgresql_where=text("verified_at IS NOT NULL AND identity_checked_at IS NULL"),
        ),
    )


class Certificate(Base):
    """A certificate with its picture; it counts once staff have verified it, until it runs out."""

    __tablename__ = "certificates"

    id: Mapped[Id]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    kind: Mapped[str]
    valid_until: Mapped[date | None] = mapped_column(Date)
    picture_key: Mapped[str]
    state: Mapped[CertificateState] = mapped_column(
        enumeration(CertificateState), default=CertificateState.PENDING
    )
    reason: Mapped[str | None]
    created_at: Mapped[Since]
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        # What staff verify, the oldest first.
        Index("ix_certificates_waiting", "created_at", "id", postgresql_where=text("state = 'pending'")),
    )
