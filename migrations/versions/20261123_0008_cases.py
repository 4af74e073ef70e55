"""Cases that staff hold, when each began to wait, and real names seen in person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "'employers', 'real_names', 'jobs', 'certificates', 'appeals', 'disputes', 'overdue_pay', 'excuses'"
# What waits for staff, a small part of each table, in the order in which it is taken.
WAITING = {
    "employers": ("waiting", ["waiting_since", "id"], "state = 'pending'"),
    "jobs": ("to_review", ["submitted_at", "id"], "state IN ('in_review', 'open') AND NOT reviewed"),
    "certificates": ("waiting", ["created_at", "id"], "state = 'pending'"),
    "appeals": ("waiting", ["made_at", "id"], "state = 'open'"),
    "excuses": ("waiting", ["made_at", "id"], "state = 'claimed'"),
    "disputes": ("live", ["opened_at", "id"], "state IN ('opened', 'accepted', 'mediating', 'escalated')"),
}


def upgrade() -> None:
    op.create_table(
        "case_holds",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "case_id", name="pk_case_holds"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_case_holds_staff_id_staff"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_case_holds_station_id_stations"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="casekind"),
        sa.CheckConstraint("since < until", name="held_for_a_time"),
    )
    op.create_index("ix_case_holds_until", "case_holds", ["until"])
    op.create_index("ix_case_holds_staff_id", "case_holds", ["staff_id"])

    op.add_column(
        "employers",
        sa.Column("waiting_since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.execute("UPDATE employers SET waiting_since = created_at WHERE state = 'pending'")
    op.add_column("workers", sa.Column("identity_checked_at", sa.DateTime(timezone=True)))
    op.add_column("workers", sa.Column("identity_checked_by", sa.Uuid()))
    op.add_column("workers", sa.Column("identity_reason", sa.String()))
    op.execute(
        "ALTER TABLE workers ADD CONSTRAINT fk_workers_identity_checked_by_staff"
        " FOREIGN KEY (identity_checked_by) REFERENCES staff (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE workers ADD CONSTRAINT ck_workers_checked_by_somebody CHECK ("
        "(identity_checked_at IS NULL) = (identity_checked_by IS NULL)"
        " AND (identity_checked_at IS NULL OR verified_at IS NOT NULL)) NOT VALID"
    )
    for table, (name, columns, condition) in WAITING.items():
        op.create_index(f"ix_{table}_{name}", table, columns, postgresql_where=sa.text(condition))
    op.create_index(
        "ix_workers_unchecked",
        "workers",
        ["verified_at", "id", "division"],
        postgresql_ops={"division": "varchar_pattern_ops"},
        postgresql_where=sa.text("verified_at IS NOT NULL AND identity_checked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_workers_unchecked", table_name="workers")
    for table, (name, _, _) in WAITING.items():
        op.drop_index(f"ix_{table}_{name}", table_name=table)
    op.execute("ALTER TABLE workers DROP CONSTRAINT ck_workers_checked_by_somebody")
    for column in ("identity_reason", "identity_checked_by", "identity_checked_at"):
        op.drop_column("workers", column)
    op.drop_column("employers", "waiting_since")
    op.drop_table("case_holds")
