"""What the migrations before added is held: constraints validated."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

VALIDATED = (
    ("shifts", "ck_shifts_hired_within_headcount"),
    ("divisions", "ck_divisions_level"),
    ("stations", "fk_stations_successor_id_stations"),
    ("stations", "ck_stations_closed_with_a_successor"),
    ("workers", "ck_workers_checked_by_somebody"),
    ("workers", "fk_workers_identity_checked_by_staff"),
)


def upgrade() -> None:
    for table, name in VALIDATED:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    pass
