"""Where changes are pushed to, and each message on its way."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.keyring import seal, unseal
from app.core.types import Base, Id, Instant, Since, enumeration
from app.sync.models import Client

OLD_SECRET_LIVES = timedelta(hours=24)


class DeliveryState(StrEnum):
    """`parked` after three days without an acknowledgement, until staff or the province send it again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"


class Subscription(Base):
    """An address of the province that changes are pushed to, from `position` on."""

    __tablename__ = "province_subscriptions"

    client_id: Mapped[str] = mapped_column(ForeignKey("province_clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, doc="as the client names it")
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, doc="signs along until then")
    old_secret_until: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(BigInteger, doc="the last change that was put into a delivery")
    paused_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Since]

    def keep_secret(self, secret: str, now: datetime) -> bool:
        """Sign with it from now on; the one before signs along for a day. False if it is the same."""
        if self.secret_sealed and unseal(self.secret_sealed, self._place) == secret:
            return False
        if self.secret_sealed:
            self.old_secret_sealed, self.old_secret_until = self.secret_sealed, now + OLD_SECRET_LIVES
        self.secret_sealed = seal(secret, self._place)
        return True

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that live, the current one first."""
        live = [self.secret_sealed]
        if self.old_secret_sealed and self.old_secret_until and now < self.old_secret_until:
            live.append(self.old_secret_sealed)
        return [unseal(sealed, self._place) for sealed in live]

    def readable(self, client: Client) -> list[str]:
        """Return the types that may be told: what was taken from the client since counts at once."""
        return [kind for kind in self.kinds if f"read:{kind}" in client.scopes]

    @property
    def _place(self) -> str:
        return f"{self.__tablename__}/secret/{self.client_id}/{self.id}"


class Delivery(Base):
    """One message: its id is the `webhook-id`, and a repetition tells of the same changes.

    It holds no data: what is sent is what the records are at that moment, so that nothing is pushed that
    was withdrawn while the message waited (docs/decisions/0023-pushes.md).
    """

    __tablename__ = "province_deliveries"

    id: Mapped[Id]
    client_id: Mapped[str]
    subscription_id: Mapped[str]
    lane: Mapped[str] = mapped_column(
        default="", doc="'' for the stream of all; an entity's id once its own was refused"
    )
    first_change: Mapped[int] = mapped_column(BigInteger)
    last_change: Mapped[int] = mapped_column(BigInteger)
    whole: Mapped[bool] = mapped_column(doc="it holds all that is subscribed to between the two")
    count: Mapped[int]
    changes: Mapped[list[int] | None] = mapped_column(
        ARRAY(BigInteger), doc="until it is acknowledged; none at all: what was to be told is pruned"
    )
    state: Mapped[DeliveryState] = mapped_column(enumeration(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(doc="patience counts from then")
    next_at: Mapped[Instant] = mapped_column(doc="not before then")
    leased_until: Mapped[datetime | None] = mapped_column(doc="while it is sent; then its sender is dead")
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    created_at: Mapped[Since]
    delivered_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "subscription_id"],
            ["province_subscriptions.client_id", "province_subscriptions.id"],
            ondelete="CASCADE",
            name="fk_province_deliveries_subscription",
        ),
        CheckConstraint("state = 'delivered' OR changes IS NOT NULL", name="kept_until_acknowledged"),
        Index("ix_province_deliveries_list", "client_id", "subscription_id", "id"),
        # What is to be sent next in each lane, and what is parked.
        Index(
            "ix_province_deliveries_pending",
            "client_id",
            "subscription_id",
            "lane",
            "first_change",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_province_deliveries_parked",
            "client_id",
            "subscription_id",
            "id",
            postgresql_where=text("state = 'parked'"),
        ),
    )
