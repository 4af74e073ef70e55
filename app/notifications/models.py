"""The inbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Since


class Notification(Base):
    """One message to an account; `key` names what it tells of, so that none comes twice."""

    __tablename__ = "notifications"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[Since]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notifications_account_id_id", "account_id", "id"),
        Index("uq_notifications_account_id_kind_key", "account_id", "kind", "key", unique=True),
        Index("ix_notifications_unread", "account_id", postgresql_where=sql("read_at IS NULL")),
    )
