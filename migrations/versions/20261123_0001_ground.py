"""The ground: extensions, the queue of promised work, and tables that can only grow."""

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy.util import await_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

QUEUE = Path(__file__).parents[1] / "sql" / "procrastinate_3_10.sql"

# A table under this trigger takes new rows and gives none up: the ledger, agreed terms.
ONLY_GROWS = """
CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% can only grow', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    for extension in ("postgis", "btree_gist", "pg_trgm"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    queue = QUEUE.read_text("utf-8")
    if op.get_context().as_sql:
        op.execute(queue)
    else:
        # Many statements in one string: only the driver's simple protocol takes them. The extensions
        # above have begun the transaction that this belongs to.
        driver: Any = op.get_bind().connection.driver_connection
        await_only(driver.execute(queue))
    op.execute(ONLY_GROWS)


def downgrade() -> None:
    raise NotImplementedError("the ground is not taken away")
