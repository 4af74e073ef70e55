"""Live streams, and the stretches for which each was on air."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.sealed_text import SealedText
from app.core.types import Base, Id, Instant, Since, enumeration


class LiveKind(StrEnum):
    """By which server a stream goes; OUTSIDE is a room on a platform that tells us nothing."""

    OWN = "own"
    TENCENT = "tencent"
    ALIYUN = "aliyun"
    OUTSIDE = "outside"


class LivePlatform(StrEnum):
    """Whose room an outside one is."""

    DOUYIN = "douyin"
    KUAISHOU = "kuaishou"
    CHANNELS = "channels"  # 视频号
    OTHER = "other"


class StreamState(StrEnum):
    """`dropped` lasts until the publisher is back, or has been away for too long."""

    WAITING = "waiting"
    LIVE = "live"
    DROPPED = "dropped"
    ENDED = "ended"


class Stream(Base):
    """One stream. Its name is public; whoever knows its key may publish it."""

    __tablename__ = "streams"

    id: Mapped[Id]
    kind: Mapped[LiveKind] = mapped_column(enumeration(LiveKind))
    name: Mapped[str] = mapped_column(unique=True, doc="as addresses say it")
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    platform: Mapped[LivePlatform | None] = mapped_column(enumeration(LivePlatform, "platform"))
    room: Mapped[str | None] = mapped_column(doc="the outside room's number")
    link: Mapped[str | None] = mapped_column(doc="where the outside room is watched")
    replay_link: Mapped[str | None] = mapped_column(doc="where a recording that is not ours is watched")
    state: Mapped[StreamState] = mapped_column(enumeration(StreamState), default=StreamState.WAITING)
    dropped_at: Mapped[datetime | None]
    changed_at: Mapped[Instant]
    created_at: Mapped[Since]

    key = SealedText()

    __table_args__ = (
        CheckConstraint("(kind = 'own') = (key_sealed IS NOT NULL)", name="own_has_a_key"),
        CheckConstraint(
            "(kind = 'outside') = (platform IS NOT NULL) AND (kind = 'outside') = (link IS NOT NULL)",
            name="outside_has_a_room",
        ),
        CheckConstraint("(state = 'dropped') = (dropped_at IS NOT NULL)", name="dropped_at_some_time"),
        # What the clock looks for: dropped, and not back.
        Index("ix_streams_dropped", "dropped_at", postgresql_where=text("state = 'dropped'")),
    )


class StreamRun(Base):
    """One publisher's connection, from its first to its last second, and what was recorded of it."""

    __tablename__ = "stream_runs"

    id: Mapped[Id]
    stream_id: Mapped[UUID] = mapped_column(ForeignKey("streams.id"))
    client: Mapped[str] = mapped_column(doc="the media server's name of the connection")
    started_at: Mapped[Instant]
    seen_at: Mapped[datetime | None] = mapped_column(doc="when our media server last said that it is on air")
    ended_at: Mapped[datetime | None]
    recording: Mapped[str | None] = mapped_column(doc="the file's name as the media server recorded it")
    replay_key: Mapped[str | None] = mapped_column(doc="where the file store has it, as MP4")
    duration_ms: Mapped[int | None] = mapped_column(doc="of the replay")

    __table_args__ = (
        CheckConstraint("started_at <= ended_at", name="starts_before_it_ends"),
        CheckConstraint("(replay_key IS NULL) = (duration_ms IS NULL)", name="replay_has_a_length"),
        Index("ix_stream_runs_stream_id_started_at", "stream_id", "started_at"),
        # One publisher a key. Also what the clock looks through for publishers that are gone.
        Index("uq_stream_runs_on_air", "stream_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
