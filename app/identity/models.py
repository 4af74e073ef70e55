"""Accounts, their one-time codes, sessions and consents, and the messages that reach their phones."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.keyring import blind_index, seal, unseal
from app.core.types import Base, Id, Instant, Since, enumeration, new_id


class AccountState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class Purpose(StrEnum):
    """What a person consents to, each apart (个人信息保护法 14, 23, 29)."""

    REAL_NAME = "real_name"
    POSITION = "position"
    FIND_ME = "find_me"
    PROVINCE = "province"


class Account(Base):
    """A person, with a phone or reached through a station; may be a worker, act for employers, or both."""

    __tablename__ = "accounts"

    id: Mapped[Id]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[AccountState] = mapped_column(enumeration(AccountState), default=AccountState.ACTIVE)
    language: Mapped[str] = mapped_column(default="zh")
    created_at: Mapped[Since]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_accounts_phone_index", "phone_index", unique=True),)

    @classmethod
    def of_phone(cls, phone: str) -> "Account":
        """Return a new account for a phone in E.164."""
        account = cls.without_phone()
        account.take_phone(phone)
        return account

    @classmethod
    def without_phone(cls) -> "Account":
        """Return a new account for a person who has no phone: registered at the counter."""
        return cls(id=new_id(), state=AccountState.ACTIVE, language="zh")

    def take_phone(self, phone: str) -> None:
        """Make a phone (E.164) the account's."""
        self.phone_sealed = seal(phone, f"accounts/phone/{self.id}")
        self.phone_index = blind_index(phone, "phone")

    @property
    def phone(self) -> str | None:
        """The phone in E.164; None for who has none, and once the account is closed."""
        return unseal(self.phone_sealed, f"accounts/phone/{self.id}") if self.phone_sealed else None


class OneTimeCode(Base):
    """A code sent by SMS: six digits, five minutes, five tries, used once."""

    __tablename__ = "one_time_codes"

    phone_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    code_index: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)


class Session(Base):
    """One device's sign-in."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    device_name: Mapped[str]
    started_at: Mapped[Since]
    refreshed_at: Mapped[Instant]
    ended_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token by its SHA-256; used again, it ends its session."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None]


class Consent(Base):
    """What the person said last about one purpose, when, and to which wording."""

    __tablename__ = "consents"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(enumeration(Purpose), primary_key=True)
    given: Mapped[bool]
    at: Mapped[Instant]
    text_version: Mapped[str]


def push_token_place(device_id: UUID) -> str:
    """Name where a sealed push token stands, which it is bound to."""
    return f"devices/push_token/{device_id}"


class Platform(StrEnum):
    ANDROID = "android"
    IOS = "ios"
    HARMONY = "harmony"
    WECHAT = "wechat"


class Device(Base):
    """A phone: where messages are pushed to, and the key by which it signs what it noted offline."""

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True, doc="made by the app, random")
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    platform: Mapped[Platform] = mapped_column(enumeration(Platform))
    push_token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary, doc="Ed25519, 32 bytes")
    created_at: Mapped[Since]
    changed_at: Mapped[Instant]

    @property
    def push_token(self) -> str | None:
        """What the push provider knows the device by."""
        if self.push_token_sealed is None:
            return None
        return unseal(self.push_token_sealed, push_token_place(self.id))

    __table_args__ = (
        Index("ix_devices_account_id", "account_id"),
        CheckConstraint("length(public_key) = 32", name="key_is_ed25519"),
    )


class SmsMessage(Base):
    """A message to a phone, sealed; its id goes to the provider, so that none is sent twice."""

    __tablename__ = "sms_messages"

    id: Mapped[Id]
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    template: Mapped[str]
    params_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    __table_args__ = (
        Index("ix_sms_messages_phone_index_created_at", "phone_index", text("created_at DESC")),
        Index("ix_sms_messages_failed", "id", postgresql_where=text("failure IS NOT NULL")),
    )
