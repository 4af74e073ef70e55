"""What the migrations before added is held: constraints validated."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE shifts VALIDATE CONSTRAINT ck_shifts_hired_within_headcount")


def downgrade() -> None:
    pass
