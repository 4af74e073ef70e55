"""Temporary passwords end; the figures of fairs are held."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE daily_figures VALIDATE CONSTRAINT ck_daily_figures_figure")
    op.add_column("staff", sa.Column("password_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "password_until")
