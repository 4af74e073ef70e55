"""Evidence that people send: a picture, kept once, named by what it belongs to."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Since, enumeration


class Belongs(StrEnum):
    """What an attachment is evidence for; together with the id it says who may see it."""

    EXCUSE = "excuse"
    CLAIM = "claim"
    PAY_REPORT = "pay_report"
    DISPUTE = "dispute"
    MESSAGE = "message"
    APPEAL = "appeal"


class Attachment(Base):
    """One uploaded picture; until it is put to something, only who sent it can see it."""

    __tablename__ = "attachments"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    picture_key: Mapped[str]
    belongs: Mapped[Belongs | None] = mapped_column(enumeration(Belongs))
    owner_id: Mapped[UUID | None]
    created_at: Mapped[Since]

    __table_args__ = (
        CheckConstraint("(belongs IS NULL) = (owner_id IS NULL)", name="belongs_to_something"),
        Index("ix_attachments_owner_id", "owner_id"),
        Index("ix_attachments_account_id_id", "account_id", "id"),
    )
