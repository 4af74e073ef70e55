"""The province's vacancies as they came, the codes they use, and what it says of applications."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Instant, Since, enumeration


class VacancyState(StrEnum):
    """`received`: to be worked on. `waiting` for a code to be mapped. `held`: a rule of ours keeps it back.

    `own`: one of the city's, come back. `shown` to workers. `closed` by the province, or run out.
    """

    RECEIVED = "received"
    WAITING = "waiting"
    HELD = "held"
    OWN = "own"
    SHOWN = "shown"
    CLOSED = "closed"


class CodeKind(StrEnum):
    TRADE = "trade"
    DIVISION = "division"


class Vacancy(Base):
    """A provincial vacancy: the newest version that came, whatever we could make of it."""

    __tablename__ = "province_vacancies"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("province_clients.id"))
    version: Mapped[int] = mapped_column(BigInteger, doc="the province's; an older one changes nothing")
    state: Mapped[VacancyState] = mapped_column(enumeration(VacancyState), default=VacancyState.RECEIVED)
    body: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="as it came, but for the contact; none once it is deleted"
    )
    contact_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, doc="JSON of the employer's contact; left out of the body"
    )
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, doc="SHA-256 of what came; none once deleted")
    trade_code: Mapped[str | None] = mapped_column(doc="the province's")
    division_code: Mapped[str | None] = mapped_column(doc="the province's")
    faults: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]", doc="why it is not shown: pointer, code, message"
    )
    job_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("jobs.id"), unique=True, doc="the posting that shows it"
    )
    # Kept while a newer version is worked on: what was ours stays ours (recognising.py).
    own_job_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("jobs.id"), doc="the city's posting that it is"
    )
    received_at: Mapped[Instant]
    settled_at: Mapped[datetime | None] = mapped_column(doc="when its state was last found")
    over_at: Mapped[datetime | None] = mapped_column(doc="from when on nobody could begin any more")

    __table_args__ = (
        CheckConstraint("state <> 'shown' OR job_id IS NOT NULL", name="shown_by_a_posting"),
        CheckConstraint("state <> 'own' OR own_job_id IS NOT NULL", name="own_is_ours"),
        # What no posting of ours runs out for.
        Index(
            "ix_province_vacancies_over_at",
            "over_at",
            postgresql_where=text("state IN ('waiting', 'held', 'own')"),
        ),
        # To be worked on; waiting for a code; for the lists.
        Index("ix_province_vacancies_state", "state", "source_id"),
        # How many wait for a code, and which are to be looked at again once it is known.
        Index("ix_province_vacancies_trade_code", "trade_code"),
        Index("ix_province_vacancies_division_code", "division_code"),
    )


class Code(Base):
    """A code of the province and ours for it; without ours it is listed until the city gives one."""

    __tablename__ = "province_codes"

    kind: Mapped[CodeKind] = mapped_column(enumeration(CodeKind), primary_key=True)
    theirs: Mapped[str] = mapped_column(primary_key=True)
    ours: Mapped[str | None]
    first_seen_at: Mapped[Since]
    mapped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        Index("ix_province_codes_unknown", "first_seen_at", postgresql_where=text("ours IS NULL")),
    )


class Outcome(Base):
    """What the province last said of one shift of an application for one of its vacancies.

    By the shift, so that what is said of one can arrive after what was said later of another.
    """

    __tablename__ = "province_outcomes"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, doc="the province's; an older one changes nothing")
    outcome: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, doc="SHA-256 of what was said; its words are not kept")
    at: Mapped[Instant]
