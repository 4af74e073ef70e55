"""Imports: the spreadsheet on its way in, what was read of it, what is wrong, what each key became."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("importkind", "employers", "jobs", "workers"), nullable=False),
        sa.Column(
            "state",
            _one_of("importstate", "checking", "ready", "refused", "writing", "done", "cancelled"),
            nullable=False,
        ),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("served", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (
                "rows_read",
                "rows_checked",
                "rows_written",
                "rows_new",
                "rows_linked",
                "rows_unchanged",
                "error_count",
            )
        ),
        sa.Column("preview", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_imports_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        "ix_imports_division_id",
        "imports",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_imports_unended",
        "imports",
        ["changed_at"],
        postgresql_where=sa.text("state NOT IN ('done', 'cancelled')"),
    )
    op.create_table(
        "import_errors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_errors_import_id_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_errors")),
    )
    op.create_index("ix_import_errors_import_id_id", "import_errors", ["import_id", "id"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_index", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", _one_of("outcome", "new", "linked", "unchanged"), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rows_import_id_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_table(
        "imported_keys",
        sa.Column("key_index", sa.LargeBinary(), nullable=False),
        sa.Column("kind", _one_of("importkind", "employers", "jobs", "workers"), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_imported_keys_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("key_index", name=op.f("pk_imported_keys")),
    )
    op.create_index("ix_imported_keys_import_id", "imported_keys", ["import_id"])
    op.create_index("ix_imported_keys_object_id", "imported_keys", ["object_id"])


def downgrade() -> None:
    for table in ("imported_keys", "import_rows", "import_errors", "imports"):
        op.drop_table(table)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
