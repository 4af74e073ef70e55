"""The province's clients, and the assertions that they have used."""

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.audit.actions import Actor
from app.audit.models import ActorKind
from app.core import clock
from app.core.types import Base, Instant, Since, new_id


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


class KeyUse(StrEnum):
    """What a public key of the province's is for: its signatures are checked, or we seal to it."""

    SIGN = "sig"
    SEAL = "enc"


class Client(Base):
    """A machine of the provincial platform; its secret is random, so a plain digest keeps it."""

    __tablename__ = "province_clients"

    id: Mapped[str] = mapped_column(primary_key=True)
    ledger_id: Mapped[UUID] = mapped_column(
        default=new_id, server_default=text("gen_random_uuid()"), unique=True, doc="as the ledger names it"
    )
    name: Mapped[str]
    secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary, doc="none: signs in by its keys alone")
    old_secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary, doc="while the secret is changed")
    old_secret_until: Mapped[datetime | None]
    keys: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        default=list,
        server_default="[]",
        doc="public JWKs; use: sig signs in, enc is sealed to; exp: no more from then on",
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

    def actor(self, address: str | None) -> Actor:
        """Return the client as the ledger names it."""
        return Actor(ActorKind.PROVINCE, self.ledger_id, self.id, address)

    def knows(self, secret: str) -> bool:
        """Tell whether this is its secret, or the one before while that lives."""
        digest = digest_of(secret)
        alive = self.old_secret_until is not None and clock.now() < self.old_secret_until
        # Both are compared, whichever fits: how long it takes says nothing.
        now, before = (
            hmac.compare_digest(kept or b"", digest) for kept in (self.secret_digest, self.old_secret_digest)
        )
        return now or (before and alive)

    def may_call_from(self, address: str | None) -> bool:
        """Tell whether a network address is in one of its networks."""
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in _network(one) for one in self.addresses)

    def keys_for(self, use: KeyUse) -> list[dict[str, Any]]:
        """Return the public JWKs that are good for it now, the latest first."""
        now = clock.now().timestamp()
        return [key for key in reversed(self.keys) if key["use"] == use and now < key.get("exp", now + 1)]


class Assertion(Base):
    """A `private_key_jwt` that was used: good once (RFC 7523)."""

    __tablename__ = "province_assertions"

    client_id: Mapped[str] = mapped_column(ForeignKey("province_clients.id"), primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[Instant] = mapped_column(index=True)


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret; it is 256 random bits, which no slow hash would make safer."""
    return hashlib.sha256(secret.encode()).digest()


@cache
def _network(written: str) -> IPv4Network | IPv6Network:
    return ip_network(written)
