"""The ledger: who did what, to whom, from where, before and after. It can only grow."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Since, enumeration


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
        # Each keeps the order of the ids, by which the ledger is read.
        Index("ix_ledger_actor_id_id", "actor_id", "id"),
        Index("ix_ledger_object_id_id", "object_id", "id"),
        Index("ix_ledger_object_kind_id", "object_kind", "id"),
        Index("ix_ledger_action_id", "action", "id", postgresql_ops={"action": "varchar_pattern_ops"}),
        Index("ix_ledger_id_division", "id", "division"),
    )


class Link(Base):
    """An entry's place in the chain, given by a trigger when its transaction commits."""

    __tablename__ = "ledger_links"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    day: Mapped[date] = mapped_column(Date, doc="in Shanghai, by the database's clock; never goes back")
    hash: Mapped[bytes] = mapped_column(LargeBinary, doc="over the link before, the day and the entry")

    __table_args__ = (Index("ix_ledger_links_day_number", "day", "number"),)


class Head(Base):
    """Where the chain stood before the last transaction, in one row that who commits locks."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)

    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)


class SealedDay(Base):
    """A day of the chain that is over, sealed with a key that the database does not hold."""

    __tablename__ = "ledger_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    first_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int] = mapped_column(BigInteger)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[Instant]
    seal: Mapped[bytes] = mapped_column(LargeBinary, doc="HMAC over all that and the seal before")
