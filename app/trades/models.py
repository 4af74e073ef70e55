"""Trades of the gig economy and the certificates that some need by law."""

from sqlalchemy import ForeignKey, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base


class CertificateKind(Base):
    """A certificate that a trade can need."""

    __tablename__ = "certificate_kinds"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    issuing_body: Mapped[str]


class Trade(Base):
    """A trade by its four digits, of which the first two are its group's."""

    __tablename__ = "trades"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    group: Mapped[str]
    hazardous: Mapped[bool]
    certificate: Mapped[str | None] = mapped_column(ForeignKey("certificate_kinds.code"))
    synonyms: Mapped[str] = mapped_column(doc="other words that people search by, parted by blanks")
    retired: Mapped[bool] = mapped_column(
        default=False, server_default=false(), doc="no new posting takes it; its code is never given again"
    )
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
