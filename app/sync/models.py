"""The province's clients, and the assertions that they have used."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Instant, Since


class Scope(StrEnum):
    """By direction and type: what a client may read, send and have pushed."""

    READ_JOB = "read:job"
    READ_EMPLOYER = "read:employer"
    READ_ENGAGEMENT = "read:engagement"
    READ_FAIR = "read:fair"
    READ_STATION = "read:station"
    READ_APPLICATION = "read:application"
    READ_PERSON = "read:person"
    READ_FIGURES = "read:figures"
    WRITE_JOB = "write:job"
    WRITE_APPLICATION = "write:application"
    PUSH = "push"


class Client(Base):
    """A machine of the provincial platform; its secret is random, so a plain digest keeps it."""

    __tablename__ = "province_clients"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary, doc="none: signs in by its keys alone")
    old_secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary, doc="while the secret is changed")
    old_secret_until: Mapped[datetime | None]
    keys: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]", doc="public JWKs; use: sig signs in, enc is sealed to"
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    addresses: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        default=lambda: ["0.0.0.0/0", "::/0"],
        server_default=text("'{0.0.0.0/0,::/0}'"),
        doc="networks that it may call from",
    )
    calls_a_minute: Mapped[int] = mapped_column(default=600, server_default="600")
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Since]


class Assertion(Base):
    """A `private_key_jwt` that was used: good once (RFC 7523)."""

    __tablename__ = "province_assertions"

    client_id: Mapped[str] = mapped_column(ForeignKey("province_clients.id"), primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[Instant] = mapped_column(index=True)
