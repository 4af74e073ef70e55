"""Notices; trades that can be changed and retired; why promised work failed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Beside the queue's own tables, and gone with the job: no model, for the queue has none either.
FAILURES = """
CREATE TABLE procrastinate_failures (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    error text NOT NULL
)
"""


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('notice', 'training', 'policy', 'fair')", name=op.f("ck_notices_noticekind")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_notices_noticestate")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR publish_at IS NOT NULL", name=op.f("ck_notices_published_at_some_time")
        ),
        sa.CheckConstraint("until > publish_at", name=op.f("ck_notices_until_after_publication")),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_notices_division_divisions")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_notices_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_division",
        "notices",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_notices_published",
        "notices",
        [sa.text("pinned DESC"), sa.text("publish_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("state = 'published'"),
    )
    op.add_column("trades", sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("trades", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_index(
        "ix_sms_messages_failed", "sms_messages", ["id"], postgresql_where=sa.text("failure IS NOT NULL")
    )
    op.execute(FAILURES)


def downgrade() -> None:
    op.execute("DROP TABLE procrastinate_failures")
    op.drop_index("ix_sms_messages_failed", table_name="sms_messages")
    op.drop_column("trades", "version")
    op.drop_column("trades", "retired")
    op.drop_table("notices")
