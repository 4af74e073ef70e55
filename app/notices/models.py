"""Notices: what a station announces to who lives or works in a division."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Since, enumeration
from app.notices.problems import NoticeStateConflict


class NoticeKind(StrEnum):
    NOTICE = "notice"
    TRAINING = "training"
    POLICY = "policy"
    FAIR = "fair"


class NoticeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Notice(Base):
    """One notice. What was published stays on record: it is withdrawn, never deleted."""

    __tablename__ = "notices"

    id: Mapped[Id]
    kind: Mapped[NoticeKind] = mapped_column(enumeration(NoticeKind))
    title: Mapped[str]
    text: Mapped[str]
    division: Mapped[str] = mapped_column(ForeignKey("divisions.code"), doc="whom it is for")
    station_id: Mapped[UUID] = mapped_column(ForeignKey("stations.id"), doc="who announces it")
    state: Mapped[NoticeState] = mapped_column(enumeration(NoticeState), default=NoticeState.DRAFT)
    pinned: Mapped[bool] = mapped_column(default=False)
    publish_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("state <> 'published' OR publish_at IS NOT NULL", name="published_at_some_time"),
        CheckConstraint("until > publish_at", name="until_after_publication"),
        Index("ix_notices_division", "division", "id", postgresql_ops={"division": "varchar_pattern_ops"}),
        Index(
            "ix_notices_published",
            sql("pinned DESC"),
            sql("publish_at DESC"),
            sql("id DESC"),
            postgresql_where=sql("state = 'published'"),
        ),
    )

    def must_be(self, *states: NoticeState) -> None:
        """Refuse unless the notice is in one of the states."""
        if self.state not in states:
            raise NoticeStateConflict(state=self.state.value)
