"""Help at the counter: assistances, people without a phone, and names found by their parts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.create_table(
        "assistances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column(
            "consent",
            sa.Enum("code", "sheet", name="consent", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sheet_key", sa.String(), nullable=True),
        sa.Column("created_at", when, nullable=False),
        sa.Column("confirmed_at", when, nullable=True),
        sa.Column("until", when, nullable=False),
        sa.Column("ended_at", when, nullable=True),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR account_id IS NOT NULL",
            name=op.f("ck_assistances_confirmed_for_somebody"),
        ),
        sa.CheckConstraint(
            "(consent = 'sheet') = (sheet_key IS NOT NULL)",
            name=op.f("ck_assistances_a_sheet_has_its_picture"),
        ),
        sa.CheckConstraint(
            "consent <> 'sheet' OR confirmed_at IS NOT NULL", name=op.f("ck_assistances_a_sheet_confirms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistances")),
        _key("assistances", "staff_id", "staff.id"),
        _key("assistances", "station_id", "stations.id"),
        _key("assistances", "division", "divisions.code"),
        _key("assistances", "account_id", "accounts.id"),
    )
    op.create_index(
        "ix_assistances_division_id",
        "assistances",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index("ix_assistances_staff_id", "assistances", ["staff_id", "id"])
    op.create_index("ix_assistances_account_id", "assistances", ["account_id"])
    op.create_index(
        "ix_assistances_phone", "assistances", ["until"], postgresql_where=sa.text("phone_sealed IS NOT NULL")
    )
    op.create_table(
        "reached_through_stations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("since", when, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reached_through_stations")),
        _key("reached_through_stations", "id", "accounts.id"),
        _key("reached_through_stations", "station_id", "stations.id"),
    )
    op.create_index("ix_reached_through_stations_station_id", "reached_through_stations", ["station_id"])
    op.create_table(
        "errands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_at", when, nullable=True),
        sa.Column("created_at", when, nullable=False),
        sa.Column("done_at", when, nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("how_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_errands_done_by_somebody")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        _key("errands", "account_id", "accounts.id"),
        _key("errands", "station_id", "stations.id"),
        _key("errands", "done_by", "staff.id"),
    )
    op.create_index("uq_errands_account_id_kind_key", "errands", ["account_id", "kind", "key"], unique=True)
    op.create_index(
        "ix_errands_open", "errands", ["station_id", "id"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.add_column(
        "workers", sa.Column("name_pairs", sa.ARRAY(sa.Integer()), server_default="{}", nullable=False)
    )
    op.create_index("ix_workers_name_pairs", "workers", ["name_pairs"], postgresql_using="gin")
    op.create_index(
        "ix_workers_pairs_missing",
        "workers",
        ["id"],
        postgresql_where=sa.text("name_sealed IS NOT NULL AND name_pairs = '{}'"),
    )
    op.create_index(
        "ix_workers_division_id",
        "workers",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to.split('.', maxsplit=1)[0]}"
    return sa.ForeignKeyConstraint([column], [to], name=op.f(name))


def downgrade() -> None:
    for name in ("ix_workers_division_id", "ix_workers_pairs_missing", "ix_workers_name_pairs"):
        op.drop_index(name, "workers")
    op.drop_column("workers", "name_pairs")
    for table in ("errands", "reached_through_stations", "assistances"):
        op.drop_table(table)
