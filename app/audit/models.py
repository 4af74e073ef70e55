"""The ledger: who did what, to whom, from where, before and after. It can only grow."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Since, enumeration


class ActorKind(StrEnum):
    STAFF = "staff"
    ACCOUNT = "account"
    PROVINCE = "province"
    SYSTEM = "system"


class Entry(Base):
    """One deed. A trigger refuses UPDATE, DELETE and TRUNCATE (migrations)."""

    __tablename__ = "ledger"

    id: Mapped[Id]
    at: Mapped[Since]
    actor_kind: Mapped[ActorKind] = mapped_column(enumeration(ActorKind))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    action: Mapped[str] = mapped_column(doc="what was done, such as employer.verify")
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    division: Mapped[str] = mapped_column(doc="the division of the object, for reach")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(doc="network address that it came from")

    __table_args__ = (
        Index("ix_ledger_object", "object_kind", "object_id"),
        Index("ix_ledger_actor", "actor_kind", "actor_id"),
        Index("ix_ledger_id_division", "id", "division"),
    )
