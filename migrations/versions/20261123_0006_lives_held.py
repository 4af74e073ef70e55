"""What the migration before added is held: constraints validated, columns filled, indexes made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VALIDATED = {
    "engagements": (
        "ck_engagements_cancelled_at_some_time",
        "ck_engagements_in_before_out",
        "ck_engagements_confirmed_with_figures",
        "ck_engagements_figures_in_reason",
        "ck_engagements_disputed_from_a_state",
        "ck_engagements_before_dispute",
        "fk_engagements_division_divisions",
        "fk_engagements_station_id_stations",
    ),
    "engagement_changes": ("ck_engagement_changes_side",),
    "jobs": ("ck_jobs_radius_within_reason",),
    "shifts": ("ck_shifts_headcount_within_reason",),
}
FILLED = {"engagements": ("division", "station_id"), "notifications": ("number",)}
# History that can only grow.
GROWING = ("dispute_steps",)


def upgrade() -> None:
    for table, names in VALIDATED.items():
        for name in names:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    for table, columns in FILLED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {column}_filled")
            op.alter_column(table, column, nullable=False)
            # NOT NULL says the same from here on.
            drop = f"ALTER TABLE {table} DROP CONSTRAINT {column}_filled"
            op.execute(f"-- squawk-ignore ban-drop-constraint\n{drop}")
    op.create_index(
        "ix_engagements_division",
        "engagements",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_engagements_under_way",
        "engagements",
        ["ends_at"],
        postgresql_where=sa.text("state IN ('checked_in', 'checked_out')"),
    )
    op.create_index("ix_terms_hash", "terms", ["hash"])
    op.create_index(
        "uq_notifications_account_id_number", "notifications", ["account_id", "number"], unique=True
    )
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        )


def downgrade() -> None:
    for table in GROWING:
        op.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
        op.execute(f"DROP TRIGGER {table}_is_not_emptied ON {table}")
    op.drop_index("uq_notifications_account_id_number", table_name="notifications")
    op.drop_index("ix_terms_hash", table_name="terms")
    op.drop_index("ix_engagements_under_way", table_name="engagements")
    op.drop_index("ix_engagements_division", table_name="engagements")
    for table, columns in FILLED.items():
        for column in columns:
            op.alter_column(table, column, nullable=True)
            check = f"{column} IS NOT NULL"
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {column}_filled CHECK ({check}) NOT VALID")
