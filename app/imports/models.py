"""Imports, what was read of them, what is wrong in them, and which object each key once became."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base, Id, Instant, Since, enumeration
from app.imports.problems import ImportStateConflict


class ImportKind(StrEnum):
    EMPLOYERS = "employers"
    JOBS = "jobs"
    WORKERS = "workers"


class ImportState(StrEnum):
    """Checking → ready → writing → done; refused where something is wrong, cancelled where unwanted."""

    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"
    WRITING = "writing"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What becomes of a row: a new object, a link to one that is there, or nothing."""

    NEW = "new"
    LINKED = "linked"
    UNCHANGED = "unchanged"


class Import(Base):
    """One spreadsheet on its way in. The file is kept sealed until the import ends."""

    __tablename__ = "imports"

    id: Mapped[Id]
    kind: Mapped[ImportKind] = mapped_column(enumeration(ImportKind))
    state: Mapped[ImportState] = mapped_column(enumeration(ImportState), default=ImportState.CHECKING)
    division: Mapped[str] = mapped_column(doc="of the station that imports, for reach")
    scope: Mapped[str] = mapped_column(doc="within which a key is one thing: the county, or the city")
    served: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="the divisions that the rows may lie in")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    staff_name: Mapped[str]
    address: Mapped[str | None] = mapped_column(doc="network address that it came from")
    file_key: Mapped[str | None]
    sha256: Mapped[str]
    rows_read: Mapped[int] = mapped_column(default=0, doc="rows of the sheet, known once it is open")
    rows_checked: Mapped[int] = mapped_column(default=0)
    rows_written: Mapped[int] = mapped_column(default=0)
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_linked: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0, doc="all of them; a thousand are kept")
    preview: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, doc="the first rows, masked")
    created_at: Mapped[Since]
    changed_at: Mapped[Instant]

    __table_args__ = (
        Index("ix_imports_division_id", "division", "id", postgresql_ops={"division": "varchar_pattern_ops"}),
        Index(
            "ix_imports_unended", "changed_at", postgresql_where=text("state NOT IN ('done', 'cancelled')")
        ),
    )

    def must_be(self, *states: ImportState) -> None:
        """Refuse unless the import is in one of the states."""
        if self.state not in states:
            raise ImportStateConflict(state=self.state.value)


class ImportRow(Base):
    """A row that was checked, as it will be written: what is personal in it is sealed or an index."""

    __tablename__ = "import_rows"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, doc="as the spreadsheet numbers it")
    key_index: Mapped[bytes] = mapped_column(LargeBinary, doc="blind index of kind, scope and 编号")
    digest: Mapped[bytes] = mapped_column(LargeBinary, doc="blind index of the row's content")
    person_index: Mapped[bytes | None] = mapped_column(LargeBinary, doc="twice in a file is a mistake")
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, doc="of a worker, likewise")
    outcome: Mapped[Outcome] = mapped_column(enumeration(Outcome))
    object_id: Mapped[UUID]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ImportFault(Base):
    """What is wrong in a row, by the column's heading; it never repeats what was typed."""

    __tablename__ = "import_errors"

    id: Mapped[Id]
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int]
    heading: Mapped[str | None]
    code: Mapped[str]
    message: Mapped[str]

    __table_args__ = (Index("ix_import_errors_import_id_id", "import_id", "id"),)


class ImportedKey(Base):
    """Which object a key became: so that the same file brings nothing twice."""

    __tablename__ = "imported_keys"

    key_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(enumeration(ImportKind))
    object_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id"))

    __table_args__ = (
        Index("ix_imported_keys_import_id", "import_id"),
        Index("ix_imported_keys_object_id", "object_id"),
    )
