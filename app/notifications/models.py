"""The inbox, how each person wants to be told, and what stations must look at."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Time
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Since


class Notification(Base):
    """One message to an account; `key` names what it tells of, so that none comes twice."""

    __tablename__ = "notifications"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[int] = mapped_column(BigInteger, doc="the account's own count: in order, without a gap")
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
        # The stream goes on from a number.
        Index("uq_notifications_account_id_number", "account_id", "number", unique=True),
        Index("ix_notifications_unread", "account_id", postgresql_where=sql("read_at IS NULL")),
    )


class Inbox(Base):
    """An account's count of messages, and the hours in which it wants to be left alone."""

    __tablename__ = "inboxes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger, default=0)
    quiet_from: Mapped[time] = mapped_column(Time, default=time(22))
    quiet_until: Mapped[time] = mapped_column(Time, default=time(7))


class Choice(Base):
    """By which ways somebody wants to be told of a kind; the inbox is always one."""

    __tablename__ = "notification_choices"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sms: Mapped[bool]
    push: Mapped[bool]


class PushMessage(Base):
    """A message on its way to one device; its id goes to the provider, so that none shows up twice."""

    __tablename__ = "push_messages"

    id: Mapped[Id]
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    device_id: Mapped[UUID] = mapped_column(doc="of the account; it may be forgotten by then")
    created_at: Mapped[Instant]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        Index("uq_push_messages_notification_id_device_id", "notification_id", "device_id", unique=True),
        Index("ix_push_messages_device_id_id", "device_id", "id"),
        Index("ix_push_messages_created_at", "created_at"),
    )


class Alert(Base):
    """What a station must look at now: an injury, wages overdue, a deadline missed."""

    __tablename__ = "alerts"

    id: Mapped[Id]
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"))
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[Since]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        Index("ix_alerts_station_id_id", "station_id", "id"),
        Index("uq_alerts_station_id_kind_key", "station_id", "kind", "key", unique=True),
        Index("ix_alerts_unseen", "station_id", "id", postgresql_where=sql("seen_at IS NULL")),
    )
